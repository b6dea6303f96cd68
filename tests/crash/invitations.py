"""A survey opens and its workers are killed: everybody is invited, and every second mail is explained."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from sos_core.application import Application
from sos_core.clock import now
from sos_core.jobs import queries
from sos_core.organizations.commands import create_organization
from sos_core.people.identity import unit_key
from sos_core.people.tables import Person, Unit
from sos_core.results.rate_nodes import rate_nodes
from sos_core.settings import Settings
from sos_core.surveys.commands import SurveySettings, create_survey, open_survey
from sos_core.surveys.tables import Reminder
from tests.crash.foreman import Crew, Foreman, until
from tests.crash.mailserver import MailServer

LEASE = 4.0
"""Seconds: a busy machine can renew it, and what a killed worker held comes back soon."""


@dataclass
class Report:
    """What came of a run; a mail that came again is explained by the death of its first sender."""

    people: int
    kills: int = 0
    without: int = 0
    again: int = 0
    unexplained: int = 0
    other_ids: int = 0
    not_noted: int = 0
    seconds: float = field(default_factory=time.monotonic)

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        return (self.without, self.unexplained, self.other_ids, self.not_noted) == (0, 0, 0, 0)

    def __str__(self) -> str:
        return (
            f"{self.people} invitations, workers killed {self.kills} x: {self.without} people "
            f"without one, {self.again} mails accepted again because their sender died before it "
            f"could write so, {self.unexplained} for no such reason, {self.other_ids} under another "
            f"Message-ID, {self.not_noted} not noted as sent, {self.seconds:.1f} s"
        )


def run(foreman: Foreman, folder: Path, url: str, *, people: int, kills: int, seed: int) -> Report:
    """Open a survey of ``people`` while two workers send, one being killed at each random point."""
    chance = random.Random(seed)
    report = Report(people)
    deadline = time.monotonic() + 1800
    points = sorted(chance.sample(range(1, people * 19 // 20), kills))
    application, organization_id = found(folder, url, people)
    survey_id = opened(application, organization_id)
    killed: set[int] = set()
    with MailServer() as server, Crew(foreman, "work", folder, url, LEASE, server.url) as crew:
        for _ in range(2):
            crew.start()
        for point in points:
            until(lambda point=point: server.count >= point, deadline)  # type: ignore[misc]
            time.sleep(chance.random() / 100)
            victim = chance.choice(crew.alive)
            killed.add(victim)
            crew.end(victim)
            crew.start()
        until(lambda: waiting(application, organization_id) == 0, deadline)
    report.kills = len(killed)
    judge(report, server, folder / "diary", killed)
    report.not_noted = people - noted(application, organization_id, survey_id)
    application.stop()
    report.seconds = time.monotonic() - report.seconds
    return report


def found(folder: Path, url: str, people: int) -> tuple[Application, int]:
    """Make an installation with people in teams of ten."""
    application = Application(Settings(data_dir=folder, database_url=url, workers=0))
    application.migrate()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=now()
        )
    with application.database.write(organization_id) as session:
        teams = [
            Unit(parent_id=None, level=0, name=name, key=unit_key((name,)), active=True)
            for name in (f"Team {number}" for number in range(max(1, people // 10)))
        ]
        session.add_all(teams)
        session.flush()
        session.add_all(
            Person(
                identity=f"mail:p{number}@x.example",
                name=f"Person {number}",
                email=f"p{number}@x.example",
                language=("en", "sv", "sw")[number % 3],
                user_type="participant",
                unit_id=teams[number % len(teams)].id,
                source="test",
                active=True,
            )
            for number in range(people)
        )
    return application, organization_id


def opened(application: Application, organization_id: int) -> int:
    """Open a survey of everybody; what follows is the workers'."""
    with application.database.write(organization_id) as session:
        survey_id = create_survey(session, SurveySettings(title="Spring"), now=now(), actor="crash")
        open_survey(
            session,
            survey_id,
            now=now(),
            actor="crash",
            keys=application.keys,
            rate_nodes=rate_nodes,
        )
    return survey_id


def waiting(application: Application, organization_id: int) -> int:
    """Return how many invitations are not settled yet; the survey's first step counts as one."""
    with application.database.read(organization_id) as session:
        counts = queries.counts(session)
        begun = session.scalar(select(func.count()).select_from(Reminder)) or 0
    return counts["ready"] + counts["leased"] + (begun == 0)


def noted(application: Application, organization_id: int, survey_id: int) -> int:
    """Return how many invitations are noted as sent."""
    query = select(func.count()).where(Reminder.survey_id == survey_id, Reminder.state == "sent")
    with application.database.read(organization_id) as session:
        return session.scalar(query) or 0


def judge(report: Report, server: MailServer, diary: Path, killed: set[int]) -> None:
    """Compare what the server accepted with what each process wrote before and after its mails."""
    begun: Counter[str] = Counter()
    died: Counter[str] = Counter()
    at_work: dict[tuple[int, int], str] = {}
    for line in diary.read_text().splitlines():
        process, thread, verb, *rest = line.split()
        key = (int(process), int(thread))
        if verb == "sending":
            begun[rest[0]] += 1
            at_work[key] = rest[0]
        elif verb == "noted":
            at_work.pop(key, None)
    for (process, _thread), recipient in at_work.items():
        died[recipient] += process in killed
    for recipient, ids in server.accepted.items():
        again = len(ids) - 1
        report.again += again
        report.unexplained += max(0, again - died[recipient])
        report.other_ids += len(set(ids)) - 1
    report.without = report.people - len(server.accepted)
