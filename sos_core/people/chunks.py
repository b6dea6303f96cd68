"""A plan's rows as compressed JSON in chunks: 100,000 rows cost twenty rows of the database."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import insert, select

from sos_core.database.session import OrganizationSession
from sos_core.people.tables import ChangeChunk

CHUNK = 5_000
LEVEL = 1
"""zlib's quickest level: names and addresses shrink to a third, more effort gains little."""


def write_rows(session: OrganizationSession, plan_id: int, kind: str, rows: Iterable[Any]) -> int:
    """Store ``rows`` of one kind and return how many there were."""
    source = iter(rows)
    first = 0
    # zlib lets other threads run: a second core packs while the first one writes.
    with ThreadPoolExecutor(2, "people-chunks") as pool:
        parts = iter(lambda: list(islice(source, CHUNK)), [])
        for size, body in pool.map(_pack, parts):
            session.execute(
                insert(ChangeChunk).values(
                    organization_id=session.organization_id,
                    plan_id=plan_id,
                    kind=kind,
                    first=first,
                    size=size,
                    body=body,
                )
            )
            first += size
    return first


def _pack(rows: list[Any]) -> tuple[int, bytes]:
    return len(rows), zlib.compress(orjson.dumps(rows), LEVEL)


def read_chunks(session: OrganizationSession, plan_id: int, kind: str) -> Iterator[list[Any]]:
    """Yield all rows of one kind, chunk by chunk."""
    for _, rows in _chunks(session, plan_id, kind, 0, None):
        yield rows


def read_rows(
    session: OrganizationSession, plan_id: int, kind: str, start: int = 0, count: int | None = None
) -> Iterator[Any]:
    """Yield the rows of one kind from ``start`` on, reading no chunk that is not asked for."""
    for first, rows in _chunks(session, plan_id, kind, start, count):
        stop = None if count is None else max(0, start + count - first)
        yield from rows[max(0, start - first) : stop]


def _chunks(
    session: OrganizationSession, plan_id: int, kind: str, start: int, count: int | None
) -> Iterator[tuple[int, list[Any]]]:
    query = (
        select(ChangeChunk.first, ChangeChunk.body)
        .where(
            ChangeChunk.plan_id == plan_id,
            ChangeChunk.kind == kind,
            ChangeChunk.first + ChangeChunk.size > start,
        )
        .order_by(ChangeChunk.first)
    )
    if count is not None:
        query = query.where(ChangeChunk.first < start + count)
    for first, body in session.execute(query):
        yield first, orjson.loads(zlib.decompress(body))
