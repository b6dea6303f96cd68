"""Jobs looked at, retried and discarded by hand."""

from __future__ import annotations

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, NotFound, Rejected
from sos_core.jobs import Jobs, commands, enqueue, queries
from sos_core.organizations.commands import create_organization


@pytest.fixture
def other_id(database: Database, clock: ManualClock) -> int:
    with database.write(None) as session:
        return create_organization(
            session, name="Bolt", language="sv", time_zone="Europe/Oslo", now=clock()
        )


@pytest.fixture
def ran(jobs: Jobs) -> list[int]:
    """Return what an actor ran that refused each job the first time."""
    ran: list[int] = []

    def act(number: int) -> None:
        ran.append(number)
        if ran.count(number) == 1:
            raise Rejected("No.", "Mend it.")

    jobs.actor("room.act", act)
    jobs.actor("room.other", act)
    return ran


def give(database: Database, organization_id: int, *numbers: int, actor: str = "room.act") -> None:
    with database.write(organization_id) as session:
        for number in numbers:
            enqueue(session, actor, number)


def test_lists_by_state_actor_and_page(
    database: Database, organization_id: int, jobs: Jobs, ran: list[int]
) -> None:
    give(database, organization_id, 1, 2, 3)
    jobs.drain()
    give(database, organization_id, 4, actor="room.other")
    with database.read(organization_id) as session:
        assert queries.counts(session) == {"ready": 1, "leased": 0, "dead": 3}
        dead = queries.jobs(session, state="dead")
        assert [job.args for job in dead] == [(1,), (2,), (3,)]
        assert [job.args for job in queries.jobs(session, actor="room.other")] == [(4,)]
        page = queries.jobs(session, after=dead[0].id, limit=2)
        assert [job.args for job in page] == [(2,), (3,)]


def test_a_retried_job_has_all_its_attempts_again(
    database: Database, organization_id: int, jobs: Jobs, ran: list[int]
) -> None:
    give(database, organization_id, 1)
    jobs.drain()
    with database.write(organization_id) as session:
        commands.retry_job(session, queries.jobs(session)[0].id)
    jobs.drain()
    assert ran == [1, 1]
    with database.read(None) as session:
        assert queries.jobs(session) == []


def test_all_dead_jobs_are_retried_together(
    database: Database, organization_id: int, other_id: int, jobs: Jobs, ran: list[int]
) -> None:
    give(database, organization_id, 1, 2)
    give(database, organization_id, 3, actor="room.other")
    give(database, other_id, 4)
    jobs.drain()
    with database.write(organization_id) as session:
        assert commands.retry_dead_jobs(session, actor="room.act") == 2
        assert commands.retry_dead_jobs(session) == 1
        assert commands.retry_dead_jobs(session) == 0
    jobs.drain()
    with database.read(None) as session:
        assert [job.args for job in queries.jobs(session)] == [(4,)]


def test_what_else_was_enqueued_is_begun_where_no_job_is_retried(
    database: Database, organization_id: int, jobs: Jobs, ran: list[int]
) -> None:
    rung = jobs.broker.bells["default"].count
    with database.write(organization_id) as session:
        enqueue(session, "room.act", 1)
        assert commands.retry_dead_jobs(session) == 0
    assert jobs.broker.bells["default"].count == rung + 1


def test_a_discarded_job_never_runs(
    database: Database, organization_id: int, jobs: Jobs, ran: list[int]
) -> None:
    give(database, organization_id, 1)
    with database.write(organization_id) as session:
        commands.discard_job(session, queries.jobs(session)[0].id)
    assert jobs.drain() == 0


def test_a_running_job_is_left_alone(
    database: Database, organization_id: int, jobs: Jobs, ran: list[int]
) -> None:
    give(database, organization_id, 1)
    (delivery,) = jobs.broker.claim("default", 1)
    for command in (commands.retry_job, commands.discard_job):
        with pytest.raises(Conflict), database.write(organization_id) as session:
            command(session, delivery.job_id)


def test_jobs_of_others_look_missing(
    database: Database, organization_id: int, other_id: int, ran: list[int]
) -> None:
    give(database, organization_id, 1)
    with database.read(None) as session:
        job_id = queries.jobs(session)[0].id
    with database.write(other_id) as session:
        assert queries.jobs(session) == []
        for look in (queries.job, commands.retry_job, commands.discard_job):
            with pytest.raises(NotFound) as foreign:
                look(session, job_id)
            with pytest.raises(NotFound) as missing:
                look(session, job_id + 999)
            assert str(foreign.value).replace(str(job_id), "#") == str(missing.value).replace(
                str(job_id + 999), "#"
            )
