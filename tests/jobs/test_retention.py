"""Old effects are purged, once a day, by the database's clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import Jobs, once, retention
from sos_core.jobs.retention import KEPT, EffectPurge
from sos_core.jobs.tables import Effect


def effects(database: Database) -> list[str]:
    with database.read(None) as session:
        return sorted(session.scalars(select(Effect.key)))


def happen(database: Database, name: str, *, ago: timedelta = timedelta(0)) -> None:
    with database.write(None) as session:
        assert once(session, name)
        row = session.get_one(Effect, f"0:{name}")
        session.execute(
            update(Effect).where(Effect.key == row.key).values(happened_at=row.happened_at - ago)
        )


def test_old_effects_go_and_young_ones_stay(
    database: Database, clock: ManualClock, monkeypatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        happen(database, f"old{number}", ago=KEPT + timedelta(hours=1))
    happen(database, "young", ago=KEPT - timedelta(hours=1))
    happen(database, "now")
    purge = EffectPurge(database)
    purge.sweep(clock())
    assert effects(database) == ["0:now", "0:young"]


def test_it_looks_once_a_day_whatever_the_clock_does(
    sqlite_database: Database, clock: ManualClock
) -> None:
    purge = EffectPurge(sqlite_database)
    for step, left in ((0, []), (23, ["0:old"]), (1, []), (-48, [])):
        clock.advance(hours=step)
        happen(sqlite_database, "old", ago=KEPT * 2)
        purge.sweep(clock())
        assert effects(sqlite_database) == left
        if left:
            with sqlite_database.write(None) as session:
                session.delete(session.get_one(Effect, "0:old"))


def test_the_schedule_purges(sqlite_database: Database, clock: ManualClock) -> None:
    happen(sqlite_database, "old", ago=KEPT * 2)
    clock.advance(days=4000)  # only the database's own clock counts
    happen(sqlite_database, "now")
    Jobs(sqlite_database, clock=clock).drain()
    assert effects(sqlite_database) == ["0:now"]
