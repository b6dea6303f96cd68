"""Worker threads in this process: prompt, patient at the stop, honest about what they lose."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from sos_core.clock import ManualClock, now
from sos_core.database import Database
from sos_core.errors import Rejected
from sos_core.jobs import Jobs, enqueue, queries
from sos_core.jobs.keeper import LeaseKeeper
from sos_core.jobs.schedule import Schedule
from sos_core.jobs.tables import Job
from sos_core.telemetry import Telemetry

PATIENCE = 20.0


@contextmanager
def running(jobs: Jobs, threads: int = 2) -> Iterator[Jobs]:
    jobs.start(threads)
    try:
        yield jobs
    finally:
        jobs.stop()


def give(database: Database, actor: str, *args: object) -> None:
    with database.write(None) as session:
        enqueue(session, actor, *args)


def states(database: Database) -> list[tuple[str, int]]:
    with database.read(None) as session:
        return [(job.state, job.deliveries) for job in queries.jobs(session)]


class Gate:
    """An actor that tells when it has begun and ends when it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.go.wait(PATIENCE)


def test_workers_run_what_was_there_and_what_comes(database: Database) -> None:
    done = threading.Semaphore(0)
    jobs = Jobs(database, clock=now)
    jobs.actor("room.act", done.release)
    give(database, "room.act")
    with running(jobs):
        for _ in range(3):
            assert done.acquire(timeout=PATIENCE)
            give(database, "room.act")
        assert done.acquire(timeout=PATIENCE)
    assert states(database) == []


def test_workers_can_be_started_again(database: Database) -> None:
    done = threading.Semaphore(0)
    jobs = Jobs(database, clock=now)
    jobs.actor("room.act", done.release)
    for _ in range(2):
        with running(jobs), pytest.raises(RuntimeError, match="already"):
            give(database, "room.act")
            assert done.acquire(timeout=PATIENCE)
            jobs.start(1)
    jobs.stop()
    assert jobs.broker.middleware == []


def test_a_failure_is_settled_by_the_worker_too(database: Database) -> None:
    called = threading.Event()

    def refuse() -> None:
        called.set()
        raise Rejected("Unknown customer.", "Mend the record.", code="unknown_customer")

    jobs = Jobs(database, clock=now)
    jobs.actor("room.refuse", refuse)
    give(database, "room.refuse")
    with running(jobs):
        assert called.wait(PATIENCE)
    with database.read(None) as session:
        (job,) = queries.jobs(session)
    assert (job.state, job.code) == ("dead", "unknown_customer")


def test_a_stop_lets_running_jobs_finish_and_begins_none(database: Database) -> None:
    gate = Gate()
    ran: list[int] = []
    jobs = Jobs(database, clock=now)
    jobs.actor("room.gate", gate)
    jobs.actor("room.act", ran.append)
    give(database, "room.gate")
    jobs.start(1)
    assert gate.begun.wait(PATIENCE)
    jobs.broker.draining = True
    give(database, "room.act", 1)
    threading.Timer(0.2, gate.go.set).start()
    jobs.stop()
    assert ran == []
    assert states(database) == [("ready", 0)]


def test_a_stop_does_not_wait_for_ever(database: Database) -> None:
    gate = Gate()
    jobs = Jobs(database, clock=now)
    jobs.actor("room.gate", gate)
    give(database, "room.gate")
    jobs.start(1)
    assert gate.begun.wait(PATIENCE)
    worker = jobs._worker
    assert worker is not None
    jobs.stop(timeout=0.1)
    assert states(database) == [("leased", 1)], "its lease will run out"
    gate.go.set()
    for thread in worker.workers:
        thread.join(PATIENCE)


def test_the_keeper_renews_what_is_on_the_desk_alone(
    database: Database, clock: ManualClock
) -> None:
    jobs = Jobs(database, clock=clock)
    jobs.actor("room.act", print)
    for number in range(2):
        give(database, "room.act", number)
    kept, lost = jobs.broker.claim("default", 1) + jobs.broker.claim("default", 1)
    jobs.broker.forget([lost])
    with database.write(None) as session:
        session.execute(update(Job).values(lease_until=0))
    LeaseKeeper(jobs.broker).turn()
    with database.read(None) as session:
        assert queries.job(session, kept.job_id).state == "leased"
        assert queries.job(session, lost.job_id).state == "ready"


def test_a_job_that_outlived_its_lease_is_counted(database: Database, clock: ManualClock) -> None:
    jobs = Jobs(database, clock=clock)
    jobs.actor("room.act", print)
    give(database, "room.act")
    (delivery,) = jobs.broker.claim("default", 1)
    with database.write(None) as session:
        session.execute(update(Job).values(lease="another"))
    jobs.broker.settle(delivery, None)
    assert states(database) == [("leased", 1)]
    assert 'outcome="lease_lost"} 1.0' in jobs.telemetry.render().decode()


def test_a_failing_sweep_stops_no_other_and_comes_again() -> None:
    calls: list[str] = []
    again = threading.Event()

    def fail(_now: object) -> None:
        calls.append("fail")
        raise RuntimeError("broken")

    def look(_now: object) -> None:
        calls.append("look")
        if calls.count("look") == 2:
            again.set()

    telemetry = Telemetry()
    schedule = Schedule({"fail": fail, "look": look}, clock=now, telemetry=telemetry, interval=0.01)
    schedule.start()
    assert again.wait(PATIENCE)
    schedule.stop(PATIENCE)
    assert calls[:4] == ["fail", "look", "fail", "look"]
    assert 'sos_sweeps_failed_total{sweep="fail"}' in telemetry.render().decode()


def test_workers_outlive_a_lost_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    monkeypatch.setattr("dramatiq.worker.CONSUMER_RESTART_DELAY_SECS", 0.01)
    done = threading.Event()
    jobs = Jobs(database, clock=now)
    jobs.actor("room.act", done.set)
    read, failures = database.read, [3]

    def failing_read(organization_id: int | None) -> object:
        if threading.current_thread().name != "MainThread" and failures[0]:
            failures[0] -= 1
            raise OperationalError("SELECT", {}, Exception("connection lost"))
        return read(organization_id)

    monkeypatch.setattr(database, "read", failing_read)
    with running(jobs):
        give(database, "room.act")
        assert done.wait(PATIENCE)
    assert failures == [0]
