"""The close of a survey on both databases: what is kept, that it recomputes, that it is final."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sos_core.ballots.sealing import receipt, unseal
from sos_core.errors import Conflict
from sos_core.results import queries
from sos_core.results.counting import Counted
from sos_core.results.release import count_survey
from sos_core.results.stored import read_parts, recomputes, write_release
from sos_core.surveys.queries import survey
from tests.results.closing_support import CUTS, World, everybody, page


def test_a_closed_survey_is_sealed_and_has_no_ballot_and_no_key(world: World, closed: int) -> None:
    with world.database.read(world.organization_id) as session:
        assert survey(session, closed).state == "sealed"
        assert session.scalar(text("SELECT count(*) FROM ballot")) == 0
        known = queries.release(session, closed)
    assert known is not None
    assert (known.submitted, known.invited) == (52, 52)
    assert not world.keys.exists(world.organization_id, closed)
    assert world.released == [closed]


def test_a_release_recomputes_byte_for_byte(world: World, closed: int) -> None:
    with world.database.read(world.organization_id) as session:
        assert recomputes(session, closed)
    with world.database.write(world.organization_id) as session:
        for table in ("release_part", "release", "release_comment"):
            with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
                session.execute(text(f"UPDATE {table} SET organization_id = organization_id"))


def test_a_damaged_release_does_not_recompute(world: World, closed: int) -> None:
    with world.database.write(world.organization_id) as session:
        session.execute(text("DELETE FROM release_part WHERE name = 'receipts/A'"))
        parts = read_parts(session, closed)
        first = next(name for name in parts if name.startswith("receipts/"))
        session.execute(text(f"DELETE FROM release_part WHERE name = '{first}'"))
    with world.database.read(world.organization_id) as session:
        assert not recomputes(session, closed)
        assert not recomputes(session, closed + 1)


def test_a_release_is_written_once(world: World, closed: int) -> None:
    nothing = Counted({}, [], "", "", 0, 0, ())
    with (
        pytest.raises(Conflict) as caught,
        world.database.write(world.organization_id) as session,
    ):
        write_release(session, closed, nothing, now=world.clock(), edition_key=None)
    assert caught.value.code == "release_exists"


def test_everybody_can_check_that_the_receipt_was_counted(world: World) -> None:
    survey_id = world.open()
    given = everybody(world)
    ballots = [world.seal(survey_id, person, answers) for person, answers in given.items()]
    world.submit(survey_id, given)
    codes = [receipt(ballot.secret, unseal(ballot.secret, ballot.body)) for ballot in ballots]
    with world.database.read(world.organization_id) as session:
        assert queries.receipts(session, survey_id) == []
    world.close(survey_id)
    with world.database.read(world.organization_id) as session:
        assert queries.receipts(session, survey_id) == sorted(codes)
        assert queries.receipt_counted(session, survey_id, f" {codes[0].lower()} ")
        for wrong in ("A" * 16, codes[0][:-1], "", "ÅÄÖ" * 6):
            assert not queries.receipt_counted(session, survey_id, wrong)


@pytest.mark.parametrize("answering", [0, 1, 4])
def test_a_survey_with_few_answers_closes_and_shows_nothing(world: World, answering: int) -> None:
    survey_id = world.open(cuts=CUTS)
    world.submit(survey_id, dict(list(everybody(world).items())[:answering]))
    world.close(survey_id)
    found = page(world, survey_id)
    assert found.overall.value is None
    assert all(question.answers is None for question in found.questions)
    with world.database.read(world.organization_id) as session:
        assert recomputes(session, survey_id)
        said = queries.comments(
            session, survey_id, 0, sight=world.sight(survey_id), now=world.clock()
        )
    assert said.group is None
    assert said.notes[0].code == "hidden.comments_nothing"


def test_late_answers_are_refused(world: World) -> None:
    survey_id = world.open()
    given = everybody(world)
    world.submit(survey_id, dict(list(given.items())[:30]))
    late = dict(list(given.items())[30:])
    with world.database.read(world.organization_id) as session:
        closes = survey(session, survey_id).closes_at
    world.clock.set(closes)
    assert all(isinstance(outcome, Conflict) for outcome in world.submit(survey_id, late))
    world.closing.take_no_more(world.organization_id, survey_id, world.clock())
    before = count_survey(world.database, world.keys, world.organization_id, survey_id)
    assert all(isinstance(outcome, Conflict) for outcome in world.submit(survey_id, late))
    after = count_survey(world.database, world.keys, world.organization_id, survey_id)
    assert before.digest == after.digest
    assert before.submitted == 30
