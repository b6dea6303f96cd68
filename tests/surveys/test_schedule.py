"""Who gets which mail when: reminders, downtimes, extensions; the engine cannot matter here."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict, Misconfigured, TryLater
from sos_core.jobs import Jobs
from sos_core.jobs.queries import jobs as job_list
from sos_core.people.tables import Person
from sos_core.surveys.commands import (
    add_participant,
    close_early,
    extend_survey,
    remind_now,
    resend_link,
    schedule_survey,
)
from sos_core.surveys.participation import mark_done
from sos_core.surveys.queries import steps, survey
from sos_core.surveys.tables import Survey
from sos_core.surveys.unopened import missed, not_opened, note_not_opened
from tests.surveys.conftest import INVITED, Crew, FakeMailer, add_person, mails, new_survey


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def test_only_those_who_have_not_finished_are_reminded(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    mailer.sent.clear()
    done = [crew.people["alpha0"], crew.people["beta3"]]
    with database.write(crew.organization_id) as session:
        mark_done(session, open_id, done)
    clock.advance(days=6)
    jobs.drain()
    assert len(mailer.sent) == INVITED - 2
    assert not {"alpha0@x.example", "beta3@x.example"} & set(mailer.addresses())


def test_whoever_finishes_while_mails_wait_gets_none(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer
) -> None:
    def finish(_message: object) -> None:
        with database.write(crew.organization_id) as session:
            mark_done(session, open_id, list(crew.people.values()))

    mailer.after = finish
    jobs.drain()
    assert len(mailer.sent) == 1


def test_after_a_downtime_the_latest_missed_reminder_comes_alone(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    mailer.sent.clear()
    clock.advance(days=12)
    jobs.drain()
    assert len(mailer.sent) == INVITED
    with database.read(crew.organization_id) as session:
        assert [(s.step, s.state) for s in steps(session, open_id)] == [
            ("invitation", "started"),
            ("reminder_1", "skipped"),
            ("reminder_2", "started"),
            ("last_day", "waiting"),
        ]


def test_a_missed_invitation_comes_before_any_reminder(
    crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    clock.advance(days=12)
    jobs.drain()
    assert len(mailer.sent) == INVITED
    assert len({message.message_id for message in mailer.sent}) == INVITED
    assert all("reminder" not in message.subject.lower() for message in mailer.sent)


def test_a_mail_server_that_is_away_delays_and_doubles_nothing(
    crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    refusals = iter([TryLater("away")] * 9)

    def away(_message: object) -> None:
        for error in refusals:
            raise error

    mailer.before = away
    jobs.drain()
    assert len(mailer.sent) == INVITED - 9
    clock.advance(hours=2)
    jobs.drain()
    assert len(set(mailer.addresses())) == len(mailer.sent) == INVITED


def test_wrong_settings_lay_the_mails_aside_for_a_person(
    crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer
) -> None:
    from sos_core.jobs.commands import retry_dead_jobs

    def broken(_message: object) -> None:
        raise Misconfigured("Wrong password.")

    mailer.before = broken
    jobs.drain()
    assert mailer.sent == []
    mailer.before = lambda _message: None
    with jobs.database.write(crew.organization_id) as session:
        assert retry_dead_jobs(session, actor="surveys.send_mail") == INVITED
    jobs.drain()
    assert len(set(mailer.addresses())) == len(mailer.sent) == INVITED


def test_who_gets_an_address_later_is_invited_with_the_next_reminder(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    with database.write(crew.organization_id) as session:
        session.get_one(Person, crew.people["paper"]).email = "paper@x.example"
    mailer.sent.clear()
    clock.advance(days=6)
    jobs.drain()
    with database.read(crew.organization_id) as session:
        states = mails(session, open_id)
    assert (crew.people["paper"], "invitation") in states
    assert (crew.people["paper"], "reminder_1") not in states
    assert mailer.addresses().count("paper@x.example") == 1


def test_remind_now_goes_to_the_unfinished_and_not_twice_in_an_hour(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    mailer.sent.clear()
    with database.write(crew.organization_id) as session, pytest.raises(Conflict):
        remind_now(session, open_id, now=clock(), actor="test")
    clock.advance(hours=2)
    with database.write(crew.organization_id) as session:
        mark_done(session, open_id, [crew.people["lead"]])
        assert remind_now(session, open_id, now=clock(), actor="test") == "now"
    jobs.drain()
    assert len(mailer.sent) == INVITED - 1
    with database.write(crew.organization_id) as session, pytest.raises(Conflict) as caught:
        remind_now(session, open_id, now=clock(), actor="test")
    assert caught.value.code == "survey_reminded_recently"


def test_an_added_person_is_invited(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    jobs.drain()
    mailer.sent.clear()
    with database.write(crew.organization_id) as session:
        new = add_person(session, "late", crew.units["beta"])
        add_participant(session, open_id, new, now=clock(), actor="test")
    jobs.drain()
    assert mailer.addresses() == ["late@x.example"]


def test_a_survey_whose_whole_time_was_missed_is_not_opened(
    database: Database,
    crew: Crew,
    draft_id: int,
    jobs: Jobs,
    mailer: FakeMailer,
    clock: ManualClock,
) -> None:
    with database.write(crew.organization_id) as session:
        schedule_survey(session, draft_id, now=clock(), actor="test")
    clock.advance(days=20)
    jobs.drain()
    with database.read(crew.organization_id) as session:
        view = survey(session, draft_id)
    assert (view.state, view.scheduled, mailer.sent) == ("draft", False, [])
    why = not_opened(view)
    assert why is not None
    assert (why.at, why.code) == (clock(), "survey_missed")


def test_what_may_not_open_says_why_and_waits_for_a_person(
    database: Database, crew: Crew, draft_id: int, jobs: Jobs, clock: ManualClock
) -> None:
    """Nothing is tried again by itself: the administrator decides, and the same date serves."""
    with database.write(crew.organization_id) as session:
        schedule_survey(session, draft_id, now=clock(), actor="test")
        kept = survey(session, draft_id).selection
        row = session.get_one(Survey, draft_id)
        row.selection = {"units": [], "people": [crew.people["alpha1"]], "without": []}
    clock.advance(days=2)
    jobs.drain()
    with database.write(crew.organization_id) as session:
        assert job_list(session) == []
        view = survey(session, draft_id)
        assert (view.state, view.scheduled) == ("draft", False)
        why = not_opened(view)
        assert why is not None
        assert why.words("sv")[0].startswith("Bara 1 person skulle delta")
        session.get_one(Survey, draft_id).selection = dict(kept)
    jobs.drain()
    with database.write(crew.organization_id) as session:
        assert survey(session, draft_id).state == "draft"
        schedule_survey(session, draft_id, now=clock(), actor="test")
        assert not_opened(survey(session, draft_id)) is None
        note_not_opened(session, draft_id, missed(), now=clock() - timedelta(days=2), actor="test")
        assert survey(session, draft_id).scheduled, "it was not due then"
    jobs.drain()
    with database.read(crew.organization_id) as session:
        assert survey(session, draft_id).state == "open"


def test_what_is_wrong_with_one_survey_keeps_no_other_from_opening(
    database: Database,
    crew: Crew,
    draft_id: int,
    jobs: Jobs,
    clock: ManualClock,
) -> None:
    second = new_survey(database, crew.organization_id, clock())
    with database.write(crew.organization_id) as session:
        for survey_id in (draft_id, second):
            schedule_survey(session, survey_id, now=clock(), actor="test")
        session.get_one(Survey, draft_id).time_zone = "Gone/Zone"
    clock.advance(days=2)
    with pytest.raises(ZoneInfoNotFoundError):
        jobs.sweeps["surveys.sweep"](clock())
    with database.read(None) as session:
        assert [job.args for job in job_list(session)] == [(crew.organization_id, second)]


def test_extending_moves_what_counts_from_the_close(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    clock.advance(days=14, hours=10)
    jobs.drain()
    with database.write(crew.organization_id) as session:
        view = survey(session, open_id)
        later = view.closes_local + timedelta(days=7)
        extend_survey(session, open_id, closes=later, now=clock(), actor="test")
        with pytest.raises(Exception, match="not later"):
            extend_survey(session, open_id, closes=later, now=clock(), actor="test")
    with database.read(crew.organization_id) as session:
        view = survey(session, open_id)
        assert view.closes_local == view.publishes_local == later
        waiting = [s.step for s in steps(session, open_id) if s.state == "waiting"]
    mailer.sent.clear()
    assert waiting == ["last_day.2"]
    clock.set(view.closes_at - timedelta(hours=20))
    jobs.drain()
    assert len(mailer.sent) == INVITED


def test_closed_early_takes_no_answers_and_sends_no_mail(
    database: Database, crew: Crew, open_id: int, jobs: Jobs, mailer: FakeMailer, clock: ManualClock
) -> None:
    with database.write(crew.organization_id) as session:
        close_early(session, open_id, now=clock(), actor="test")
    jobs.drain()
    assert mailer.sent == []
    for verb in (close_early, resend_link_of(crew), remind_now):
        with database.write(crew.organization_id) as session, pytest.raises(Conflict) as caught:
            verb(session, open_id, now=clock(), actor="test")
        assert caught.value.code == "survey_is_closing"


def resend_link_of(crew: Crew):
    def verb(session, survey_id: int, **more: object) -> None:
        resend_link(session, survey_id, crew.people["lead"], **more)

    return verb
