"""Jobs that come by the thousand let those pass who wait for an answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sos_core.clock import now
from sos_core.database import Database
from sos_core.jobs import BULK, Jobs, broker, enqueue, leases, runner
from sos_core.jobs.outbox import DEFAULT
from sos_core.traffic import Traffic
from tests.jobs.test_workers import running

PATIENCE = 20.0
MANY = 20


def test_nobody_is_let_pass_where_nobody_comes() -> None:
    assert Traffic().let_pass(PATIENCE)


def test_all_who_wait_are_let_pass_but_not_for_ever() -> None:
    traffic = Traffic()
    with ThreadPoolExecutor(1) as pool:
        with traffic:
            with traffic:
                waiting = pool.submit(traffic.let_pass, PATIENCE)
            assert not traffic.let_pass(0.01)
            assert not waiting.done()
        assert waiting.result(PATIENCE)
    with pytest.raises(ZeroDivisionError), traffic:
        raise ZeroDivisionError
    assert traffic.let_pass(0.0)


def test_the_breath_before_the_next_question_is_no_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sos_core.traffic.CALM", PATIENCE)  # however slow the machine is
    traffic, waits = Traffic(), list[float]()
    coming = iter([True, False])

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return next(coming)

    monkeypatch.setattr(traffic._some, "wait", wait)
    assert traffic.let_pass(PATIENCE)
    assert waits == [], "nobody has come yet"
    with traffic:
        pass
    assert traffic.let_pass(PATIENCE)
    assert len(waits) == 2, "somebody came once more, and then nobody"
    assert all(0 < seconds <= PATIENCE for seconds in waits)


def test_bulk_jobs_wait_for_those_who_are_answered_and_others_do_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "PATIENCE", PATIENCE)
    traffic, mailed, looked = Traffic(), threading.Event(), threading.Semaphore(0)
    jobs = Jobs(database, clock=now, traffic=traffic)
    jobs.actor("room.mail", mailed.set)
    jobs.actor("room.act", looked.release)
    with running(jobs):
        with traffic:
            with database.write(None) as session:
                enqueue(session, "room.mail", queue=BULK)
            for _ in range(2):
                with database.write(None) as session:
                    enqueue(session, "room.act")
                assert looked.acquire(timeout=PATIENCE)
            assert not mailed.is_set()
        assert mailed.wait(PATIENCE)


def test_bulk_jobs_begin_at_last_however_many_come(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "PATIENCE", 0.01)
    traffic, mailed = Traffic(), threading.Event()
    jobs = Jobs(database, clock=now, traffic=traffic)
    jobs.actor("room.mail", mailed.set)
    with database.write(None) as session:
        enqueue(session, "room.mail", queue=BULK)
    with traffic, running(jobs, threads=1):
        assert mailed.wait(PATIENCE)


def test_a_long_queue_is_not_asked_before_each_job(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = [], leases.is_due

    def is_due(session: object, queue: str, *given: object, **more: object) -> bool:
        asked.append(queue)
        return real(session, queue, *given, **more)  # type: ignore[arg-type]

    done = threading.Semaphore(0)
    jobs = Jobs(database, clock=now)
    jobs.actor("room.mail", done.release)
    with database.write(None) as session:
        for _ in range(MANY):
            enqueue(session, "room.mail", queue=BULK)
    monkeypatch.setattr(leases, "is_due", is_due)
    monkeypatch.setattr(runner, "IDLE_MS", 2_000)  # else somebody looks now and then
    with running(jobs, threads=1):
        for _ in range(MANY):
            assert done.acquire(timeout=PATIENCE)
    assert asked.count(BULK) < MANY / 2, "before the first, and where the queue was empty"
    assert asked.count(DEFAULT) < MANY / 2, "whose threads are as free as before"
