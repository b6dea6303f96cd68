"""A job exists exactly when its cause does; an effect happens once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import BULK, Jobs, enqueue, once, queries


class Undone(Exception):
    """Raised to roll a transaction back."""


def test_a_job_carries_its_organization_and_arguments(
    database: Database, organization_id: int
) -> None:
    with database.write(organization_id) as session:
        enqueue(session, "room.act", organization_id, "x", {"deep": [1, None]})
    with database.read(organization_id) as session:
        job = queries.jobs(session)[0]
    assert (job.organization_id, job.actor) == (organization_id, "room.act")
    assert job.args == (organization_id, "x", {"deep": [1, None]})
    assert (job.state, job.run_at, job.retries, job.deliveries) == ("ready", None, 0, 0)


def test_a_cause_that_is_rolled_back_leaves_no_job(
    database: Database, organization_id: int
) -> None:
    with pytest.raises(Undone), database.write(organization_id) as session:
        enqueue(session, "room.act", organization_id)
        session.flush()
        raise Undone
    with database.read(None) as session:
        assert queries.jobs(session) == []


def test_refuses_what_could_never_run(database: Database, organization_id: int) -> None:
    with pytest.raises(ValueError, match="no queue"), database.write(organization_id) as session:
        enqueue(session, "room.act", queue="elsewhere")
    with pytest.raises(TypeError), database.write(organization_id) as session:
        enqueue(session, "room.act", object())


def test_a_job_waits_for_its_instant(
    database: Database, organization_id: int, jobs: Jobs, clock: ManualClock
) -> None:
    ran: list[str] = []
    jobs.actor("room.act", ran.append)
    with database.write(organization_id) as session:
        enqueue(session, "room.act", "later", run_at=clock() + timedelta(hours=1))
        enqueue(session, "room.act", "now")
        enqueue(session, "room.act", "bulk", queue=BULK)
    jobs.drain()
    assert ran == ["now", "bulk"]
    jobs.drain(clock() + timedelta(minutes=59))
    assert ran == ["now", "bulk"]
    clock.advance(hours=1)
    jobs.drain()
    assert ran == ["now", "bulk", "later"]


def test_an_effect_is_claimed_once(database: Database, organization_id: int) -> None:
    with database.write(organization_id) as session:
        assert once(session, "mail:1")
        assert not once(session, "mail:1")
        assert once(session, "mail:2")
    with database.write(organization_id) as session:
        assert not once(session, "mail:1")


def test_an_effect_that_is_rolled_back_may_happen_again(
    database: Database, organization_id: int
) -> None:
    with pytest.raises(Undone), database.write(organization_id) as session:
        assert once(session, "mail:1")
        raise Undone
    with database.write(organization_id) as session:
        assert once(session, "mail:1")


def test_effects_of_organizations_never_meet(database: Database, organization_id: int) -> None:
    for other in (organization_id, None):
        with database.write(other) as session:
            assert once(session, "mail:1")
