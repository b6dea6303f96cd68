"""Writes many rows at once: the driver's executemany on SQLite, COPY and a merge on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
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
Columns = Sequence[Sequence[Any]]
T = TypeVar("T")


def bulk_insert(
    session: OrganizationSession, mapped: type[Base], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert ``rows`` (values in the order of ``columns``) into the session's organization.

    The organization is added here and is therefore no column of the rows.
    """
    bulk_insert_columns(session, mapped, columns, list(zip(*rows, strict=True)))


def bulk_insert_columns(
    session: OrganizationSession, mapped: type[Base], names: Sequence[str], columns: Columns
) -> None:
    """Insert rows as ``bulk_insert`` does, of which the values of each column are given."""
    _write(session, _table(mapped), names, columns, "")


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
    conflict = f" ON CONFLICT ({target}) DO UPDATE SET {sets} WHERE {own}"
    _write(session, table, columns, list(zip(*rows, strict=True)), conflict)


def reserve_ids(session: OrganizationSession, mapped: type[Base], count: int) -> Sequence[int]:
    """Return ``count`` fresh ids of a table, ascending, so that rows can refer to each other unwritten.

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
        return sorted(int(row[0]) for row in connection.execute(drawn, values))
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
    names: Sequence[str],
    columns: Columns,
    conflict: str,
) -> None:
    if not columns or not columns[0]:
        return
    session.flush()
    connection = session.connection()
    ready = _bound(connection, table, names, columns)
    if connection.dialect.name == "postgresql":
        _copy_and_merge(session, connection, table, names, ready, conflict)
        return
    # With SQLite's own small cache the indexes of a large table are written over and over again.
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIB}")
    head = (
        f"INSERT INTO {_quoter(session)(table.name)} "
        f"({_names(session, names)}, organization_id) VALUES "
    )
    width, total = len(names), len(ready[0])
    values: list[Any] = [None] * (width * total)
    for position, column in enumerate(ready):
        values[position::width] = column
    marks = f"({', '.join('?' * width)}, {session.organization_id:d})"
    several = max(1, MOST_VALUES // width)
    whole = total - total % several
    for first, last, count in ((0, whole, several), (whole, total, 1)):
        statement = f"{head}{', '.join([marks] * count)}{conflict}"
        step = count * width
        parts = [tuple(values[at : at + step]) for at in range(first * width, last * width, step)]
        if parts:
            connection.exec_driver_sql(statement, parts)


def _copy_and_merge(
    session: OrganizationSession,
    connection: Connection,
    table: Table,
    names: Sequence[str],
    columns: Columns,
    conflict: str,
) -> None:
    """Copy into a temporary table first: COPY itself knows neither conflicts nor row security."""
    quote, quoted = _quoter(session), _names(session, names)
    stage = quote(f"bulk_{table.name}")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS "
        f"SELECT {quoted} FROM {quote(table.name)} WHERE false"
    )
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {stage} ({quoted}) FROM STDIN") as copy:
        for row in zip(*columns, strict=True):
            copy.write_row(row)
    cursor.close()
    connection.exec_driver_sql(
        f"INSERT INTO {quote(table.name)} ({quoted}, organization_id) "
        f"SELECT {quoted}, {session.organization_id:d} FROM {stage}{conflict}"
    )
    connection.exec_driver_sql(f"DROP TABLE {stage}")


def _bound(
    connection: Connection, table: Table, names: Sequence[str], columns: Columns
) -> list[Sequence[Any]]:
    """Return the columns as the driver wants them; those of plain types cost nothing."""
    dialect = connection.dialect
    ready: list[Sequence[Any]] = []
    for name, column in zip(names, columns, strict=True):
        kind = table.c[name].type.dialect_impl(dialect)
        process = None if isinstance(kind, Boolean) else kind.bind_processor(dialect)
        ready.append(column if process is None else list(map(process, column)))
    return ready


def _names(session: OrganizationSession, columns: Sequence[str]) -> str:
    quote = _quoter(session)
    return ", ".join(quote(column) for column in columns)


def _quoter(session: OrganizationSession) -> Callable[[str], str]:
    return session.get_bind().dialect.identifier_preparer.quote
