"""Ballots are taken, resumed, replaced until close, and refused in words."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from sos_core.ballots.answers import Answers
from sos_core.ballots.tables import Ballot
from sos_core.ballots.tally import delete_ballots, open_ballots
from sos_core.content import questionnaire
from sos_core.errors import Conflict, NotAllowed, Unavailable
from sos_core.surveys.participation import participation
from sos_core.surveys.tables import Survey
from tests.ballots.conftest import OpenSurvey
from tests.waiting import until

PATIENCE = 20.0
FORM = questionnaire()
STATEMENTS = [statement.key for statement in FORM.statements]


def answers(value: int, comment: str = "") -> Answers:
    """Return a full ballot of one value, with a comment in the first area where given."""
    said = {FORM.comments[0]: comment} if comment else {}
    return Answers(dict.fromkeys(STATEMENTS, value), said)


def submit(survey: OpenSurvey, person: int, given: Answers, base: str | None = None) -> str:
    who = (survey.organization_id, survey.survey_id, person)
    return asyncio.run(survey.desk.submit(*who, given, base)).code


def save(
    survey: OpenSurvey, person: int, given: Answers, sequence: int, base: str | None = None
) -> str:
    who = (survey.organization_id, survey.survey_id, person)
    return asyncio.run(survey.desk.save_draft(*who, given, sequence, base)).state


def version(survey: OpenSurvey, person: int) -> str:
    return survey.desk.resume(survey.organization_id, survey.survey_id, person).version


def stored(survey: OpenSurvey) -> list[tuple[bytes, bool]]:
    with survey.database.read(survey.organization_id) as session:
        query = select(Ballot.ballot_id, Ballot.submitted).order_by(Ballot.ballot_id)
        return [(bytes(key), submitted) for key, submitted in session.execute(query)]


def is_done(survey: OpenSurvey, person: int) -> bool:
    with survey.database.read(survey.organization_id) as session:
        view = participation(session, survey.survey_id, person)
        return view is not None and view.done


def test_a_retry_meets_the_same_ballot_and_the_same_receipt(survey: OpenSurvey) -> None:
    person = survey.people[0]
    first = submit(survey, person, answers(4, "More coaching"))
    assert submit(survey, person, answers(4, "More coaching")) == first
    assert len(stored(survey)) == 1
    assert is_done(survey, person)
    assert not is_done(survey, survey.people[1])


def test_submitting_again_replaces_until_close(survey: OpenSurvey) -> None:
    person = survey.people[0]
    first = submit(survey, person, answers(4))
    assert submit(survey, person, answers(2)) != first
    resumed = survey.desk.resume(survey.organization_id, survey.survey_id, person)
    assert resumed.submitted
    assert set(resumed.answers.choices.values()) == {2}


def test_a_draft_is_resumed_and_does_not_count(survey: OpenSurvey) -> None:
    person = survey.people[0]
    given = Answers({STATEMENTS[0]: 5, STATEMENTS[1]: None}, {FORM.comments[1]: "Ett utkast"})
    assert save(survey, person, given, 3) == "saved"
    resumed = survey.desk.resume(survey.organization_id, survey.survey_id, person)
    assert (resumed.answers, resumed.sequence, resumed.submitted) == (given, 3, False)
    assert not is_done(survey, person)
    with survey.database.read(survey.organization_id) as session:
        key = survey.keys.load(survey.organization_id, survey.survey_id)
        assert (
            open_ballots(session, survey.survey_id, key, survey.people, FORM).person_ids.size == 0
        )


def test_an_older_draft_of_another_device_is_stale(survey: OpenSurvey) -> None:
    person = survey.people[0]
    assert save(survey, person, answers(5), 7) == "saved"
    assert save(survey, person, answers(1), 6) == "stale"
    assert save(survey, person, answers(2), 8) == "saved"
    resumed = survey.desk.resume(survey.organization_id, survey.survey_id, person)
    assert set(resumed.answers.choices.values()) == {2}


def test_two_devices_that_began_alike_do_not_overwrite_each_other(survey: OpenSurvey) -> None:
    person = survey.people[0]
    nothing = version(survey, person)
    assert nothing == ""
    assert save(survey, person, answers(5), 1, nothing) == "saved"
    assert save(survey, person, answers(1), 1, nothing) == "stale"
    assert save(survey, person, answers(1), 9, nothing) == "stale", "whatever its number is"
    first = version(survey, person)
    assert save(survey, person, answers(5), 1, nothing) == "saved", "a retry finds its own"
    assert version(survey, person) == first
    assert save(survey, person, answers(2), 2, first) == "saved"
    assert version(survey, person) != first
    with pytest.raises(Conflict) as caught:
        submit(survey, person, answers(5), first)
    assert caught.value.code == "ballot_elsewhere"
    assert not is_done(survey, person)
    submit(survey, person, answers(2), version(survey, person))
    with pytest.raises(Conflict):
        submit(survey, person, answers(5), first)
    submit(survey, person, answers(4), version(survey, person))
    resumed = survey.desk.resume(survey.organization_id, survey.survey_id, person)
    assert set(resumed.answers.choices.values()) == {4}


def test_of_many_devices_at_once_one_is_first(survey: OpenSurvey) -> None:
    async def at_once(person: int) -> list[str]:
        who = (survey.organization_id, survey.survey_id, person)
        drafts = (survey.desk.save_draft(*who, answers(n % 5 + 1), n, "") for n in range(1, 6))
        return [saved.state for saved in await asyncio.gather(*drafts)]

    for person in survey.people:
        assert sorted(asyncio.run(at_once(person))) == ["saved", *["stale"] * 4]


def test_a_version_names_answers_of_one_person_and_is_stored_nowhere(survey: OpenSurvey) -> None:
    one, two = survey.people[:2]
    for person in (one, two):
        save(survey, person, answers(3), 4)
    assert version(survey, one) != version(survey, two)
    draft = version(survey, one)
    submit(survey, one, answers(3))
    assert version(survey, one) == draft, "the number of a draft is no part of it"
    with survey.database.read(survey.organization_id) as session:
        bodies = b"".join(bytes(body) for body in session.scalars(select(Ballot.body)))
    assert draft.encode() not in bodies


def test_a_draft_never_takes_a_submission_back(survey: OpenSurvey) -> None:
    person = survey.people[0]
    submit(survey, person, answers(5))
    assert save(survey, person, answers(1), 99) == "already_submitted"
    assert stored(survey)[0][1] is True


def test_nobody_answers_after_close_whatever_the_state_says(survey: OpenSurvey) -> None:
    submit(survey, survey.people[0], answers(5))
    survey.clock.advance(days=14)
    for attempt in (submit, lambda s, p, a: save(s, p, a, 1)):
        with pytest.raises(Conflict) as caught:
            attempt(survey, survey.people[1], answers(5))
        assert caught.value.code == "survey_not_open"
    assert len(stored(survey)) == 1


@pytest.mark.parametrize("ended", ["by its date", "elsewhere"])
def test_nobody_is_handed_a_form_that_is_in_vain(survey: OpenSurvey, ended: str) -> None:
    save(survey, survey.people[0], answers(5), 1)
    if ended == "by its date":
        survey.clock.advance(days=14)
    else:
        with survey.database.write(survey.organization_id) as session:
            session.execute(update(Survey).values(state="closing"))
    with pytest.raises(Conflict) as caught:
        version(survey, survey.people[0])
    assert caught.value.code == "survey_not_open"
    assert survey.desk._opened == {}, "the key of a survey that has closed is not kept"


def test_a_survey_that_is_closing_takes_nothing(survey: OpenSurvey) -> None:
    submit(survey, survey.people[0], answers(5))
    with survey.database.write(survey.organization_id) as session:
        session.execute(update(Survey).values(state="closing"))
    with pytest.raises(Conflict):
        submit(survey, survey.people[1], answers(5))


def test_only_participants_answer(survey: OpenSurvey) -> None:
    with pytest.raises(NotAllowed) as caught:
        submit(survey, max(survey.people) + 1, answers(5))
    assert caught.value.code == "not_a_participant"
    assert stored(survey) == []


def test_a_missing_key_is_said_in_words(survey: OpenSurvey) -> None:
    survey.keys.destroy(survey.organization_id, survey.survey_id)
    with pytest.raises(Unavailable) as caught:
        submit(survey, survey.people[0], answers(5))
    assert caught.value.code == "survey_key_missing"


def test_many_at_once_are_all_stored(survey: OpenSurvey) -> None:
    async def everybody() -> list[object]:
        sending = [
            survey.desk.submit(
                survey.organization_id, survey.survey_id, person, answers(1 + number % 5)
            )
            for number in range(5)
            for person in [*survey.people, 10**6 + number]
        ]
        return await asyncio.gather(*sending, return_exceptions=True)

    outcomes = asyncio.run(everybody())
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(outcome, NotAllowed) for outcome in refused)
    assert [submitted for _, submitted in stored(survey)] == [True] * len(survey.people)


def test_the_tally_gives_answers_by_person_and_no_drafts(survey: OpenSurvey) -> None:
    for number, person in enumerate(survey.people[:6]):
        submit(survey, person, answers(1 + number % 5, f"Comment {number}"))
    save(survey, survey.people[6], answers(5), 1)
    key = survey.keys.load(survey.organization_id, survey.survey_id)
    with survey.database.read(survey.organization_id) as session:
        opened = open_ballots(session, survey.survey_id, key, survey.people, FORM)
    assert opened.person_ids.tolist() == survey.people[:6]
    assert opened.matrix.shape == (43, 6)
    assert opened.matrix[0].tolist() == [1, 2, 3, 4, 5, 1]
    assert opened.matrix[36:].max() == 0
    assert [text for _, _, text in opened.comments] == [f"Comment {n}" for n in range(6)]
    assert len(set(opened.receipts)) == 6


def test_deleting_leaves_no_ballot_and_can_be_repeated(survey: OpenSurvey) -> None:
    submit(survey, survey.people[0], answers(3))
    for _ in range(2):
        with survey.database.write(survey.organization_id) as session:
            delete_ballots(session, survey.survey_id)
    assert stored(survey) == []


def test_extending_before_close_takes_answers_again(survey: OpenSurvey) -> None:
    survey.clock.advance(days=13)
    with survey.database.write(survey.organization_id) as session:
        session.execute(update(Survey).values(closes_at=survey.clock() + timedelta(days=7)))
    survey.clock.advance(days=2)
    submit(survey, survey.people[0], answers(3))
    assert len(stored(survey)) == 1


def test_ballots_go_before_others_who_wait_to_write(survey: OpenSurvey) -> None:
    database, order = survey.database, list[str]()
    if not database.is_sqlite:
        return  # it has many writers, and no gate
    database.on_commit(lambda _: order.append(threading.current_thread().name))

    def write() -> None:
        with database.write(survey.organization_id) as session:
            session.get(Survey, survey.survey_id)

    waiting = SimpleNamespace(value=0)
    work = (write, lambda: submit(survey, survey.people[0], answers(4)))
    threads = [threading.Thread(target=each, name="another") for each in work]
    with database.showing_who_waits(waiting), database.write_gate:
        for number, thread in enumerate(threads, 1):
            thread.start()
            until(lambda number=number: waiting.value == number)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["ballot-writer-0", "another"]
