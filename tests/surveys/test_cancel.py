"""A canceled survey keeps no answer and no trace of one, whatever crashed on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from sos_core.ballots.tables import Ballot
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.partitions import has_rows
from sos_core.errors import Conflict
from sos_core.jobs import Jobs, queries
from sos_core.jobs.commands import discard_job
from sos_core.surveys import jobs as survey_jobs
from sos_core.surveys.commands import cancel_survey
from sos_core.surveys.participation import mark_done, participations
from sos_core.surveys.running import erase_answers, unerased
from tests.surveys.conftest import INVITED, Crew, FakeKeys

SEALED = b"a sealed body that must leave no trace"


def answer(database: Database, crew: Crew, survey_id: int) -> None:
    """Let everybody finish, the last person first, each in a transaction."""
    for number, person in enumerate(sorted(crew.people.values(), reverse=True)):
        with database.write(crew.organization_id) as session:
            session.add(
                Ballot(
                    survey_id=survey_id,
                    ballot_id=number.to_bytes(16, "big"),
                    submitted=True,
                    body=SEALED * 20,
                )
            )
            mark_done(session, survey_id, [person])


def cancel(database: Database, crew: Crew, survey_id: int, clock: ManualClock) -> None:
    with database.write(crew.organization_id) as session:
        cancel_survey(session, survey_id, now=clock(), actor="test")


def ballots(database: Database, crew: Crew) -> int:
    with database.read(crew.organization_id) as session:
        return session.scalar(select(func.count()).select_from(Ballot)) or 0


def test_a_canceled_survey_keeps_nothing(
    database: Database,
    crew: Crew,
    open_id: int,
    jobs: Jobs,
    keys: FakeKeys,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    answer(database, crew, open_id)
    cancel(database, crew, open_id, clock)
    jobs.drain()
    assert keys.kept == {}
    assert ballots(database, crew) == 0
    with database.read(crew.organization_id) as session:
        assert len(list(participations(session, open_id, done=True))) >= INVITED
        assert unerased(session) == []
        if not database.is_sqlite:
            left = session.scalars(
                text("SELECT relname FROM pg_class WHERE relname LIKE 'ballot_survey_%'")
            )
            assert list(left) == []
            order = list(session.scalars(text("SELECT person_id FROM participation ORDER BY ctid")))
            assert order == sorted(order)
            written = text("SELECT count(DISTINCT xmin::text) FROM participation")
            assert session.scalar(written) == 1
    if database.is_sqlite:
        for path in tmp_path.glob("sos.db*"):
            assert SEALED not in path.read_bytes()


def test_whatever_dies_on_the_way_the_answers_go(
    database: Database,
    crew: Crew,
    open_id: int,
    jobs: Jobs,
    keys: FakeKeys,
    clock: ManualClock,
    forgotten: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Died(BaseException):
        pass

    def die(*_args: object) -> None:
        raise Died

    answer(database, crew, open_id)
    cancel(database, crew, open_id, clock)
    for step in ("erase_answers", "compact"):
        with monkeypatch.context() as patch, pytest.raises(Died):
            patch.setattr(survey_jobs, step, die)
            jobs.drain()
        assert keys.kept == {}  # from the first moment on nothing can be opened
        assert forgotten[-1] == (crew.organization_id, open_id)
        with database.read(crew.organization_id) as session:
            assert len(queries.jobs(session, actor="surveys.erase")) == 1
    jobs.drain()
    assert ballots(database, crew) == 0


def test_answers_that_stayed_are_found_by_the_sweep(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, keys: FakeKeys, clock: ManualClock
) -> None:
    answer(database, crew, open_id)
    cancel(database, crew, open_id, clock)
    with database.write(crew.organization_id) as session:
        (job,) = queries.jobs(session, actor="surveys.erase")
        discard_job(session, job.id)
    with database.read(crew.organization_id) as session:
        assert unerased(session) == [open_id]
    jobs.drain()
    assert keys.kept == {}
    assert ballots(database, crew) == 0


def test_only_a_canceled_survey_is_emptied(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, keys: FakeKeys
) -> None:
    answer(database, crew, open_id)
    with database.write(crew.organization_id) as session, pytest.raises(Conflict):
        erase_answers(session, open_id)
    with database.read(crew.organization_id) as session:
        assert has_rows(session, "ballot", open_id)
        assert unerased(session) == []
    work = jobs.broker.actors["surveys.erase"].fn
    work(crew.organization_id, open_id)
    assert keys.kept
