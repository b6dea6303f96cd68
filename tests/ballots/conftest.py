"""An open survey with ten participants, and the desk that takes their ballots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sos_core.ballots.desk import BallotDesk
from sos_core.ballots.keys import KeyStore
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.database.partitions import create_partitions
from sos_core.people.tables import Person
from sos_core.surveys.tables import Participation, Survey

PEOPLE = 10


@dataclass
class OpenSurvey:
    """What the tests need to know of the survey."""

    database: Database
    clock: ManualClock
    keys: KeyStore
    desk: BallotDesk
    organization_id: int
    survey_id: int
    people: list[int]


def insert_survey(database: Database, organization_id: int, clock: ManualClock) -> int:
    """Insert an open survey, whose rows the room of surveys would otherwise make."""
    with database.write(organization_id) as session:
        start = clock()
        local = start.replace(tzinfo=None)
        survey = Survey(
            title="Spring",
            state="open",
            scheduled=False,
            announced=True,
            questionnaire_version="1.0",
            languages=["en"],
            time_zone="UTC",
            opens_local=local,
            closes_local=local + timedelta(days=14),
            publishes_local=local + timedelta(days=15),
            opens_at=start,
            closes_at=start + timedelta(days=14),
            publishes_at=start + timedelta(days=15),
            reminders=[],
            audience="leaders",
            comments_audience="leaders",
            threshold_k=5,
            threshold_comments=10,
            threshold_across=2,
            cuts=[],
            previous_id=None,
            sender_name="",
            introductions={},
            selection={},
            rate_nodes=None,
        )
        session.add(survey)
        session.flush()
        create_partitions(session, survey.id)
        return survey.id


def insert_people(
    database: Database, organization_id: int, survey_id: int, count: int
) -> list[int]:
    """Insert people who take part in the survey and return their ids."""
    with database.write(organization_id) as session:
        people = [
            Person(
                identity=f"p{number}@acme.example",
                name=f"Person {number}",
                language="en",
                user_type="participant",
                source="test",
                active=True,
            )
            for number in range(count)
        ]
        session.add_all(people)
        session.flush()
        session.add_all(
            Participation(
                survey_id=survey_id, person_id=person.id, unit_index=0, language="en", done=False
            )
            for person in people
        )
        return [person.id for person in people]


@pytest.fixture
def survey(
    database: Database, organization_id: int, clock: ManualClock, tmp_path: Path
) -> Iterator[OpenSurvey]:
    """Return an open survey on each database in turn."""
    survey_id = insert_survey(database, organization_id, clock)
    people = insert_people(database, organization_id, survey_id, PEOPLE)
    keys = KeyStore(tmp_path / "keys")
    keys.create(organization_id, survey_id)
    desk = BallotDesk(database, keys, clock=clock)
    yield OpenSurvey(database, clock, keys, desk, organization_id, survey_id, people)
    desk.close()
