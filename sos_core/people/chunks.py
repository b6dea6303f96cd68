"""A plan's rows as compressed JSON in chunks: 100,000 rows cost twenty rows of the database."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import delete, insert, select

from sos_core.database.session import OrganizationSession
from sos_core.people.tables import ChangeChunk

CHUNK = 5_000
LEVEL = 1
"""zlib's quickest level: names and addresses shrink to a third, more effort gains little."""


def write_rows(session: OrganizationSession, plan_id: int, kind: str, rows: Iterable[Any]) -> int:
    """Store ``rows`` of one kind and return how many there were."""
    source = iter(rows)
    first = 0
    while part := list(islice(source, CHUNK)):
        body = zlib.compress(orjson.dumps(part), LEVEL)
        session.execute(
            insert(ChangeChunk).values(
                organization_id=session.organization_id,
                plan_id=plan_id,
                kind=kind,
                first=first,
                size=len(part),
                body=body,
            )
        )
        first += len(part)
    return first


def read_rows(
    session: OrganizationSession, plan_id: int, kind: str, start: int = 0, count: int | None = None
) -> Iterator[Any]:
    """Yield the rows of one kind from ``start`` on, reading no chunk that is not asked for."""
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
    for first, body in session.execute(query.execution_options(yield_per=1)):
        rows = orjson.loads(zlib.decompress(body))
        stop = None if count is None else max(0, start + count - first)
        yield from rows[max(0, start - first) : stop]


def delete_rows(session: OrganizationSession, plan_id: int, kinds: Iterable[str]) -> None:
    """Delete a plan's rows of some kinds."""
    session.execute(
        delete(ChangeChunk).where(ChangeChunk.plan_id == plan_id, ChangeChunk.kind.in_(list(kinds)))
    )
