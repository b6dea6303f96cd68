"""One row in every table that a database has, made from the reflected schema alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from sos_core.database import Database

MADE_PARTITION = "_any_survey"
"""Ending of the partitions that rows are put into; they are no tables of the schema."""
INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def schema(database: Database) -> sa.MetaData:
    """Return the tables as the database has them, without Alembic's own and without partitions."""
    reflected = sa.MetaData()
    reflected.reflect(database.engine, only=names(database))
    return reflected


def names(database: Database) -> list[str]:
    """Return the names of those tables."""
    return [
        name
        for name in sa.inspect(database.engine).get_table_names()
        if name != "alembic_version" and not name.endswith(MADE_PARTITION)
    ]


def fill(database: Database) -> None:
    """Put one row into each empty table, foreign keys leading to the row of the other table."""
    made: dict[str, dict[str, Any]] = {}
    with database.engine.execution_options(sos_write=True).begin() as connection:
        for table in schema(database).sorted_tables:
            found = connection.execute(table.select()).mappings().first()
            if found is None:
                _make_partition(connection, table)
                connection.execute(table.insert().values(_row(table, made)))
                found = connection.execute(table.select()).mappings().one()
            made[table.name] = dict(found)


def counts(database: Database) -> dict[str, int]:
    """Return the number of rows in each table."""
    with database.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in names(database)
        }


def _row(table: sa.Table, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for constraint in table.foreign_key_constraints:
        target = made.get(constraint.referred_table.name)
        for element in constraint.elements:
            if target is not None:
                row[element.parent.name] = target[element.column.name]
            else:  # the table itself, or one of a circle: this side has to do without
                row.setdefault(element.parent.name, None)
    return {
        column.name: row[column.name]
        if row.get(column.name) is not None or (column.name in row and column.nullable)
        else _value(column)
        for column in table.columns
    }


def _value(column: sa.Column[Any]) -> Any:
    kinds: list[tuple[type[Any], Any]] = [
        (sa.Boolean, True),
        (sa.Integer, 1),
        (sa.Numeric, 1),
        (sa.DateTime, INSTANT if getattr(column.type, "timezone", False) else _plain(INSTANT)),
        (sa.Date, date(2026, 3, 2)),
        (sa.LargeBinary, b"\1" * 16),
        (sa.JSON, {"a": [1]}),
        (sa.String, "a"),
    ]
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    raise TypeError(f"No value is known for {column.table.name}.{column.name}: {column.type!r}.")


def _plain(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)


def _make_partition(connection: sa.Connection, table: sa.Table) -> None:
    if connection.dialect.name != "postgresql":
        return
    owner = connection.scalar(
        sa.text(
            "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class "
            "WHERE relname = :name AND relkind = 'p'"
        ),
        {"name": table.name},
    )
    if owner is not None:
        made = table.name + MADE_PARTITION
        connection.execute(sa.text(f"CREATE TABLE {made} PARTITION OF {table.name} DEFAULT"))
        connection.execute(sa.text(f"ALTER TABLE {made} OWNER TO {owner}"))
