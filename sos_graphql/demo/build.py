"""Builds the demonstration's past: people, two surveys up to publication, and one that is open."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sos_core.access.commands import create_account, issue_token
from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.content import LANGUAGES
from sos_core.organizations.commands import create_organization
from sos_core.people.queries import find_by_email
from sos_graphql.app import create_app
from sos_graphql.demo.client import DemoClient, DemoFailed
from sos_graphql.demo.crowd import answer_all, respondents
from sos_graphql.demo.documents import (
    APPLY_PLAN,
    CREATE_PLAN,
    CREATE_SURVEY,
    OPEN_SURVEY,
    SURVEY_STATE,
)
from sos_graphql.demo.mailbox import Mailbox
from sos_graphql.demo.people import COMPANY, DOMAIN, LEVELS, DemoPerson, cast

ZONE = "Europe/Stockholm"
TITLES = ("Sales survey, autumn", "Sales survey, spring", "Sales survey, autumn again")
WORKBOOK = "demo-people.xlsx"
Tell = Callable[[str, int, int], None]
"""Tells how far the building has come: (what, done, of)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who takes part and when surveys began, oldest first; the last one is open at the end."""

    people: Sequence[DemoPerson]
    workbook: bytes
    started_days_ago: tuple[int, ...] = (372, 190, 5)
    days_open: int = 14


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the demonstration's accounts."""

    role: str
    email: str
    password: str
    account_id: int
    organization_id: int


async def build(
    application: Application,
    clock: ManualClock,
    *,
    now: datetime,
    tell: Tell,
    scenario: Scenario | None = None,
) -> list[SignIn]:
    """Fill an empty installation and return the sign-ins; ``clock`` ends at ``now``."""
    scenario = scenario or Scenario(cast(), workbook())
    application.migrate()
    clock.set(now - timedelta(days=scenario.started_days_ago[0] + 3))
    admin = _found_organization(application, clock)
    app = create_app(application, run_jobs=False)
    token = _token(application, admin, clock)
    mailbox = Mailbox(application.settings.mail_dir)
    async with DemoClient(app, application.settings.public_url, token) as client:
        await _import_people(client, scenario.workbook, tell)
        earlier: str | None = None
        for number, days in enumerate(scenario.started_days_ago):
            clock.set(_morning(now - timedelta(days=days)))
            story = Story(application, client, mailbox, clock, scenario, number, tell)
            client.sign_in(_token(application, admin, clock))
            earlier = await story.run(earlier, now)
    clock.set(now)
    await _drain(application)
    return [admin, *_open_accounts(application, scenario.people, admin.organization_id, clock)]


class Story:
    """One survey of the demonstration, day by day."""

    def __init__(
        self,
        application: Application,
        client: DemoClient,
        mailbox: Mailbox,
        clock: ManualClock,
        scenario: Scenario,
        number: int,
        tell: Tell,
    ) -> None:
        self.application = application
        self.client = client
        self.mailbox = mailbox
        self.clock = clock
        self.scenario = scenario
        self.number = number
        self.tell = tell
        self.links: dict[str, str] = {}

    async def run(self, previous: str | None, now: datetime) -> str:
        """Create and open the survey, let people answer until it closes or it is ``now``."""
        survey_id = await self._open(previous)
        await self._deliver()
        answering = respondents(self.scenario.people, self.number)
        start = self.clock()
        last_day = min(self.scenario.days_open - 1, (now - start).days)
        answered = 0
        for day in range(last_day + 1):
            goal = len(answering) * (day + 1) // (last_day + 1)
            await answer_all(self.client, answering[answered:goal], self.links, self.number)
            answered = goal
            self.tell(TITLES[self.number], answered, len(answering))
            self.clock.set(min(start + timedelta(days=day + 1), now))
            await self._deliver()
        if start + timedelta(days=self.scenario.days_open + 2) < now:
            await self._publish(survey_id, start)
        return survey_id

    async def _open(self, previous: str | None) -> str:
        local = self.clock().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
        days = self.scenario.days_open
        settings = {
            "title": f"{TITLES[self.number]} {self.clock().year}",
            "opens": local.isoformat(timespec="minutes"),
            "closes": (local + timedelta(days=days)).isoformat(timespec="minutes"),
            "publishes": (local + timedelta(days=days + 1)).isoformat(timespec="minutes"),
            "timeZone": ZONE,
            "languages": list(LANGUAGES),
            "audience": "PARTICIPANTS",
            "cuts": ["leaders", "level:1"],
            "reminders": [{"kind": "LAST_DAY", "anchor": "CLOSES", "days": 3, "at": "09:00"}],
            "previous": previous,
            "senderName": f"{COMPANY} Sales Excellence",
        }
        created = await self.client.run(CREATE_SURVEY, {"input": settings})
        survey_id = str(created["createSurvey"]["id"])
        await self.client.run(OPEN_SURVEY, {"id": survey_id})
        return survey_id

    async def _deliver(self) -> None:
        await _drain(self.application)
        self.links.update(self.mailbox.links())

    async def _publish(self, survey_id: str, start: datetime) -> None:
        for days in (self.scenario.days_open, self.scenario.days_open + 1):
            self.clock.set(start + timedelta(days=days, minutes=1))
            await _drain(self.application)
        answer = await self.client.run(SURVEY_STATE, {"id": survey_id})
        if not answer["survey"]["published"]:
            raise DemoFailed(f"The survey was not published: {answer}")


