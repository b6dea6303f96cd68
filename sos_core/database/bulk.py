"""Writes many rows at once: the driver's executemany on SQLite, COPY and a merge on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar, cast

from sqlalchemy import Boolean, Connection, Table, func, select, text

from sos_core.database.base import Base
from sos_core.database.session import OrganizationSession

IN_LIST = 900
"""Values in one IN list: well below what either engine allows in a statement."""

MOST_VALUES = 600
"""Values in one INSERT on SQLite: many rows a statement take a fifth less than one."""

CACHE_KIB = 32 * 1024
"""Pages of SQLite that a connection keeps in memory once it has written in bulk, at most."""

WORTH_REBUILDING = 10_000
"""Rows below which an index is not worth being built anew."""

Row = Sequence[Any]
T = TypeVar("T")


def bulk_insert(
    session: OrganizationSession, mapped: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert ``rows`` (values in the order of ``columns``) into the session's organization.

    The organization is added here and is therefore no column of the rows.
    """
    _write(session, _table(mapped), columns, rows, "")


@contextmanager
def rebuilt_index(
    session: OrganizationSession, mapped: type[Base], name: str, coming: int
) -> Iterator[None]:
    """Let an index be built anew behind the block where more rows come than the table has.

    Rows in random order are then sorted once, instead of a place being looked for each. On
    PostgreSQL nothing happens: readers there would wait for the end of the transaction.
    """
    table, connection = _table(mapped), session.connection()
    index = next(index for index in table.indexes if index.name == name)
    if connection.dialect.name == "postgresql" or coming < WORTH_REBUILDING:
        yield
        return
    present = connection.scalar(select(func.count()).select_from(table)) or 0
    if coming < present:
        yield
        return
    index.drop(connection)
    yield
    index.create(connection)


def bulk_upsert(
    session: OrganizationSession,
    mapped: type[Base],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    key: Sequence[str] = ("id",),
) -> None:
    """Insert ``rows``, or overwrite those whose ``key`` (a unique constraint) exists already.

    A row of another organization with the same key is left alone.
    """
    quote, table = _quoter(session), _table(mapped)
    sets = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in columns if c not in key)
    target = ", ".join(quote(column) for column in key)
    own = f"{quote(table.name)}.organization_id = {session.organization_id:d}"
    _write(
        session, table, columns, rows, f" ON CONFLICT ({target}) DO UPDATE SET {sets} WHERE {own}"
    )


def reserve_ids(session: OrganizationSession, mapped: type[Base], count: int) -> Sequence[int]:
    """Return ``count`` fresh ids of a table, so that rows can refer to each other unwritten.

    Of a table that uses no id twice they are set aside for good once the transaction is committed;
    of others on SQLite they are safe only until then, because the session is the one writer.
    """
    table = _table(mapped)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        drawn = text(
            "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
        )
        values = {"table": table.name, "count": count}
        return [int(row[0]) for row in connection.execute(drawn, values)]
    last = connection.scalar(text(f"SELECT max(id) FROM {_quoter(session)(table.name)}")) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:
        used = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last, connection.scalar(used, {"name": table.name}) or 0)
        _set_aside(connection, table.name, last + count)
    return range(last + 1, last + 1 + count)


def _set_aside(connection: Connection, name: str, last: int) -> None:
    """Have SQLite give no id up to ``last`` to any new row of a table."""
    values = {"name": name, "last": last}
    kept = text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name")
    if not connection.execute(kept, values).rowcount:
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), values)


def batches(values: Collection[T], size: int = IN_LIST) -> Iterator[list[T]]:
    """Yield ``values`` in lists of ``size``, by default such as fit an IN list."""
    ordered = list(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _table(mapped: type[Base]) -> Table:
    return cast("Table", mapped.__table__)


def _write(
    session: OrganizationSession,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Row],
    conflict: str,
) -> None:
    if not rows:
        return
    session.flush()
    connection = session.connection()
    ready = _bound(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        _copy_and_merge(session, connection, table, columns, ready, conflict)
        return
    # With SQLite's own small cache the indexes of a large table are written over and over again.
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
    head = (
        f"INSERT INTO {_quoter(session)(table.name)} "
        f"({_names(session, columns)}, organization_id) VALUES "
    )
    marks = f"({', '.join('?' * len(columns))}, {session.organization_id:d})"
    several = max(1, MOST_VALUES // len(columns))
    whole = len(ready) - len(ready) % several
    for first, last, count in ((0, whole, several), (whole, len(ready), 1)):
        statement = f"{head}{', '.join([marks] * count)}{conflict}"
        values = [tuple(chain(*ready[at : at + count])) for at in range(first, last, count)]
        if values:
            connection.exec_driver_sql(statement, values)


def _copy_and_merge(
    session: OrganizationSession,
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Row],
    conflict: str,
) -> None:
    """Copy into a temporary table first: COPY itself knows neither conflicts nor row security."""
    quote, names = _quoter(session), _names(session, columns)
    stage = quote(f"bulk_{table.name}")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS "
        f"SELECT {names} FROM {quote(table.name)} WHERE false"
    )
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {stage} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.close()
    connection.exec_driver_sql(
        f"INSERT INTO {quote(table.name)} ({names}, organization_id) "
        f"SELECT {names}, {session.organization_id:d} FROM {stage}{conflict}"
    )
    connection.exec_driver_sql(f"DROP TABLE {stage}")


def _bound(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]
) -> list[Row]:
    """Return the rows as the driver wants them; columns of plain types cost nothing."""
    dialect = connection.dialect
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(columns):
        kind = table.c[name].type.dialect_impl(dialect)
        process = None if isinstance(kind, Boolean) else kind.bind_processor(dialect)
        if process is not None:
            found.append((position, process))
    if not found:
        return list(map(tuple, rows))
    ready: list[Row] = []
    for row in rows:
        values = list(row)
        for position, convert in found:
            values[position] = convert(values[position])
        ready.append(tuple(values))
    return ready


def _names(session: OrganizationSession, columns: Sequence[str]) -> str:
    quote = _quoter(session)
    return ", ".join(quote(column) for column in columns)


def _quoter(session: OrganizationSession) -> Callable[[str], str]:
    return session.get_bind().dialect.identifier_preparer.quote
