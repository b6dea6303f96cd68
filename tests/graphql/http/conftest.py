"""A running application with people and an open survey, and browsers without JavaScript."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from sos_core.access.commands import create_account
from sos_core.application import Application
from sos_core.ballots.queries import Resumed, resume
from sos_core.ballots.sealing import person_secret
from sos_core.clock import ManualClock
from sos_core.content import questionnaire
from sos_core.organizations.commands import create_organization
from sos_core.people.by_hand import edit_person
from sos_core.records import PersonRecord
from sos_core.settings import Settings
from sos_core.surveys.commands import SurveySettings, create_survey, open_survey
from sos_core.surveys.links import personal_token
from sos_graphql.app import create_app
from tests.surveys.conftest import Crew, build_crew

PASSWORD = "a sentence of several words"
HOME = "http://sos.example"


class Visitor:
    """A browser that runs no code: sends requests to the app, and keeps its cookies."""

    def __init__(self, portal: BlockingPortal, app: ASGIApp) -> None:
        self._portal = portal
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._portal.call(partial(self._client.get, path, **more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self._portal.call(partial(self._client.post, path, **more))

    def close(self) -> None:
        self._portal.call(self._client.aclose)


@dataclass
class House:
    """An application, one organization in it, and how to visit."""

    application: Application
    clock: ManualClock
    crew: Crew
    visitor: Callable[[], Visitor]
    app: Any = None

    @property
    def organization_id(self) -> int:
        return self.crew.organization_id

    def account(self, name: str, **more: object) -> str:
        """Create an account and return its address."""
        email = f"{name}@x.example"
        with self.application.database.write(self.organization_id) as session:
            create_account(
                session,
                email=email,
                name=name.capitalize(),
                now=self.clock(),
                actor="test",
                password=PASSWORD,
                **more,
            )
        return email

    def draft(self, **settings: object) -> int:
        with self.application.database.write(self.organization_id) as session:
            return create_survey(
                session,
                SurveySettings(**{"title": "Spring", **settings}),
                now=self.clock(),
                actor="test",
            )

    def opened(self, **settings: object) -> int:
        survey_id = self.draft(**settings)
        with self.application.database.write(self.organization_id) as session:
            open_survey(
                session,
                survey_id,
                now=self.clock(),
                actor="test",
                keys=self.application.keys,
                rate_nodes=self.application.rate_nodes,
            )
        return survey_id

    def edited(self) -> int:
        """Change a person by hand and return the plan."""
        with self.application.database.write(self.organization_id) as session:
            record = PersonRecord(name="Ann", memberships=(("North", "Beta"),))
            person_id = self.crew.people["alpha2"]
            return edit_person(session, person_id, record, actor="test", now=self.clock())

    def link(self, survey_id: int, name: str) -> str:
        """Return the path of a person's link."""
        token = personal_token(
            self.application.secret,
            organization_id=self.organization_id,
            survey_id=survey_id,
            person_id=self.crew.people[name],
        )
        return f"/s/{token}"

    def answers(self, survey_id: int, name: str) -> Resumed:
        """Return what is stored of a person's ballot, after the close too."""
        key = self.application.keys.load(self.organization_id, survey_id)
        secret = person_secret(key, self.crew.people[name])
        with self.application.database.read(self.organization_id) as session:
            return resume(
                session, survey_id=survey_id, secret=secret, questionnaire=questionnaire()
            )

    def signed_in(self, email: str) -> Visitor:
        client = self.visitor()
        response = client.post(
            "/auth/sign-in", data={"email": email, "password": PASSWORD, "next": "/app"}
        )
        assert response.status_code == 303, response.text
        return client


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path, clock: ManualClock) -> Iterator[House]:
    """Return a house with two teams of six, their leaders, a viewer and one without an address."""
    shutil.copy(sqlite_template, tmp_path / "sos.db")
    settings = Settings(data_dir=tmp_path, public_url=HOME, upload_max_bytes=50_000)
    application = Application(settings, clock=clock)
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme & Sons", language="en", time_zone="Europe/Stockholm", now=clock()
        )
    crew = build_crew(application.database, organization_id)
    app = create_app(application, run_jobs=False)
    clients: list[Visitor] = []
    with start_blocking_portal() as portal:

        def visitor() -> Visitor:
            clients.append(Visitor(portal, app))
            return clients[-1]

        yield House(application, clock, crew, visitor, app)
        for client in clients:
            client.close()
    application.stop()


def fields(html: str) -> dict[str, list[str]]:
    """Return the radio buttons of a page: name to values."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', html):
        found.setdefault(name, []).append(value)
    return found


def checked(html: str) -> dict[str, str]:
    """Return the chosen radio buttons of a page."""
    return dict(re.findall(r'type="radio" name="([^"]+)" value="([^"]+)" checked', html))
