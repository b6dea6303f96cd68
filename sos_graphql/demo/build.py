"""Builds the demonstration's past: people, two surveys up to publication, and one that is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.content import LANGUAGES, month_text
from sos_graphql.app import create_app
from sos_graphql.demo.client import DemoClient, DemoFailed
from sos_graphql.demo.companies import Company
from sos_graphql.demo.crowd import answer_all, respondents
from sos_graphql.demo.documents import (
    APPLY_PLAN,
    CREATE_PLAN,
    CREATE_SURVEY,
    KEEP_PLANS,
    OPEN_SURVEY,
    SURVEY_STATE,
)
from sos_graphql.demo.mailbox import Mailbox
from sos_graphql.demo.people import cast
from sos_graphql.demo.scenario import WORKBOOK, Scenario, neighbor_scenario, workbook
from sos_graphql.demo.sign_ins import (
    SignIn,
    consultant,
    found_organization,
    open_accounts,
    operator,
    token,
)

PAST = timedelta(days=40)
"""How long a token lasts through a survey of the past."""
Tell = Callable[[str, int, int], None]
"""Tells how far the building has come: (what, done, of)."""


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
    beside = neighbor_scenario()
    admins = [found_organization(application, each, now) for each in (scenario, beside)]
    # The neighbor's past first: the clock never goes back while a survey is open.
    await _live(application, clock, beside, admins[1], now, tell)
    await _live(application, clock, scenario, admins[0], now, tell)
    own = open_accounts(application, scenario.people, admins[0].organization_id, clock())
    beyond = [consultant(application, admins, clock()), operator(application, clock())]
    return [admins[0], *own, beyond[0], admins[1], beyond[1]]


async def _live(
    application: Application,
    clock: ManualClock,
    scenario: Scenario,
    admin: SignIn,
    now: datetime,
    tell: Tell,
) -> None:
    """Bring in the people of an organization and walk through its surveys until ``now``."""
    clock.set(now - timedelta(days=scenario.started_days_ago[0] + 3))
    app = create_app(application, run_jobs=False)
    bearer = token(application, admin, clock(), PAST)
    mailbox = Mailbox(application.settings.mail_dir)
    async with DemoClient(app, application.settings.public_url, bearer) as client:
        await _import_people(client, scenario, tell)
        earlier: str | None = None
        for number, days in enumerate(scenario.started_days_ago):
            clock.set(_morning(now - timedelta(days=days), scenario.company))
            story = Story(application, client, mailbox, clock, scenario, number, tell)
            client.sign_in(token(application, admin, clock(), PAST))
            earlier = await story.run(earlier, now)
    clock.set(now)
    await _drain(application)


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
            self.tell(self._title(start), answered, len(answering))
            self.clock.set(min(start + timedelta(days=day + 1), now))
            await self._deliver()
        if start + timedelta(days=self.scenario.days_open + 2) < now:
            await self._publish(survey_id, start)
        return survey_id

    def _title(self, start: datetime) -> str:
        company = self.scenario.company
        return f"{company.title}, {month_text(company.language, start.date())}"

    async def _open(self, previous: str | None) -> str:
        company = self.scenario.company
        local = self.clock().astimezone(ZoneInfo(company.zone)).replace(tzinfo=None)
        days = self.scenario.days_open
        settings = {
            "title": self._title(local),
            "opens": local.isoformat(timespec="minutes"),
            "closes": (local + timedelta(days=days)).isoformat(timespec="minutes"),
            "publishes": (local + timedelta(days=days + 1)).isoformat(timespec="minutes"),
            "timeZone": company.zone,
            "languages": list(LANGUAGES),
            "audience": "PARTICIPANTS",
            "cuts": ["leaders", "level:1"],
            "reminders": [
                {"kind": "LAST_DAY", "anchor": "CLOSES", "days": 3, "timeOfDay": "09:00"}
            ],
            "previous": previous,
            "senderName": f"{company.name} Sales Excellence",
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


async def _import_people(client: DemoClient, scenario: Scenario, tell: Tell) -> None:
    upload = await client.upload(WORKBOOK, scenario.workbook)
    plan = (await client.run(CREATE_PLAN, {"upload": upload}))["createChangePlan"]
    if plan["counts"]["rejected"]:
        raise DemoFailed(f"The workbook has rejected rows: {plan}")
    await client.run(APPLY_PLAN, {"id": plan["id"]})
    await client.run(KEEP_PLANS, {})  # its first survey began longer ago than plans usually stay
    people = plan["counts"]["added"]
    tell(f"People of {scenario.company.name}", people, people)


def _morning(instant: datetime, company: Company) -> datetime:
    local = instant.astimezone(ZoneInfo(company.zone))
    return local.replace(hour=8, minute=0, second=0, microsecond=0)


async def _drain(application: Application) -> None:
    await asyncio.to_thread(application.jobs.drain)
