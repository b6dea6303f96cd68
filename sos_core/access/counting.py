"""How often somebody may try: counted in the database, for all processes that serve together."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

import structlog
from sqlalchemy import delete, select

from sos_core.access.tables import AttemptCount
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Unavailable

log = structlog.get_logger(__name__)
WINDOW = timedelta(minutes=5)
MOST_FORGOTTEN = 500
"""Counts that are deleted in one transaction."""
ROUNDS = 40
"""Transactions of one sweep: more than can be made of attempts in the time between two."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts may be made within ``WINDOW`` on what ``key`` names.

    The first word of ``key`` says by what it is counted, and is logged; the rest is not.
    """

    key: str
    most: int


def count_attempt(
    database: Database, secret: bytes, limits: Sequence[Limit], *, now: datetime
) -> None:
    """Count an attempt by each of ``limits``; raise Unavailable, with the wait, where one is full.

    A refused attempt is counted nowhere, so nobody is kept out for longer than ``WINDOW``, and costs
    no write.
    """
    # In one order everywhere, so that no two wait for each other.
    by_hash = sorted(
        {_hashed(secret, limit.key): limit for limit in limits}.items(), key=itemgetter(0)
    )
    with database.read(None) as session:
        for key_hash, limit in by_hash:
            row = session.get(AttemptCount, key_hash)
            _require_room(row.times if row else (), limit, now)
    with database.write(None) as session:
        for key_hash, limit in by_hash:
            _count(session, key_hash, limit, now)


def forget_attempts(database: Database, now: datetime) -> None:
    """Delete counts that count no more; a mere read where there are none."""
    ended = select(AttemptCount.key_hash).where(AttemptCount.expires_at <= now)
    # Whoever counts holds a row: who deletes must not wait for it with others in hand.
    held = ended.limit(MOST_FORGOTTEN).with_for_update(skip_locked=True)
    for _ in range(ROUNDS):
        with database.read(None) as session:
            if session.scalar(ended.limit(1)) is None:
                return
        with database.write(None) as session:
            keys = list(session.scalars(held))
            session.execute(
                delete(AttemptCount)
                .where(AttemptCount.key_hash.in_(keys))
                .execution_options(synchronize_session=False)
            )


def _count(session: OrganizationSession, key_hash: str, limit: Limit, now: datetime) -> None:
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    until = now + WINDOW
    # Whoever writes the row holds it until the commit: of two processes the second counts on.
    held = insert(AttemptCount).values(key_hash=key_hash, times=[], expires_at=until)
    session.execute(
        held.on_conflict_do_update(index_elements=["key_hash"], set_={"expires_at": until})
    )
    row = session.get_one(AttemptCount, key_hash, populate_existing=True)
    recent = _require_room(row.times, limit, now)
    row.times = [*recent, now.timestamp()]


def _require_room(times: Sequence[float], limit: Limit, now: datetime) -> list[float]:
    """Return the attempts that still count; raise Unavailable where there are as many as may be."""
    since = (now - WINDOW).timestamp()
    recent = [time for time in times if time > since]
    if len(recent) < limit.most:
        return recent
    log.warning("too_many_attempts", counted_by=limit.key.partition(" ")[0])
    raise Unavailable(
        "There were too many attempts.",
        "Wait a few minutes, then try again.",
        code="too_many_attempts",
        retry_after=max(recent[-limit.most] - since, 1.0),
    )


def _hashed(secret: bytes, key: str) -> str:
    """Return what a key is known by: from it nobody learns whose address was tried."""
    written = f"attempt\0{key}".encode("utf-8", "surrogatepass")
    return hmac.new(secret, written, hashlib.sha256).hexdigest()
