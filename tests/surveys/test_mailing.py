"""Invitations and reminders: each (person, step) once, whatever crashes."""

from __future__ import annotations

from collections import Counter

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Rejected
from sos_core.jobs import Jobs
from sos_core.people.tables import Person
from sos_core.surveys import mailing
from sos_core.surveys.commands import (
    cancel_survey,
    request_lost_link,
    resend_link,
    schedule_survey,
)
from sos_core.surveys.links import read_personal_token
from sos_core.surveys.queries import mail_counts, survey, undeliverable
from tests.surveys.conftest import INVITED, POST, Crew, FakeKeys, FakeMailer


class Crash(BaseException):
    """The process dies: no handler of the program sees it."""


def test_everybody_with_an_address_is_invited_once_in_the_own_language(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer
) -> None:
    jobs.drain()
    jobs.drain()
    assert len(mailer.sent) == INVITED
    assert len(set(mailer.addresses())) == INVITED
    by_name = {message.to: message for message in mailer.sent}
    assert by_name["alpha0@x.example"].language == "sv"
    assert by_name["alpha1@x.example"].language == "sw"
    message = by_name["lead@x.example"]
    token = message.text.split("https://sos.example/s/")[1].split()[0]
    found = read_personal_token(POST.secret, token)
    assert found is not None
    assert (found.survey_id, found.person_id) == (open_id, crew.people["lead"])
    assert token in message.html
    assert message.sender_name == "Acme"
    with database.read(crew.organization_id) as session:
        assert mail_counts(session, open_id) == {("invitation", "sent"): INVITED}


def test_a_refused_address_is_listed_and_let_alone_until_it_is_changed(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    def refuse(message) -> None:
        if message.to == "beta1@x.example":
            raise Rejected("No such mailbox.")

    mailer.before = refuse
    jobs.drain()
    with database.read(crew.organization_id) as session:
        (found,) = undeliverable(session, open_id)
        assert (found.person_id, found.mended) == (crew.people["beta1"], False)
        assert found.reason == "No such mailbox."
    clock.advance(days=6)
    jobs.drain()
    assert "beta1@x.example" not in mailer.addresses()
    with database.write(crew.organization_id) as session:
        session.get_one(Person, crew.people["beta1"]).email = "right@x.example"
    with database.write(crew.organization_id) as session:
        (found,) = undeliverable(session, open_id)
        assert found.mended
        resend_link(session, open_id, crew.people["beta1"], now=clock(), actor="test")
    jobs.drain()
    assert mailer.addresses().count("right@x.example") == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_between_claim_and_note_sends_again_under_the_same_id(
    crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, moment: str
) -> None:
    crashes = iter([Crash()] * 3)

    def die(_message: object) -> None:
        for crash in crashes:
            raise crash

    setattr(mailer, moment, die)
    for _ in range(3):
        with pytest.raises(Crash):
            jobs.drain()
    jobs.drain()
    ids = Counter(message.message_id for message in mailer.sent)
    assert len(ids) == INVITED
    doubled = sum(count - 1 for count in ids.values())
    assert doubled == (0 if moment == "before" else 3)


def test_of_two_jobs_that_come_for_one_mail_at_once_one_has_it(
    database: Database, crew: Crew, open_id: int, clock: ManualClock
) -> None:
    whose = (open_id, crew.people["lead"], "invitation")

    def written() -> mailing.Letter | None:
        with database.read(crew.organization_id) as session:
            return mailing.write_mail(session, *whose, now=clock(), post=POST)

    def claimed() -> bool:
        with database.write(crew.organization_id) as session:
            return mailing.claim_mail(session, *whose)

    letters = [written(), written()]
    assert [letter and letter.claimed for letter in letters] == [False, False]
    assert [claimed(), claimed()] == [True, False]
    again = written()
    assert again is not None, "a job that comes again after a crash sends what it had claimed"
    assert again.claimed


def test_a_job_that_was_second_sends_nothing(
    crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.drain()
    sent = len(mailer.sent)
    # As read before the other's commit.
    monkeypatch.setattr(mailing, "_states", lambda *_: {})
    whose = (crew.organization_id, open_id, crew.people["lead"])
    jobs.broker.actors["surveys.send_mail"].fn(*whose, "invitation")
    assert len(mailer.sent) == sent


def test_batches_follow_each_other_and_a_batch_that_comes_twice_does_nothing(
    database: Database,
    crew: Crew,
    open_id: int,
    jobs: Jobs,
    mailer: FakeMailer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailing, "BATCH", 4)
    jobs.drain()
    assert len(set(mailer.addresses())) == len(mailer.sent) == INVITED
    with database.write(crew.organization_id) as session:
        assert mailing.enqueue_mails(session, open_id, "invitation", after=0) == 0


def test_lost_links_answer_alike_and_come_once_in_ten_minutes(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    mailer.sent.clear()
    for address in (
        "LEAD@x.example ",
        "lead@x.example",
        "nobody@x.example",
        "no address",
        "gone@x.example",
    ):
        with database.write(None) as session:
            assert request_lost_link(session, address) is None
    jobs.drain()
    assert mailer.addresses() == ["lead@x.example"]
    clock.advance(minutes=11)
    with database.write(None) as session:
        request_lost_link(session, "lead@x.example")
    jobs.drain()
    assert mailer.addresses() == ["lead@x.example"] * 2
    assert len({message.message_id for message in mailer.sent}) == 2


def test_scheduled_opening_close_and_cancel(
    database: Database,
    crew: Crew,
    draft_id: int,
    jobs: Jobs,
    mailer: FakeMailer,
    keys: FakeKeys,
    clock: ManualClock,
) -> None:
    jobs.drain()
    clock.advance(days=1)
    jobs.drain()
    with database.write(crew.organization_id) as session:
        assert survey(session, draft_id).state == "draft"
        schedule_survey(session, draft_id, now=clock(), actor="test")
    jobs.drain()
    assert len(mailer.sent) == INVITED
    with database.write(crew.organization_id) as session:
        assert survey(session, draft_id).state == "open"
        cancel_survey(session, draft_id, now=clock(), actor="test")
    assert keys.kept
    jobs.drain()
    assert keys.kept == {}
    clock.advance(days=6)
    jobs.drain()
    assert len(mailer.sent) == INVITED
