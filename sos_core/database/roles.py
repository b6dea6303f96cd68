"""The two roles on PostgreSQL: one owns the tables and migrates, the other serves and is held."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from sos_core.database.database import Database
from sos_core.errors import InvalidInput

FUNCTIONS = (
    "make_partition(text, integer)",
    "drop_partition(text, integer)",
    "rewrite_partition(text, integer, text)",
)
"""What the serving role may have done by the owner: see the migration of row security."""

ROLE = """
    SELECT rolsuper, rolbypassrls,
        EXISTS (
            SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            AND relname = 'organization' AND pg_has_role(rolname, relowner, 'MEMBER')
        ) AS owner
    FROM pg_roles WHERE rolname = {role}
"""


def weaknesses(database: Database) -> list[str]:
    """Return why row-level security does not hold the role that serves: superuser, bypass, owner.

    Empty on PostgreSQL as it should be, and on SQLite, where there is none to hold it.
    """
    if database.is_sqlite:
        return []
    with database.engine.connect() as connection:
        row = connection.execute(text(ROLE.format(role="current_user"))).mappings().one()
    return _weaknesses(row)


def grant(database: Database, role: str) -> None:
    """Let ``role`` serve this database, as its owner; raise InvalidInput for one that is not held.

    It may read and write rows and nothing else, and only add to the audit log. Tables of later
    upgrades are granted as they are made.
    """
    if database.is_sqlite:
        raise InvalidInput(
            "SQLite has no roles: whoever can open the file can read all of it.",
            "Use PostgreSQL where that is not enough.",
            code="no_roles",
        )
    with database.engine.begin() as connection:
        row = connection.execute(text(ROLE.format(role=":role")), {"role": role}).mappings().first()
        if row is None or _weaknesses(row):
            raise InvalidInput(
                "There is no role {role} that row-level security holds.",
                "Make it with `CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '...'`; "
                "it must be another one than the owner of the tables.",
                code="role_not_held",
                field="role",
                values={"role": role},
            )
        _grant(connection, connection.dialect.identifier_preparer.quote(role))


def _grant(connection: Connection, role: str) -> None:
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    rows = "SELECT, INSERT, UPDATE, DELETE ON TABLES"
    for statement in (
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        f"REVOKE UPDATE, DELETE ON audit_entry FROM {role}",
        *(f"GRANT EXECUTE ON FUNCTION {name} TO {role}" for name in FUNCTIONS),
    ):
        connection.execute(text(statement))


def _weaknesses(row: Any) -> list[str]:
    found = {
        "superuser": row["rolsuper"],
        "bypass": row["rolbypassrls"],
        "owner": row["owner"] and not row["rolsuper"],
    }
    return [name for name, there in found.items() if there]