def save_sign_ins(folder: Path, sign_ins: list[SignIn]) -> None:
    """Write the sign-ins for `make token`, readable by this user alone."""
    path = folder / "sign-ins.json"
    path.touch(0o600)
    path.write_text(json.dumps([asdict(each) for each in sign_ins], indent=1), encoding="utf-8")


def load_sign_ins(folder: Path) -> list[SignIn]:
    """Return the sign-ins of a demonstration that was built before."""
    rows = json.loads((folder / "sign-ins.json").read_text(encoding="utf-8"))
    return [SignIn(**row) for row in rows]


def workbook() -> bytes:
    """Return the workbook that HR sent: the one in ``examples``, which a wheel carries too."""
    packaged = files("sos_graphql.demo").joinpath(WORKBOOK)
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).resolve().parents[2] / "examples" / WORKBOOK).read_bytes()


async def _import_people(client: DemoClient, book: bytes, tell: Tell) -> None:
    upload = await client.upload(WORKBOOK, book)
    plan = (await client.run(CREATE_PLAN, {"uploadId": upload}))["createChangePlan"]
    if plan["counts"]["rejected"]:
        raise DemoFailed(f"The workbook has rejected rows: {plan}")
    await client.run(APPLY_PLAN, {"id": plan["id"]})
    tell("People", plan["counts"]["added"], plan["counts"]["added"])


def _found_organization(application: Application, clock: ManualClock) -> SignIn:
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name=COMPANY, language="en", time_zone=ZONE, levels=LEVELS, now=clock()
        )
    return _account(
        application,
        organization_id,
        "admin",
        clock,
        email=f"admin@{DOMAIN}",
        name="Maja Administrator",
        administrator=True,
    )


def _open_accounts(
    application: Application, people: Sequence[DemoPerson], organization_id: int, clock: ManualClock
) -> list[SignIn]:
    """Give a leader, a viewer and a participant an account each."""
    chosen = {
        "leader": next(p for p in people if p.leads and len(p.unit) == 2 and p.language == "sv"),
        "viewer": next(p for p in people if p.user_type == "viewer"),
        "participant": next(p for p in people if not p.leads and len(p.unit) == 3),
    }
    found = []
    for role, person in chosen.items():
        with application.database.read(organization_id) as session:
            view = find_by_email(session, person.email)
        if view is None:
            raise DemoFailed(f"{person.email} was not imported.")
        extra: dict[str, Any] = {"sees_everything": True} if role == "viewer" else {}
        found.append(
            _account(
                application,
                organization_id,
                role,
                clock,
                email=person.email,
                name=person.name,
                language=person.language,
                person_id=view.id,
                **extra,
            )
        )
    return found


def _account(
    application: Application, organization_id: int, role: str, clock: ManualClock, **fields: Any
) -> SignIn:
    password = "-".join(secrets.choice(WORDS) for _ in range(4))
    with application.database.write(organization_id) as session:
        account_id = create_account(
            session, password=password, now=clock(), actor="operator", **fields
        )
    return SignIn(role, fields["email"], password, account_id, organization_id)


def _token(application: Application, account: SignIn, clock: ManualClock) -> str:
    return issue_token(
        application.database,
        organization_id=account.organization_id,
        account_id=account.account_id,
        now=clock(),
        length=timedelta(days=40),
    )


def _morning(instant: datetime) -> datetime:
    local = instant.astimezone(ZoneInfo(ZONE))
    return local.replace(hour=8, minute=0, second=0, microsecond=0)


async def _drain(application: Application) -> None:
    await asyncio.to_thread(application.jobs.drain)


WORDS = (
    "amber", "birch", "cedar", "coral", "delta", "ember", "fjord", "grove", "harbor", "indigo",
    "juniper", "kelp", "lantern", "meadow", "nectar", "orchid", "pebble", "quartz", "river", "saffron",
    "tundra", "umber", "velvet", "willow", "yarrow", "zephyr", "acorn", "breeze", "copper", "dune",
)  # fmt: skip
