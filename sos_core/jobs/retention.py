"""Effects are remembered for longer than any job can come again, and failed jobs for a while."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from sos_core.database import Database, UtcDateTime
from sos_core.database.session import ORGANIZATION, OrganizationSession
from sos_core.jobs.tables import Effect, Job

KEPT = timedelta(days=400)
"""Longer than any survey is open and than any job is tried again."""
EVERY = timedelta(days=1)
AT_ONCE = 5_000
"""Effects purged in one transaction, which other writers wait for on SQLite."""


class EffectPurge:
    """The sweep that purges old effects: once a day in each process, a mere read where none is old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: datetime | None = None

    def sweep(self, now: datetime) -> None:
        """Purge what is older than ``KEPT`` by the database's clock, unless done within the day."""
        if self._last is not None and self._last <= now < self._last + EVERY:
            return
        while self._purge():
            pass
        self._last = now

    def _purge(self) -> bool:
        """Delete some; tell whether there may be more."""
        with self._database.read(None) as session:
            present = present_of(session)
            old = select(Effect.key).where(Effect.happened_at < present - KEPT).limit(AT_ONCE)
            keys = list(session.scalars(old))
        if keys:
            with self._database.write(None) as session:
                for start in range(0, len(keys), 500):
                    session.execute(
                        delete(Effect).where(Effect.key.in_(keys[start : start + 500])),
                        execution_options={"synchronize_session": False},
                    )
        return len(keys) == AT_ONCE


def present_of(session: OrganizationSession) -> datetime:
    """Return the instant by the database's clock."""
    return session.execute(select(func.now(type_=UtcDateTime()))).scalar_one()


def old_failures(
    session: OrganizationSession, kept: timedelta, most: int | None = None
) -> list[int]:
    """Return jobs that were given up and are older than ``kept`` by the database's clock, by id.

    They are those of the session's organization, without one those of the installation.
    """
    organization_id = session.info.get(ORGANIZATION)
    query = select(Job.id).where(
        Job.state == "dead",
        Job.created_at < present_of(session) - kept,
        Job.organization_id.is_(None)
        if organization_id is None
        else Job.organization_id == organization_id,
    )
    return list(session.scalars(query.order_by(Job.id).limit(most)))


def drop_failures(session: OrganizationSession, job_ids: Collection[int]) -> int:
    """Delete those of the jobs that are still given up, and return how many; at most 500."""
    gone = session.scalars(
        delete(Job)
        .where(Job.id.in_(job_ids), Job.state == "dead")
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
