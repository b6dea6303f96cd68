"""Random histories of an organization, and a look through everything that is stored of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import inspect, text

from sos_core.access.accounts import invite_account, lock_account
from sos_core.access.continuation import Holder
from sos_core.access.rights import Rights
from sos_core.access.sessions import begin_session
from sos_core.ballots.desk import BallotDesk
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.jobs.outbox import enqueue
from sos_core.jobs.tables import Job
from sos_core.mail.folder import FolderMailer
from sos_core.organizations.audit_queries import verify_audit
from sos_core.people import by_hand
from sos_core.people.queries import find_by_email
from sos_core.people.undoing import undo_plan
from sos_core.personal_data.erasing import Erasure, Reach, erase_person
from sos_core.personal_data.holding import PersonalData, export_person
from sos_core.records import PersonRecord
from sos_core.surveys.codes import issue_codes
from sos_core.surveys.letters import make_test_mail
from sos_core.surveys.tables import Reminder, Undeliverable
from tests.conftest import AUDIT_KEYS, SUPERUSER, as_role
from tests.people import support
from tests.results.closing_support import World, draw_answers
from tests.surveys.conftest import POST

ACTOR = "account:1"
UNITS = ("North/East/Alpha", "North/East/Beta", "South/West/Gamma")
FIGURES = ("release", "release_part", "release_comment", "audit_head")


@dataclass
class Known:
    """Every word that somebody was ever known by, and the number."""

    id: int
    name: str
    words: set[str]
    email: str


@dataclass
class History:
    """An organization, its people, and the surveys of theirs that are closed and open."""

    world: World
    folder: Path
    people: list[Known] = field(default_factory=list)
    closed: int = 0
    open: int = 0

    @classmethod
    def of(
        cls, database: Database, clock: ManualClock, organization_id: int, folder: Path
    ) -> History:
        return cls(World.of(database, clock, organization_id, folder), folder)

    @property
    def reach(self) -> Reach:
        world = self.world
        desk = BallotDesk(world.database, world.keys, clock=world.clock)
        return Reach(desk.erase, self.folder / "mail", self.folder / "uploads")

    def write(self) -> Any:
        return self.world.database.write(self.world.organization_id)

    def read(self) -> Any:
        return self.world.database.read(self.world.organization_id)

    def live(self, seed: int) -> None:
        """Import people, change some, survey them twice, and leave the second survey open."""
        random = Random(seed)
        self._import(random, seed)
        self._change(random)
        self._give_accounts(random)
        everybody = [known.id for known in self.people]
        self.closed = self.world.open()
        self._answer(self.closed, everybody, seed)
        self.world.close(self.closed)
        self.world.clock.advance(days=40)
        self.open = self.world.open(previous_id=self.closed)
        self._answer(self.open, random.sample(everybody, len(everybody) * 2 // 3), seed + 1)
        self._write_to(random)

    def erase(self, known: Known, **changes: Any) -> Erasure:
        given = {"confirmation": known.name, "actor": ACTOR, "now": self.world.clock()} | changes
        with self.write() as session:
            return erase_person(session, known.id, reach=self.reach, **given)

    def export(self, known: Known, *, own: bool) -> PersonalData:
        with self.write() as session:
            return export_person(
                session,
                known.id,
                own=own,
                actor=ACTOR,
                now=self.world.clock(),
                mail_dir=self.folder / "mail",
            )

    def mail(self, to: str, *, name: str = "") -> Path:
        """Leave a mail of the organization to somebody in the folder; return its file."""
        folder = self.folder / "mail"
        with self.read() as session:
            mail = make_test_mail(
                session, self.open, to=to, language="en", now=self.world.clock(), post=POST
            )
        known = set(folder.glob("*.eml"))
        FolderMailer(folder).send(replace(mail, to_name=name))
        [path] = set(folder.glob("*.eml")) - known
        return path

    def unbroken(self) -> bool:
        with self.read() as session:
            return verify_audit(session, AUDIT_KEYS, {}).broken is None

    def _import(self, random: Random, seed: int) -> None:
        own = f"Qu{self.world.organization_id}x{seed}yzor"
        names = [f"{own}{number:02d}" for number in range(24)]
        records = [
            PersonRecord(
                name=f"{name} Formerly{name}",
                email=f"{name.lower()}@old.example",
                employee_id=f"E{name}",
                manager_email=f"{names[0].lower()}@old.example" if name != names[0] else None,
                memberships=(tuple(random.choice(UNITS).split("/")),),
                leads=(("North",),) if name == names[1] else None,
                row=row,
            )
            for row, name in enumerate(names, start=2)
        ]
        self._run(*records)
        renamed = {name for name in names if random.random() < 0.4}
        self._run(
            *(
                record._replace(name=name, email=f"{name.lower()}@new.example")
                for name, record in zip(names, records, strict=True)
                if name in renamed
            )
        )
        with self.read() as session:
            for name, record in zip(names, records, strict=True):
                now = f"{name.lower()}@{'new' if name in renamed else 'old'}.example"
                found = find_by_email(session, now)
                words = {name, record.name, str(record.email), f"E{name}", now}
                self.people.append(Known(found.id, found.name, words, now))
                self.world.people[name] = found.id

    def _run(self, *records: PersonRecord) -> None:
        with self.write() as session:
            plan_id = support.plan(session, *records)
        with self.write() as session:
            support.apply(session, plan_id, same=True)

    def _change(self, random: Random) -> None:
        """Change some by hand, take one change back, and leave a plan and a rejection open."""
        one, two, three = random.sample(self.people[1:], 3)
        now = self.world.clock()
        with self.write() as session:
            record = PersonRecord(name="", memberships=(("South", "West", "Gamma"),))
            by_hand.edit_person(session, one.id, record, actor=ACTOR, now=now)
            record = PersonRecord(name="", manager_email=three.email)
            plan = by_hand.edit_person(session, two.id, record, actor=ACTOR, now=now)
            undo_plan(session, plan, actor=ACTOR, now=now)
            support.plan(
                session,
                PersonRecord(name=three.name, email="no address", row=2),
                PersonRecord(name=f"{two.name} Again", email=two.email, row=3),
            )

    def _give_accounts(self, random: Random) -> None:
        now = self.world.clock()
        with self.write() as session:
            for known in random.sample(self.people, 6):
                account = invite_account(
                    session,
                    email=known.email,
                    rights=Rights(sees_everything=True),
                    now=now,
                    actor=ACTOR,
                )
                begin_session(
                    session, Holder(session.organization_id, account), now=now, made_by="password"
                )
                if random.random() < 0.3:
                    lock_account(session, account, now=now, actor=ACTOR)

    def _answer(self, survey_id: int, people: list[int], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.world.submit(survey_id, {person: draw_answers(rng) for person in people})

    def _write_to(self, random: Random) -> None:
        """Note mails and refusals, print codes, and leave jobs and mails that name people."""
        now = self.world.clock()
        mailer = FolderMailer(self.folder / "mail")
        with self.write() as session:
            for known in self.people:
                self._note_mails(session, known, refused=random.random() < 0.3)
                mail = make_test_mail(
                    session, self.open, to=known.email, language="en", now=now, post=POST
                )
                mailer.send(mail)
            some = [known.id for known in random.sample(self.people, 5)]
            issue_codes(session, self.open, secret=b"s", now=now, actor=ACTOR, person_ids=some)
        with self.world.database.write(None) as session:
            for known in random.sample(self.people, 8):
                enqueue(session, "surveys.find_lost_links", known.email)
            session.flush()
            session.add_all(self._failed(known) for known in random.sample(self.people, 5))

    def _note_mails(self, session: Any, known: Known, *, refused: bool) -> None:
        for survey_id in (self.closed, self.open):
            session.add(
                Reminder(survey_id=survey_id, person_id=known.id, step="invitation", state="sent")
            )
        if refused:
            session.add(
                Undeliverable(
                    survey_id=self.open,
                    person_id=known.id,
                    address=known.email,
                    reason=f"550 no {known.email} here",
                )
            )
        ids = (self.world.organization_id, self.open, known.id)
        enqueue(session, "surveys.send_mail", *ids, "last_day")

    def _failed(self, known: Known) -> Job:
        return Job(
            organization_id=self.world.organization_id,
            queue="default",
            actor="surveys.send_link",
            state="dead",
            visible_at=self.world.clock(),
            deliveries=0,
            retries=0,
            body=[self.world.organization_id, self.open, known.id, "n"],
            error={"code": "x", "what": f"{known.name} has no address.", "remedy": ""},
        )


def dump(database: Database, *tables: str) -> list[tuple[str, bytes]]:
    """Return every value of every row as bytes, unpacked, with its table; as a superuser."""
    url = database.engine.url.render_as_string(hide_password=False)
    whole = Database(as_role(url.replace("+psycopg", ""), SUPERUSER))
    found: list[tuple[str, bytes]] = []
    with whole.engine.connect() as connection:
        for table in tables or inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"'))
            found += sorted((table, _plain(value)) for row in rows for value in row)
    whole.close()
    return found


def naming(database: Database, known: Known) -> list[str]:
    """Return the tables that still hold a word that somebody was known by."""
    words = [word.lower().encode() for word in known.words]
    return sorted(
        {table for table, value in dump(database) if any(word in value.lower() for word in words)}
    )


def _plain(value: object) -> bytes:
    if not isinstance(value, bytes | memoryview):
        return str(value).encode()
    try:
        return zlib.decompress(bytes(value))
    except zlib.error:
        return bytes(value)
