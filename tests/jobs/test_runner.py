"""Actors and sweeps, run in this thread under a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Misconfigured, TryLater
from sos_core.jobs import Jobs, enqueue, once, queries
from sos_core.jobs.queries import JobView


@pytest.fixture
def give(database: Database, organization_id: int) -> Callable[..., None]:
    def give(actor: str, *args: object, **options: object) -> None:
        with database.write(organization_id) as session:
            enqueue(session, actor, *args, **options)  # type: ignore[arg-type]

    return give


def only_job(database: Database) -> JobView:
    with database.read(None) as session:
        (job,) = queries.jobs(session)
        return job


def test_runs_each_job_once_in_order(jobs: Jobs, give: Callable[..., None]) -> None:
    ran: list[int] = []
    jobs.actor("room.act", ran.append)
    for number in range(20):
        give("room.act", number)
    assert jobs.drain() == 20
    assert ran == list(range(20))
    assert jobs.drain() == 0


def test_runs_what_jobs_and_sweeps_enqueue(
    jobs: Jobs, give: Callable[..., None], database: Database, organization_id: int
) -> None:
    ran: list[int] = []

    def count_down(number: int) -> None:
        ran.append(number)
        if number:
            give("room.count", number - 1)

    def sweep(now: datetime) -> None:
        with database.write(organization_id) as session:
            if once(session, f"started:{now.date()}"):
                enqueue(session, "room.count", 3)

    jobs.actor("room.count", count_down)
    jobs.sweep("room.start", sweep)
    assert jobs.drain() == 4
    assert ran == [3, 2, 1, 0]


def test_a_sweep_sees_the_given_instant(jobs: Jobs, clock: ManualClock) -> None:
    seen: list[datetime] = []
    jobs.sweep("room.look", seen.append)
    jobs.drain()
    jobs.drain(clock() + timedelta(days=1))
    assert seen == [clock(), clock() + timedelta(days=1)]


def test_names_are_given_once(jobs: Jobs) -> None:
    jobs.actor("room.act", print)
    jobs.sweep("room.look", lambda now: None)
    with pytest.raises(ValueError, match="already"):
        jobs.actor("room.act", print)
    with pytest.raises(ValueError, match="already"):
        jobs.sweep("room.look", lambda now: None)


def test_tries_again_when_the_other_system_asked_to(
    jobs: Jobs, give: Callable[..., None], clock: ManualClock, database: Database
) -> None:
    attempts: list[datetime] = []

    def busy() -> None:
        attempts.append(clock())
        if len(attempts) < 3:
            raise TryLater("The CRM is busy.", after=600)

    jobs.actor("room.push", busy)
    give("room.push")
    begun = clock()
    for minutes in (0, 9, 1, 9, 1):
        clock.advance(minutes=minutes)
        jobs.drain()
    assert [at - begun for at in attempts] == [timedelta(minutes=m) for m in (0, 10, 20)]
    with database.read(None) as session:
        assert queries.jobs(session) == []


def test_lays_aside_what_a_person_must_mend(
    jobs: Jobs, give: Callable[..., None], database: Database, clock: ManualClock
) -> None:
    def refuse() -> None:
        raise Misconfigured("The password is wrong.", "Enter a new one.", code="bad_password")

    jobs.actor("room.push", refuse)
    give("room.push")
    assert jobs.drain() == 1
    job = only_job(database)
    assert (job.state, job.code) == ("dead", "bad_password")
    assert (job.what, job.remedy) == ("The password is wrong.", "Enter a new one.")
    clock.advance(days=30)
    assert jobs.drain() == 0


def test_gives_up_after_the_last_retry(
    jobs: Jobs, give: Callable[..., None], database: Database, clock: ManualClock
) -> None:
    def fail() -> None:
        raise RuntimeError("secret text")

    jobs.actor("room.fail", fail, max_retries=2)
    give("room.fail")
    for _ in range(5):
        jobs.drain(fail_fast=False)
        clock.advance(hours=2)
    job = only_job(database)
    assert (job.state, job.retries, job.code) == ("dead", 2, "unexpected")
    assert "secret" not in f"{job.what}{job.remedy}"


def test_an_unexpected_error_is_recorded_and_raised(
    jobs: Jobs, give: Callable[..., None], database: Database
) -> None:
    def fail() -> None:
        raise RuntimeError("oops")

    jobs.actor("room.fail", fail)
    give("room.fail")
    with pytest.raises(RuntimeError, match="oops"):
        jobs.drain()
    assert (only_job(database).state, only_job(database).retries) == ("ready", 1)


def test_an_interruption_puts_the_job_back(
    jobs: Jobs, give: Callable[..., None], database: Database
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    jobs.actor("room.act", interrupt)
    give("room.act")
    with pytest.raises(KeyboardInterrupt):
        jobs.drain()
    assert (only_job(database).state, only_job(database).deliveries) == ("ready", 0)
    assert jobs.broker.held() == []


def test_a_due_job_without_an_actor_is_a_mistake(jobs: Jobs, give: Callable[..., None]) -> None:
    give("room.missing")
    with pytest.raises(LookupError, match=r"room\.missing"):
        jobs.drain()
    assert jobs.drain(fail_fast=False) == 0


def test_counts_attempts_and_the_queue(
    jobs: Jobs, give: Callable[..., None], clock: ManualClock
) -> None:
    def refuse() -> None:
        raise Misconfigured("No.", "Mend it.")

    jobs.actor("room.refuse", refuse)
    jobs.actor("room.act", lambda: None)
    give("room.refuse")
    give("room.act")
    give("room.act", run_at=clock() + timedelta(hours=1))
    jobs.drain()
    text = jobs.telemetry.render().decode()
    assert 'sos_jobs_total{actor="room.act",outcome="done"} 1.0' in text
    assert 'sos_jobs_total{actor="room.refuse",outcome="dead"} 1.0' in text
    assert 'sos_job_seconds_count{actor="room.act"} 1.0' in text
    assert 'sos_jobs_waiting{state="ready"} 1.0' in text
    assert 'sos_jobs_waiting{state="dead"} 1.0' in text


def test_the_age_of_the_queue_is_the_wait_of_its_oldest_due_job(
    database: Database, give: Callable[..., None], clock: ManualClock
) -> None:
    year = timedelta(days=36_500)
    give("room.act", run_at=clock() + year)
    give("room.act", run_at=clock() + year + timedelta(hours=1))
    with database.read(None) as session:
        assert queries.queue_state(session, clock() + year - timedelta(hours=1))[1] == 0.0
        assert queries.queue_state(session, clock() + year + timedelta(hours=2))[1] == 7200.0
