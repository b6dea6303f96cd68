"""An organization with people, and the parts that the room of surveys talks to, as fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.jobs import Jobs
from sos_core.mail import Message, Post
from sos_core.people.identity import unit_key
from sos_core.people.tables import Leadership, Membership, Person, Unit
from sos_core.results.rate_nodes import rate_nodes
from sos_core.surveys import jobs as survey_jobs
from sos_core.surveys.commands import SurveySettings, create_survey
from sos_core.surveys.tables import Reminder

INVITED = 13
"""Participants with an address in the test organization."""
POST = Post(b"a secret of tests", "https://sos.example", "SOS <sos@sos.example>")


@dataclass
class FakeMailer:
    """Keeps what was handed over; ``before`` may raise in the name of a mail server."""

    sent: list[Message] = field(default_factory=list)
    before: Callable[[Message], None] = lambda _message: None
    after: Callable[[Message], None] = lambda _message: None

    def send(self, message: Message) -> None:
        self.before(message)
        self.sent.append(message)
        self.after(message)

    def close(self) -> None:
        pass

    def addresses(self) -> list[str]:
        return sorted(message.to for message in self.sent)


@dataclass
class FakeKeys:
    """Survey keys in memory."""

    kept: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def create(self, organization_id: int, survey_id: int) -> bytes:
        return self.kept.setdefault((organization_id, survey_id), b"k" * 32)

    def destroy(self, organization_id: int, survey_id: int) -> None:
        self.kept.pop((organization_id, survey_id), None)


@dataclass
class Crew:
    """The people of the test organization by short name."""

    organization_id: int
    units: dict[str, int]
    people: dict[str, int]


def add_person(session, name: str, unit_id: int | None, **more: object) -> int:
    values = {
        "identity": f"mail:{name}@x.example",
        "name": name.capitalize(),
        "email": f"{name}@x.example",
        "language": "en",
        "user_type": "participant",
        "unit_id": unit_id,
        "source": "excel",
        "active": True,
    } | more
    person = Person(**values)
    session.add(person)
    session.flush()
    return person.id


def build_crew(database: Database, organization_id: int) -> Crew:
    """Two teams of six in one area, a leader of each unit, a viewer, one without an address."""
    units: dict[str, int] = {}
    people: dict[str, int] = {}
    with database.write(organization_id) as session:
        for path in (("North",), ("North", "Alpha"), ("North", "Beta")):
            unit = Unit(
                parent_id=units.get(path[-2].lower()) if len(path) > 1 else None,
                level=len(path) - 1,
                name=path[-1],
                key=unit_key(path),
                active=True,
            )
            session.add(unit)
            session.flush()
            units[path[-1].lower()] = unit.id
        for team in ("alpha", "beta"):
            for number in range(6):
                name = f"{team}{number}"
                language = ("sv", "sw")[number % 2]
                people[name] = add_person(session, name, units[team], language=language)
        people["lead"] = add_person(session, "lead", units["north"])
        people["viewer"] = add_person(session, "viewer", units["alpha"], user_type="viewer")
        people["gone"] = add_person(session, "gone", units["beta"], active=False)
        people["paper"] = add_person(
            session, "paper", units["beta"], email=None, identity="id:7", employee_id="7"
        )
        for unit, person in (("north", "lead"), ("alpha", "alpha0"), ("beta", "beta0")):
            session.add(Leadership(unit_id=units[unit], person_id=people[person], origin="said"))
        session.add(Membership(person_id=people["alpha1"], unit_id=units["beta"], position=1))
    return Crew(organization_id, units, people)


@pytest.fixture
def crew(database: Database, organization_id: int) -> Crew:
    return build_crew(database, organization_id)


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys()


@pytest.fixture
def forgotten() -> list[tuple[int, int]]:
    """Return the surveys of which the desk of ballots was told to keep nothing."""
    return []


@pytest.fixture
def jobs(
    database: Database,
    clock: ManualClock,
    mailer: FakeMailer,
    keys: FakeKeys,
    forgotten: list[tuple[int, int]],
) -> Jobs:
    jobs = Jobs(database, clock=clock)
    survey_jobs.register(
        jobs,
        database=database,
        clock=clock,
        mailer=mailer,
        post=POST,
        keys=keys,
        rate_nodes=rate_nodes,
        ballots_forget=lambda *survey: forgotten.append(survey),
    )
    return jobs


def new_survey(database: Database, organization_id: int, now: datetime, **settings: object) -> int:
    with database.write(organization_id) as session:
        return create_survey(
            session,
            SurveySettings(**{"title": "Spring", **settings}),
            now=now,
            actor="test",
        )


@pytest.fixture
def draft_id(database: Database, crew: Crew, clock: ManualClock) -> int:
    return new_survey(database, crew.organization_id, clock())


@pytest.fixture
def open_id(
    database: Database, crew: Crew, clock: ManualClock, draft_id: int, keys: FakeKeys
) -> int:
    from sos_core.surveys.commands import open_survey

    with database.write(crew.organization_id) as session:
        open_survey(session, draft_id, now=clock(), actor="test", keys=keys, rate_nodes=rate_nodes)
    return draft_id


def mails(session: OrganizationSession, survey_id: int) -> dict[tuple[int, str], str]:
    """Return the state of each mail: (person id, step) to sending, sent or failed."""
    query = select(Reminder.person_id, Reminder.step, Reminder.state)
    rows = session.execute(query.where(Reminder.survey_id == survey_id))
    return {(person_id, step): state for person_id, step, state in rows}
