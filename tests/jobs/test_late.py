"""A job that hangs is given up, counted, and costs its thread and nothing else."""

from __future__ import annotations

import signal
import threading

import pytest

from sos_core.clock import now
from sos_core.database import Database
from sos_core.errors import Unavailable
from sos_core.jobs import Jobs, enqueue, queries
from sos_core.jobs.commands import retry_job
from sos_core.jobs.keeper import LeaseKeeper
from sos_core.jobs.outcome import LIMIT_SECONDS
from sos_core.jobs.worker import work_until_stopped
from tests.jobs.test_workers import Gate, give, running, states

PATIENCE = 20.0


def hanging(database: Database, *, limit: float = 0.0) -> tuple[Jobs, Gate]:
    jobs, gate = Jobs(database, clock=now), Gate()
    jobs.actor("room.hang", gate, limit_seconds=limit)
    return jobs, gate


def gone(jobs: Jobs, database: Database) -> bool:
    """Wait, at most for a while, until no job is left and no thread is lost."""
    for _ in range(2000):
        if not states(database) and jobs.broker.lost_threads == 0:
            return True
        threading.Event().wait(0.01)
    return False


def test_a_job_that_hangs_is_laid_aside_and_others_go_on(sqlite_database: Database) -> None:
    jobs, gate = hanging(sqlite_database)
    done = threading.Semaphore(0)
    jobs.actor("room.act", lambda *_args: done.release())
    give(sqlite_database, "room.hang")
    with running(jobs):
        assert gate.begun.wait(PATIENCE)
        LeaseKeeper(jobs.broker).turn()
        with sqlite_database.read(None) as session:
            (job,) = queries.jobs(session)
        assert (job.state, job.code) == ("dead", "job_late")
        assert jobs.broker.held() == []
        assert (jobs.broker.lost_threads, jobs.exhausted) == (1, False)
        assert b'sos_jobs_total{actor="room.hang",outcome="late"} 1.0' in jobs.telemetry.render()
        for number in range(3):
            give(sqlite_database, "room.act", [number])
        for _ in range(3):
            assert done.acquire(timeout=PATIENCE)
        assert LeaseKeeper(jobs.broker).turn() is None  # not counted twice
        assert jobs.broker.lost_threads == 1
        gate.go.set()
        assert gone(jobs, sqlite_database)  # it was only slow: what it did is done


def test_a_late_job_that_was_let_run_again_stays(sqlite_database: Database) -> None:
    jobs, gate = hanging(sqlite_database)
    give(sqlite_database, "room.hang")
    with running(jobs, threads=1):
        assert gate.begun.wait(PATIENCE)
        (late,) = jobs.broker.give_up_late()
        with sqlite_database.write(None) as session:
            retry_job(session, late.job_id)
        assert jobs.exhausted
        assert states(sqlite_database) == [("ready", 0)]
        gate.go.set()
        assert gone(jobs, sqlite_database)


def test_usual_jobs_are_not_late(sqlite_database: Database) -> None:
    jobs, gate = hanging(sqlite_database, limit=LIMIT_SECONDS)
    give(sqlite_database, "room.hang")
    with running(jobs):
        assert gate.begun.wait(PATIENCE)
        assert jobs.broker.give_up_late() == []
        gate.go.set()
        assert gone(jobs, sqlite_database)
    assert jobs.drain() == 0


def test_a_worker_whose_every_thread_hangs_ends(sqlite_database: Database) -> None:
    jobs, gate = hanging(sqlite_database)
    give(sqlite_database, "room.hang")
    before = signal.getsignal(signal.SIGTERM)

    def give_up() -> None:
        assert gate.begun.wait(PATIENCE)
        jobs.broker.give_up_late()

    helper = threading.Thread(target=give_up)
    helper.start()
    with pytest.raises(Unavailable) as told:
        work_until_stopped(jobs, threads=1, drain_seconds=0.1)
    assert told.value.code == "worker_exhausted"
    assert signal.getsignal(signal.SIGTERM) is before
    helper.join()
    gate.go.set()
    assert gone(jobs, sqlite_database)  # the thread ends before its database does


def test_enqueued_arguments_of_any_kind_can_be_late(sqlite_database: Database) -> None:
    jobs, _ = hanging(sqlite_database)
    seen: list[object] = []
    jobs.actor("room.lists", seen.append, limit_seconds=0.0)
    with sqlite_database.write(None) as session:
        enqueue(session, "room.lists", {"of": [1, 2]})
    jobs.drain()
    assert seen == [{"of": [1, 2]}]
    assert states(sqlite_database) == []
