"""Rows of every kind that grows old, each as old as a test asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sos_core.access.mail_links import INVITATION
from sos_core.access.tables import Account, AccountLink
from sos_core.database import Database
from sos_core.database.partitions import create_partitions
from sos_core.jobs.tables import Job
from sos_core.mail.folder import FolderMailer
from sos_core.mail.message import Message
from sos_core.people.chunks import write_rows
from sos_core.people.tables import ChangeChunk, ChangePlan, Person
from sos_core.personal_data.erasing import Reach
from sos_core.personal_data.sweeping import RetentionSweep
from sos_core.surveys.tables import (
    Participation,
    PrintedCode,
    Reminder,
    Survey,
    SurveyUnit,
    Undeliverable,
)

ACTOR = "account:1"
STATES = ("applied", "discarded", "undone", "open")


@dataclass
class Age:
    """An organization in which each thing has an age in days; what it is called tells its age."""

    database: Database
    organization_id: int
    folder: Path
    now: datetime

    @property
    def sweep(self) -> RetentionSweep:
        reach = Reach(_no_ballots, self.folder / "mail", self.folder / "uploads")
        return RetentionSweep(self.database, reach)

    def write(self) -> Any:
        return self.database.write(self.organization_id)

    def read(self) -> Any:
        return self.database.read(self.organization_id)

    def at(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def plan(self, session: Any, days: float, state: str = "applied", **rows: list[Any]) -> int:
        """Add a plan that was last touched so many days ago, with rows by kind."""
        at = self.at(days)
        row = ChangePlan(
            state=state,
            mode="update",
            source="excel",
            title=f"{days} {state}",
            base_version=0,
            applied_version=1 if state in ("applied", "undone") else None,
            counts={},
            guard={"same": [], "confirmation": None, "reasons": []},
            created_by=ACTOR,
            created_at=at if state == "open" else self.at(days + 1),
            decided_at={"open": None, "undone": self.at(days + 0.5)}.get(state, at),
            undone_at=at if state == "undone" else None,
        )
        session.add(row)
        session.flush()
        for kind, values in rows.items():
            write_rows(session, row.id, kind.replace("__", ":"), values)
        return int(row.id)

    def person(self, session: Any, name: str, *, active: bool = False) -> int:
        row = Person(
            identity=f"mail:{name}@x.example",
            name=name,
            email=f"{name}@x.example",
            language="en",
            user_type="participant",
            source="excel",
            active=active,
        )
        session.add(row)
        session.flush()
        return int(row.id)

    def left(self, session: Any, name: str, days: float) -> int:
        """Add somebody who was deactivated so many days ago, by a plan whose rows are gone."""
        person_id = self.person(session, name)
        session.get(ChangePlan, self.plan(session, days, touched=[person_id])).title = "–"
        return person_id

    def survey(self, session: Any, days: float, state: str = "sealed") -> int:
        """Add a survey that closed so many days ago; a negative number: it will."""
        at = self.at(days)
        instants = dict.fromkeys(("opens_at", "closes_at", "publishes_at"), at)
        wall = {f"{name[:-3]}_local": at.replace(tzinfo=None) for name in instants}
        row = Survey(
            title=f"{days}",
            state=state,
            scheduled=False,
            announced=True,
            questionnaire_version="1.0",
            languages=["en"],
            time_zone="UTC",
            reminders=[],
            audience="leaders",
            comments_audience="leaders",
            threshold_k=5,
            threshold_comments=10,
            threshold_across=2,
            cuts=[],
            sender_name="",
            introductions={},
            selection={},
            **instants,
            **wall,
        )
        session.add(row)
        session.flush()
        return int(row.id)

    def take_part(self, session: Any, survey_id: int, person_id: int) -> None:
        """Let somebody be asked in a survey of one unit."""
        create_partitions(session, survey_id)
        session.add(
            SurveyUnit(
                survey_id=survey_id,
                position=0,
                parent_position=-1,
                stop=1,
                unit_id=None,
                name="Acme",
                level=-1,
                level_name="",
            )
        )
        session.flush()
        session.add(
            Participation(
                survey_id=survey_id, person_id=person_id, unit_index=0, language="en", done=False
            )
        )
        session.flush()

    def reach_out(self, session: Any, survey_id: int, person_id: int) -> None:
        """Note a mail, a refusal and a printed code of somebody."""
        session.add(
            Reminder(survey_id=survey_id, person_id=person_id, step="invitation", state="sent")
        )
        session.add(
            Undeliverable(survey_id=survey_id, person_id=person_id, address="a@b", reason="550")
        )
        session.add(
            PrintedCode(
                code_hash=f"{self.organization_id}-{survey_id}-{person_id}",
                organization_id=self.organization_id,
                survey_id=survey_id,
                person_id=person_id,
                redeemed=False,
            )
        )
        session.flush()

    def invitation(self, session: Any, days: float, **fields: Any) -> int:
        """Add an account whose invitation ended so many days ago and was never taken."""
        name = f"invited{days}-{len(fields)}"
        row = Account(
            **{
                "email": f"{name}@x.example",
                "email_key": f"{name}@x.example",
                "name": name,
                "language": "en",
                "administrator": False,
                "sees_everything": False,
                "state": "invited",
                "created_at": self.at(days + 7),
                **fields,
            }
        )
        session.add(row)
        session.flush()
        if row.state == "invited":
            ends = self.at(days)
            session.add(
                AccountLink(account_id=row.id, purpose=INVITATION, nonce="n", expires_at=ends)
            )
        return int(row.id)

    def failure(self, session: Any, days: float, state: str = "dead") -> Job:
        """Add a job that was made so many days ago, by the database's clock."""
        organization_id = session.info["organization_id"]
        row = Job(
            organization_id=organization_id,
            queue="default",
            actor="surveys.send_link",
            state=state,
            visible_at=self.now,
            deliveries=0,
            retries=0,
            body=[days],
            created_at=datetime.now(UTC) - timedelta(days=days),
        )
        session.add(row)
        return row

    def mail(self, days: float, organization: str = "Acme") -> None:
        """Leave a mail of so many days ago in the folder."""
        FolderMailer(self.folder / "mail").send(
            Message(
                to="somebody@x.example",
                to_name="",
                subject=f"{days}",
                text=f"A survey of {organization} waits.",
                html="<p>A survey waits.</p>",
                language="en",
                sender="sos@localhost",
                sender_name="SOS",
                message_id=f"<{days}.{organization.replace(' ', '-')}@x>",
                at=self.at(days),
            )
        )

    def mails(self) -> list[str]:
        """Return the subjects of the mails that are left."""
        lines = [
            line
            for path in (self.folder / "mail").glob("*.eml")
            for line in path.read_text().splitlines()
        ]
        return sorted(line[9:] for line in lines if line.startswith("Subject: "))

    def everything(self, ages: Sequence[int]) -> None:
        """Add each kind but mails once for each age."""
        with self.write() as session:
            asked = self.person(session, "asked", active=True)
            for place, days in enumerate(ages):
                state = STATES[place % len(STATES)]
                self.plan(session, days, state, rejected=[["x"]], touched=[asked])
                self.left(session, f"left{days}", days)
                self.reach_out(session, self.survey(session, days), asked)
                self.invitation(session, days)
                # A minute off, since the database's clock goes on while the test runs.
                self.failure(session, days + 0.001)

    def remaining(self) -> dict[str, list[str]]:
        """Return the ages of what is left, by kind."""
        with self.read() as session:
            chunks = select(ChangePlan.title).where(
                ChangePlan.id == ChangeChunk.plan_id, ChangeChunk.kind == "rejected"
            )
            titles = select(Survey.title).order_by(Survey.id)
            deliveries = [
                list(session.scalars(titles.where(table.survey_id == Survey.id)))
                for table in (Reminder, Undeliverable, PrintedCode)
            ]
            assert deliveries[0] == deliveries[1] == deliveries[2]
            jobs = session.scalars(
                select(Job).filter_by(state="dead", organization_id=self.organization_id)
            )
            people = session.scalars(select(Person.name).where(Person.name.startswith("left")))
            invited = select(Account.name).where(Account.state == "invited")
            found = {
                "plans": [title.partition(" ")[0] for title in session.scalars(chunks)],
                "deliveries": deliveries[0],
                "jobs": [str(int(job.body[0])) for job in jobs],
                "people": [name.removeprefix("left") for name in people],
                "invitations": [
                    name.removeprefix("invited").partition("-")[0]
                    for name in session.scalars(invited)
                ],
                "mails": self.mails(),
            }
        return {kind: sorted(ages, key=float) for kind, ages in found.items()}


def _no_ballots(*_: object) -> None:
    raise AssertionError("The sweep never comes near ballots.")
