"""Row-level security on PostgreSQL: the database itself shows a session one organization's rows.

It stands behind the guards of the session, and holds for plain SQL too. SQLite has no such thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from sos_core.database.base import GLOBAL_TABLES

POLICY = "own_organization"
CONDITION = "organization_id = nullif(current_setting('sos.organization', true), '')::int"
"""Unset, the setting is null; after a rollback it is empty: both match no row."""

TABLES = """
    SELECT relation.relname FROM pg_class AS relation
    JOIN pg_attribute AS field ON field.attrelid = relation.oid
    WHERE relation.relnamespace = current_schema()::regnamespace AND relation.relkind IN ('r', 'p')
      AND field.attname = 'organization_id' AND NOT field.attisdropped
    ORDER BY relation.relname
"""
PROTECTED = """
    SELECT relation.relname FROM pg_class AS relation
    JOIN pg_policy AS policy ON policy.polrelid = relation.oid
    WHERE relation.relnamespace = current_schema()::regnamespace AND policy.polname = :policy
    ORDER BY relation.relname
"""


def owned_tables(connection: Connection) -> list[str]:
    """Return the tables and partitions of PostgreSQL whose rows belong to one organization."""
    names = connection.scalars(text(TABLES)).all()
    return [name for name in names if name not in GLOBAL_TABLES]


def protected_tables(connection: Connection) -> list[str]:
    """Return the tables and partitions that have the policy."""
    return list(connection.scalars(text(PROTECTED), {"policy": POLICY}))


def protect_tables(connection: Connection) -> None:
    """Put every owned table under the policy; harmless where all are, and on SQLite.

    The owner of the tables runs it after each upgrade, so that no migration can forget it.
    """
    if connection.dialect.name != "postgresql":
        return
    missing = set(owned_tables(connection)) - set(protected_tables(connection))
    for name in sorted(missing):
        for statement in protecting(name):
            connection.execute(text(statement))


def unprotect_tables(connection: Connection) -> None:
    """Take the policy from every table that has it; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    for name in protected_tables(connection):
        connection.execute(text(f'DROP POLICY {POLICY} ON "{name}"'))
        connection.execute(text(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY'))
        connection.execute(text(f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY'))


def protecting(name: str) -> tuple[str, ...]:
    """Return the statements that put one table under the policy."""
    return (
        f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY {POLICY} ON "{name}" USING ({CONDITION}) WITH CHECK ({CONDITION})',
    )


@contextmanager
def every_row(connection: Connection, tables: Iterable[str]) -> Iterator[None]:
    """Let a migration, which runs as the owner, see the rows of all organizations meanwhile."""
    names = list(tables) if connection.dialect.name == "postgresql" else []
    for name in names:
        connection.execute(text(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY'))
    yield
    for name in names:
        connection.execute(text(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'))
