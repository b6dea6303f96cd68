"""An open survey, and respondents who submit over HTTP until they are thanked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from sos_core.access.commands import respondent_token
from sos_core.application import Application
from sos_core.ballots.tables import Ballot
from sos_core.ballots.tally import OpenedBallots, open_ballots
from sos_core.clock import ManualClock, now
from sos_core.content import questionnaire
from sos_core.organizations.commands import create_organization
from sos_core.settings import Settings
from sos_core.surveys.links import personal_token
from sos_core.surveys.participation import participations
from tests.ballots.conftest import insert_people, insert_survey

AT_ONCE = 8
DOCUMENT = """mutation ($input: SubmitBallotInput!) { submitBallot(input: $input) {
  __typename
  ... on BallotReceipt { code }
  ... on Problem { code }
  ... on Unavailable { retryAfter }
} }"""
DEADLINE = 30.0
"""Seconds after which an answer that has not come counts as none."""


@dataclass
class OpenSurvey:
    """An open survey of an installation, read and written by the processes under test too."""

    application: Application
    organization_id: int
    survey_id: int
    people: list[int]

    def stored(self) -> OpenedBallots:
        """Open every ballot that is stored, as the close would."""
        key = self.application.keys.load(self.organization_id, self.survey_id)
        with self.application.database.read(self.organization_id) as session:
            return open_ballots(session, self.survey_id, key, self.people, questionnaire())

    def rows(self) -> tuple[int, set[int]]:
        """Return the number of stored ballots, and who is known to have finished."""
        with self.application.database.read(self.organization_id) as session:
            count = select(func.count()).where(Ballot.survey_id == self.survey_id)
            done = {part.person_id for part in participations(session, self.survey_id, done=True)}
            return session.scalar(count) or 0, done

    def link(self, person: int) -> str:
        """Return the path of a person's personal link."""
        token = personal_token(
            self.application.secret,
            organization_id=self.organization_id,
            survey_id=self.survey_id,
            person_id=person,
        )
        return f"/s/{token}"

    def request(self, person: int) -> bytes:
        """Return the complete HTTP request that submits a person's ballot."""
        token = respondent_token(
            self.application.secret,
            organization_id=self.organization_id,
            survey_id=self.survey_id,
            person_id=person,
            expires_at=now() + timedelta(hours=2),
        )
        given = [
            {"key": item.key, "value": answer_of(person)} for item in questionnaire().statements
        ]
        body = json.dumps({"query": DOCUMENT, "variables": {"input": {"answers": given}}}).encode()
        head = (
            "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def answer_of(person: int) -> int:
    """Return what a person answers to every statement."""
    return 1 + person % 5


def open_survey(folder: Path, url: str, people: int) -> OpenSurvey:
    """Make an installation with an open survey on an empty or a migrated database."""
    application = Application(Settings(data_dir=folder, database_url=url, workers=0))
    application.migrate()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=now()
        )
    survey_id = insert_survey(application.database, organization_id, ManualClock(now()))
    invited = insert_people(application.database, organization_id, survey_id, people)
    application.keys.create(organization_id, survey_id)
    return OpenSurvey(application, organization_id, survey_id, invited)


@dataclass
class Tally:
    """What respondents were answered; ``wrong`` holds what nobody should ever be answered."""

    thanked: set[int] = field(default_factory=set)
    refused: int = 0
    cut: int = 0
    wrong: list[str] = field(default_factory=list)


class Crowd:
    """Respondents who submit, some at once; whoever is refused or cut off tries again."""

    def __init__(self, survey: OpenSurvey, port: int) -> None:
        self.port = port
        self.tally = Tally()
        self.left = list(reversed(survey.people))
        self._requests = {person: survey.request(person) for person in survey.people}

    def submit(self, enough: Callable[[Tally], bool] = lambda _tally: False) -> Tally:
        """Submit until everybody was thanked, or until it is enough, which is asked at each answer."""
        asyncio.run(self._all(enough))
        return self.tally

    async def _all(self, enough: Callable[[Tally], bool]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._one_after_another(enough))

    async def _one_after_another(self, enough: Callable[[Tally], bool]) -> None:
        writer = None
        while self.left and not self.tally.wrong and not enough(self.tally):
            person = self.left.pop()
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                async with asyncio.timeout(DEADLINE):
                    writer.write(self._requests[person])
                    head, body = await answer(reader)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                # Asked nothing more of this server: a killed one must not be met again.
                self.tally.cut += 1
                self.left.append(person)
                if writer is not None:
                    writer.close()
                writer = None
                await asyncio.sleep(0)
                continue
            self._judge(person, head, body)
        if writer is not None:
            writer.close()

    def _judge(self, person: int, head: bytes, body: bytes) -> None:
        status = head.split()[1]
        data = json.loads(body).get("data") or {}
        found = data.get("submitBallot") or {}
        kind = found.get("__typename")
        if status == b"200" and kind == "BallotReceipt":
            self.tally.thanked.add(person)
        elif status == b"200" and kind == "Unavailable" and found["retryAfter"] >= 1:
            self.tally.refused += 1
            self.left.append(person)
        else:
            self.tally.wrong.append(f"{head.decode()}{body.decode()}"[:600])


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return head and body of the next HTTP answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return head, await reader.readexactly(length)


def check_stored(survey: OpenSurvey, thanked: Sequence[int] | set[int]) -> tuple[int, int, int]:
    """Return how many thanked ballots are lost, how many are stored twice, how many hold other answers."""
    opened = survey.stored()
    stored = opened.person_ids.tolist()
    rows, done = survey.rows()
    lost = len(set(thanked) - set(stored)) + len(set(stored) ^ done)
    doubled = rows - len(set(stored))
    other = sum(
        value != answer_of(person)
        for person, value in zip(stored, opened.matrix[0].tolist(), strict=True)
    )
    return lost, doubled, other
