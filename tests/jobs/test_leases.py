"""Leases: only their holder changes a job, and none is held for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import enqueue, leases, queries
from sos_core.jobs.leases import Delivery, database_millis
from sos_core.jobs.outcome import MAX_DELIVERIES, Outcome
from sos_core.jobs.tables import Job

LEASE = 60_000
OVER = -1000
ACTORS = {"room.act"}


@pytest.fixture
def job_id(database: Database, organization_id: int) -> int:
    with database.write(organization_id) as session:
        enqueue(session, "room.act", 1)
    with database.read(None) as session:
        return queries.jobs(session)[0].id


def claim(database: Database, clock: ManualClock, lease_ms: int = LEASE) -> list[Delivery]:
    with database.write(None) as session:
        return leases.claim(session, "default", ACTORS, now=clock(), lease_ms=lease_ms, limit=10)


def expire(database: Database, clock: ManualClock) -> int:
    with database.write(None) as session:
        return leases.expire(session, now=clock(), lease_ms=LEASE)


def settle(database: Database, delivery: Delivery, outcome: Outcome, clock: ManualClock) -> bool:
    with database.write(None) as session:
        return leases.settle(session, delivery, outcome, now=clock())


def test_a_leased_job_is_nobody_elses(database: Database, job_id: int, clock: ManualClock) -> None:
    assert [delivery.job_id for delivery in claim(database, clock)] == [job_id]
    assert claim(database, clock) == []
    assert expire(database, clock) == 0
    with database.read(None) as session:
        assert not leases.is_due(session, "default", ACTORS, clock())
        assert not leases.has_doubtful_leases(session, lease_ms=LEASE)


def test_jobs_of_unknown_actors_and_other_queues_stay(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    with database.write(None) as session:
        for queue, actors in (("default", {"room.other"}), ("bulk", ACTORS)):
            assert not leases.is_due(session, queue, actors, clock())
            assert not leases.claim(session, queue, actors, now=clock(), lease_ms=LEASE, limit=10)


def test_a_lease_that_ran_out_frees_the_job(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    claim(database, clock, OVER)
    with database.read(None) as session:
        assert leases.has_doubtful_leases(session, lease_ms=LEASE)
    assert expire(database, clock) == 1
    assert claim(database, clock) == [], "what died together comes back at spread instants"
    clock.advance(seconds=15)
    assert [delivery.job_id for delivery in claim(database, clock)] == [job_id]


def test_a_late_worker_changes_nothing(database: Database, job_id: int, clock: ManualClock) -> None:
    (late,) = claim(database, clock, OVER)
    expire(database, clock)
    clock.advance(seconds=15)
    (owner,) = claim(database, clock)
    for outcome in (Outcome("done"), Outcome("retry", 1.0), Outcome("dead")):
        assert not settle(database, late, outcome, clock)
    with database.write(None) as session:
        assert leases.renew(session, [late.lease], lease_ms=LEASE) == 0
        leases.release(session, [late])
        assert leases.renew(session, [owner.lease], lease_ms=LEASE) == 1
    assert settle(database, owner, Outcome("done"), clock)
    with database.read(None) as session:
        assert queries.jobs(session) == []


def test_renewal_keeps_a_lease(database: Database, job_id: int, clock: ManualClock) -> None:
    (delivery,) = claim(database, clock, OVER)
    with database.write(None) as session:
        assert leases.renew(session, [delivery.lease], lease_ms=LEASE) == 1
    assert expire(database, clock) == 0


def test_a_job_that_kills_its_workers_is_laid_aside(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    for _ in range(MAX_DELIVERIES):
        assert len(claim(database, clock, OVER)) == 1
        assert expire(database, clock) == 1
        clock.advance(hours=1)
    assert claim(database, clock) == []
    with database.read(None) as session:
        job = queries.job(session, job_id)
    assert (job.state, job.code, job.deliveries) == ("dead", "worker_died", MAX_DELIVERIES)
    assert job.remedy


def test_a_job_that_was_not_begun_goes_back_uncounted(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    for _ in range(MAX_DELIVERIES + 1):
        with database.write(None) as session:
            leases.release(session, claim_in(session, clock))
    with database.read(None) as session:
        job = queries.job(session, job_id)
    assert (job.state, job.deliveries) == ("ready", 0)


def claim_in(session, clock):  # type: ignore[no-untyped-def]
    return leases.claim(session, "default", ACTORS, now=clock(), lease_ms=LEASE, limit=10)


def test_a_retry_waits_and_forgets_deliveries(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    (delivery,) = claim(database, clock)
    assert settle(database, delivery, Outcome("retry", 90.0, {"code": "busy"}), clock)
    with database.read(None) as session:
        job = queries.job(session, job_id)
    assert (job.run_at, job.retries, job.deliveries, job.code) == (
        clock() + timedelta(seconds=90),
        1,
        0,
        "busy",
    )


def test_a_lease_from_before_the_clock_stepped_back_is_cut(
    database: Database, job_id: int, clock: ManualClock
) -> None:
    (delivery,) = claim(database, clock)
    with database.write(None) as session:
        session.execute(update(Job).values(lease_until=Job.lease_until + 7_200_000))
    assert expire(database, clock) == 0, "its owner may be alive"
    with database.read(None) as session:
        left = session.scalar(select(Job.lease_until - database_millis()))
    assert left is not None
    assert 0 < left <= LEASE
    assert settle(database, delivery, Outcome("done"), clock)


def test_claims_are_bounded_and_oldest_first(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        for number in range(5):
            enqueue(session, "room.act", number)
    with database.write(None) as session:
        first = leases.claim(session, "default", ACTORS, now=clock(), lease_ms=LEASE, limit=3)
    assert [delivery.args for delivery in first] == [(0,), (1,), (2,)]
    assert [delivery.args for delivery in claim(database, clock)] == [(3,), (4,)]


def test_no_two_suspects_lie_on_one_desk(
    database: Database, organization_id: int, clock: ManualClock
) -> None:
    with database.write(organization_id) as session:
        for number in range(3):
            enqueue(session, "room.act", number)
    died = {delivery.job_id for delivery in claim(database, clock, OVER)}
    assert expire(database, clock) == 3
    clock.advance(hours=1)
    with database.write(organization_id) as session:
        enqueue(session, "room.act", "fresh")
    found = claim(database, clock)
    assert [delivery.args for delivery in found if not delivery.suspect] == [("fresh",)]
    (suspect,) = (delivery for delivery in found if delivery.suspect)
    due: dict[str, Any] = {"now": clock(), "suspects": False}
    with database.write(None) as session:
        assert not leases.is_due(session, "default", ACTORS, **due)
        assert not leases.claim(session, "default", ACTORS, lease_ms=LEASE, limit=9, **due)
    assert settle(database, suspect, Outcome("done"), clock)
    (another,) = claim(database, clock)
    assert another.suspect
    assert {suspect.job_id, another.job_id} < died


def test_claims_at_once_share_the_jobs(postgres_url: str, clock: ManualClock) -> None:
    database = Database(postgres_url)
    with database.write(None) as session:
        enqueue(session, "room.act", 1)
        enqueue(session, "room.act", 2)
    options = {"now": clock(), "lease_ms": LEASE, "limit": 1}
    with database.write(None) as one, database.write(None) as two:
        (first,) = leases.claim(one, "default", ACTORS, **options)  # type: ignore[arg-type]
        (second,) = leases.claim(two, "default", ACTORS, **options)  # type: ignore[arg-type]
    assert {first.args, second.args} == {(1,), (2,)}
    database.close()
