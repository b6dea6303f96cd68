"""A plan's rows as compressed JSON in chunks: 100,000 rows cost twenty rows of the database.

A chunk is folded where that is smaller: rows of one length into columns, of which one that holds
the same throughout stands once; ascending numbers without a gap into the first of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import orjson
from sqlalchemy import insert, select

from sos_core.database.session import OrganizationSession
from sos_core.people.tables import ChangeChunk

CHUNK = 5_000
FEW = 20
LEVEL = 1
"""zlib's quickest level: names and addresses shrink to a third, more effort gains little."""
Packed = tuple[int, bytes]
"""A chunk: how many rows it holds, and the rows."""


class Packing:
    """Packs rows while the caller goes on: zlib lets other threads run, on another core."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, "people-chunks")

    def begin(self, rows: Sequence[Any]) -> Iterator[Packed]:
        """Begin to pack rows; return their chunks, each with its size, waiting for those that lack."""
        if len(rows) <= CHUNK:
            return iter([_pack(rows)] if rows else [])
        parts = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
        return self._pool.map(_pack, parts)

    def begin_columns(self, columns: Sequence[Sequence[Any]]) -> Future[Packed]:
        """Begin to pack the columns of at most ``CHUNK`` rows."""
        return self._pool.submit(_pack_columns, columns)


def packed(rows: Sequence[Any]) -> list[Packed]:
    """Return rows as the chunks that they are stored in, each with its size."""
    return list(Packing().begin(rows))


def write_packed(
    session: OrganizationSession, plan_id: int, kind: str, chunks: Iterable[Packed], first: int = 0
) -> int:
    """Store packed rows of one kind behind the ``first`` that are stored; return how many there are."""
    values = []
    for size, body in chunks:
        values.append(
            {
                "organization_id": session.organization_id,
                "plan_id": plan_id,
                "kind": kind,
                "first": first,
                "size": size,
                "body": body,
            }
        )
        first += size
    if values:
        session.execute(insert(ChangeChunk), values)
    return first


def write_rows(
    session: OrganizationSession, plan_id: int, kind: str, rows: Sequence[Any], first: int = 0
) -> int:
    """Store rows of one kind behind the ``first`` that are stored; return how many there are now."""
    return write_packed(session, plan_id, kind, packed(rows), first)


def _pack(rows: Sequence[Any]) -> Packed:
    return len(rows), zlib.compress(orjson.dumps(_folded(rows)), LEVEL)


def _folded(rows: Sequence[Any]) -> Any:
    first = rows[0]
    if isinstance(first, int):
        gapless = range(first, first + len(rows))
        # Ids that were set aside together are a range already, and need no look at each.
        same = rows == gapless if isinstance(rows, range) else list(rows) == list(gapless)
        return {"from": first} if same else list(rows)
    if len(rows) < FEW or len(set(map(len, rows))) > 1:
        return rows
    return _folded_columns(zip(*rows, strict=True))


def _pack_columns(columns: Sequence[Sequence[Any]]) -> Packed:
    size = len(columns[0])
    if size < FEW:
        return _pack(list(map(list, zip(*columns, strict=True))))
    return size, zlib.compress(orjson.dumps(_folded_columns(columns)), LEVEL)


def _folded_columns(columns: Iterable[Sequence[Any]]) -> Any:
    return {"columns": [_folded_column(column) for column in columns]}


def _folded_column(column: Sequence[Any]) -> Any:
    same = column.count(column[0]) == len(column) and len(set(map(type, column))) == 1
    return column[:1] if same else column


def _columns(folded: Any, size: int) -> list[list[Any]]:
    """Return the columns of a chunk of rows, whichever way they were stored."""
    if isinstance(folded, list):
        return list(map(list, zip(*folded, strict=True)))
    return [column if len(column) == size else column * size for column in folded["columns"]]


def _rows(folded: Any, size: int) -> list[Any]:
    if isinstance(folded, list):
        return folded
    if "from" in folded:
        return list(range(folded["from"], folded["from"] + size))
    return list(map(list, zip(*_columns(folded, size), strict=True)))


class ChunkReader:
    """Reads the chunks of one kind as columns, and unpacks the next one while one is worked on."""

    def __init__(self, plan_id: int, kind: str) -> None:
        self._plan_id = plan_id
        self._kind = kind
        self._ahead: dict[int, Future[list[list[Any]]]] = {}
        self._pool = ThreadPoolExecutor(1, "people-chunks")

    def at(self, session: OrganizationSession, position: int) -> tuple[int, list[list[Any]]]:
        """Return the first position and the columns of the chunk that holds ``position``."""
        stored = list(_bodies(session, self._plan_id, self._kind, position, CHUNK + 1))
        for first, size, body in stored[:2]:
            if first not in self._ahead:
                self._ahead[first] = self._pool.submit(_unpacked, size, body)
        first = stored[0][0]
        columns = self._ahead.pop(first).result()
        if len(stored) == 1:
            self._pool.shutdown()
        return first, columns


def _unpacked(size: int, body: bytes) -> list[list[Any]]:
    return _columns(orjson.loads(zlib.decompress(body)), size)


def read_rows(
    session: OrganizationSession, plan_id: int, kind: str, start: int = 0, count: int | None = None
) -> Iterator[Any]:
    """Yield the rows of one kind from ``start`` on, reading no chunk that is not asked for."""
    for first, size, body in _bodies(session, plan_id, kind, start, count):
        rows = _rows(orjson.loads(zlib.decompress(body)), size)
        stop = None if count is None else max(0, start + count - first)
        yield from rows[max(0, start - first) : stop]


def rows_of_plans(
    session: OrganizationSession, plan_ids: Collection[int], kinds: Collection[str]
) -> Iterator[tuple[int, str, Any]]:
    """Yield plan, kind and row of all rows of some kinds of some plans, in no order."""
    query = select(ChangeChunk.plan_id, ChangeChunk.kind, ChangeChunk.size, ChangeChunk.body).where(
        ChangeChunk.plan_id.in_(plan_ids), ChangeChunk.kind.in_(kinds)
    )
    for plan_id, kind, size, body in session.execute(query):
        for row in _rows(orjson.loads(zlib.decompress(body)), size):
            yield plan_id, kind, row


def _bodies(
    session: OrganizationSession, plan_id: int, kind: str, start: int, count: int | None
) -> Iterator[tuple[int, int, bytes]]:
    query = (
        select(ChangeChunk.first, ChangeChunk.size, ChangeChunk.body)
        .where(
            ChangeChunk.plan_id == plan_id,
            ChangeChunk.kind == kind,
            ChangeChunk.first + ChangeChunk.size > start,
        )
        .order_by(ChangeChunk.first)
    )
    if count is not None:
        query = query.where(ChangeChunk.first < start + count)
    yield from map(tuple, session.execute(query))
