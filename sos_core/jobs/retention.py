"""Effects are remembered for longer than any job can come again, and no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from sos_core.database import Database, UtcDateTime
from sos_core.jobs.tables import Effect

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
            present = session.execute(select(func.now(type_=UtcDateTime()))).scalar_one()
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
