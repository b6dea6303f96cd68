"""Workers are killed at random points: no job is lost, and each effect happens once."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from sos_core.database import Database
from sos_core.jobs import queries
from sos_core.jobs.outcome import MAX_DELIVERIES
from tests.crash.foreman import Foreman, until
from tests.crash.jobs_crew import Workers, effects, prepare, run, waiting

PATIENCE = 120.0


def test_killed_workers_lose_nothing(foreman: Foreman, database_url: str, tmp_path: Path) -> None:
    report = run(foreman, database_url, tmp_path, jobs=150, ends=5, seed=7, patience=PATIENCE)
    assert (report.kills, report.stops) == (4, 1)
    assert report.clean, str(report)


def test_a_stopped_worker_leaves_nothing_leased(
    foreman: Foreman, database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url)
    prepare(database, 100)
    with Workers(foreman, database_url, tmp_path, lease_seconds=60) as crew:
        for point in (10, 30):
            worker = crew.start()
            until(lambda point=point: crew.attempts() >= point, time.monotonic() + PATIENCE)
            assert crew.end(worker, signal.SIGTERM) == 0
            with database.read(None) as session:
                left = queries.counts(session)
            assert left == {"ready": 100 - crew.attempts(), "leased": 0, "dead": 0}
    database.close()


def test_a_poisonous_job_is_laid_aside_and_the_others_are_done(
    foreman: Foreman, sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    prepare(database, 30, poison=True)
    with Workers(foreman, sqlite_url, tmp_path, lease_seconds=2.0) as crew:
        for _ in range(MAX_DELIVERIES):
            assert crew.wait(crew.start()) == 9
        last = crew.start()
        until(lambda: waiting(database) == 0, time.monotonic() + PATIENCE)
        assert crew.end(last, signal.SIGTERM) == 0
    with database.read(None) as session:
        (dead,) = queries.jobs(session)
    assert (dead.actor, dead.state, dead.code) == ("crash.poison", "dead", "worker_died")
    assert effects(database) == list(range(30))
    database.close()
