"""A simulated year: many zones, clock changes, crashes and a clock that is put back and forth."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs import Jobs
from sos_core.organizations.commands import create_organization
from sos_core.results.rate_nodes import rate_nodes
from sos_core.surveys import jobs as survey_jobs
from sos_core.surveys.commands import (
    SurveySettings,
    begin_closing,
    create_survey,
    schedule_survey,
    set_sealed,
    set_tallied,
)
from sos_core.surveys.participation import mark_done, participations
from sos_core.surveys.queries import due_to_close, survey
from tests.surveys.conftest import POST, FakeKeys, FakeMailer, add_person, mails

ZONES = (
    "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Chatham", "America/Santiago", "Africa/Casablanca", "Asia/Tehran",
    "America/St_Johns", "Pacific/Auckland", "Europe/London", "Antarctica/Troll",
    "America/Sao_Paulo", "Asia/Shanghai", "Africa/Nairobi", "Pacific/Honolulu",
    "Asia/Kolkata", "Pacific/Apia", "Australia/Adelaide", "UTC",
)  # fmt: skip
PEOPLE = 5


class Crash(BaseException):
    """The process dies: no handler of the program sees it."""


class Year:
    """Twenty organizations in as many zones on one database; half ask in spring, half in autumn."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.chance = random.Random(seed)
        self.clock = ManualClock(datetime(2026, 1, 5, 12, tzinfo=UTC))
        self.mailer = FakeMailer(before=self.perhaps_die, after=self.perhaps_die_after)
        self.jobs = Jobs(database, clock=self.clock)
        survey_jobs.register(
            self.jobs,
            database=database,
            clock=self.clock,
            mailer=self.mailer,
            post=POST,
            keys=FakeKeys(),
            rate_nodes=rate_nodes,
            ballots_forget=lambda *_: None,
        )
        self.doubled = 0
        self.crashes = 0
        self.finished: set[tuple[int, int, int]] = set()
        self.surveys: list[tuple[int, int]] = []

    def perhaps_die(self, message) -> None:
        if self.chance.random() < 0.03:
            self.crashes += 1
            raise Crash

    def perhaps_die_after(self, message) -> None:
        if self.chance.random() < 0.03:
            self.crashes += 1
            self.doubled += 1
            raise Crash

    def prepare(self) -> None:
        for number, zone in enumerate(ZONES):
            with self.database.write(None) as session:
                organization = create_organization(
                    session, name=zone, language="en", time_zone=zone, now=self.clock()
                )
            with self.database.write(organization) as session:
                for person in range(PEOPLE):
                    add_person(session, f"p{person}.{organization}", None)
                opens = datetime(2026, 3, 16) + timedelta(  # noqa: DTZ001 - wall time
                    days=210 * (number % 2), hours=self.chance.randrange(24)
                )
                made = create_survey(
                    session,
                    SurveySettings(title=zone, opens=opens),
                    now=self.clock(),
                    actor="test",
                )
                schedule_survey(session, made, now=self.clock(), actor="test")
                self.surveys.append((organization, made))

    def work(self) -> None:
        """Let the server run, and start it again as often as it dies."""
        for _ in range(200):
            try:
                self.jobs.drain()
            except Crash:
                continue
            return
        pytest.fail("the jobs never came to an end")

    def answer(self) -> None:
        for organization, made in self.surveys:
            with self.database.write(organization) as session:
                if survey(session, made).state != "open":
                    continue
                for part in list(participations(session, made, done=False)):
                    if self.chance.random() < 0.08:
                        mark_done(session, made, [part.person_id])
                        self.finished.add((organization, made, part.person_id))

    def close(self) -> None:
        for organization in {organization for organization, _ in self.surveys}:
            with self.database.write(organization) as session:
                for made in due_to_close(session, self.clock()):
                    begin_closing(session, made, now=self.clock())
                    set_tallied(session, made, now=self.clock())
                    set_sealed(session, made, now=self.clock())


def test_a_year_of_mails(sqlite_database: Database) -> None:
    year = Year(sqlite_database, seed=20260105)
    year.prepare()
    after_done = []

    def watch(message) -> None:
        token = message.text.split("/s/")[1].split()[0].split(".")
        key = tuple(int(part) for part in token[:3])
        if key in year.finished:
            after_done.append(key)
        year.perhaps_die(message)

    year.mailer.before = watch
    for start in (datetime(2026, 3, 14, tzinfo=UTC), datetime(2026, 10, 10, tzinfo=UTC)):
        year.clock.set(start)
        while year.clock() < start + timedelta(days=24):
            step = timedelta(hours=year.chance.choice([5, 9, 17, 60]))
            year.clock.set(year.clock() + step)
            if year.chance.random() < 0.3:
                year.clock.advance(hours=year.chance.choice([-2, 2]))
            year.work()
            year.answer()
            year.close()
    counts = Counter(message.message_id for message in year.mailer.sent)
    assert year.crashes >= 10
    assert after_done == []
    noted = 0
    for organization, made in year.surveys:
        with sqlite_database.read(organization) as session:
            assert survey(session, made).state == "sealed"
            states = mails(session, made)
            invited = {part.person_id for part in participations(session, made)}
        assert {person for person, step in states if step == "invitation"} == invited
        assert len(invited) == PEOPLE
        noted += sum(state == "sent" for state in states.values())
        assert set(states.values()) <= {"sent", "sending"}
    assert len(counts) >= noted >= PEOPLE * len(year.surveys)
    assert sum(counts.values()) - len(counts) <= year.doubled
