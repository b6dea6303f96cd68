"""An organization behind the real API: real application, real view, requests through ASGI."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from sos_core.access.commands import create_account, issue_token, respondent_token
from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.organizations.commands import create_organization
from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.planning import make_plan
from sos_core.people.queries import find_by_email, units
from sos_core.records import PeoplePage, PersonRecord
from sos_core.settings import Settings
from sos_graphql.nodes import node_id
from sos_graphql.schema import schema
from sos_graphql.view import GraphQLView
from tests.conftest import HASTY, START
from tests.graphql.lines import LinesPlugin
from tests.graphql.usual import OWN

PASSWORD = "correct horse battery staple"
TEAMS = (("North", "East", "Alpha"), ("North", "East", "Beta"), ("South", "West", "Gamma"))


def crew() -> list[PersonRecord]:
    """Return six sellers and a leader in each of three teams, and one who only looks."""
    people = []
    for path in TEAMS:
        team = path[-1].lower()
        people.append(
            PersonRecord(
                f"{path[-1]} Leader", f"{team}@x.example", memberships=(path,), leads=(path,)
            )
        )
        people.extend(
            PersonRecord(f"{path[-1]} {n}", f"{team}{n}@x.example", memberships=(path,))
            for n in range(6)
        )
    people.append(PersonRecord("Vera", "vera@x.example", user_type="viewer"))
    return people


def core() -> Any:
    """Return graphql-core's schema."""
    return schema._schema


@dataclass
class World:
    """One installation with two organizations, and tokens for everybody who may ask."""

    application: Application
    clock: ManualClock
    organization_id: int
    other_id: int
    app: Starlette
    view: GraphQLView
    tokens: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, tuple[int, int]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    survey: str = ""
    """A published survey, in worlds that begin with one."""

    def send(self, *args: Any, **options: Any) -> httpx.Response:
        """Send one HTTP request."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sos.test") as client:
                return await client.request(*args, **options)

        return asyncio.run(go())

    def ask(
        self,
        role: str | None,
        document: str,
        variables: dict[str, Any] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Post a document as a role (None: a stranger)."""
        given = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        body = {"query": document, "variables": variables or {}}
        return self.send("POST", "/graphql", json=body, headers=given | headers)

    def data(
        self, role: str | None, document: str, variables: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the data of an answer that has no errors."""
        answer = self.ask(role, document, variables).json()
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    def unit(self, name: str) -> str:
        return node_id("Unit", self.units[name])

    def person(self, name: str) -> str:
        return node_id("Person", self.people[name])

    def do(
        self, mutation: str, given: dict[str, Any], role: str | None = "admin"
    ) -> dict[str, Any]:
        """Run a mutation with one input, and return the result with its type and usual fields."""
        kinds = core().mutation_type.fields[mutation].type.of_type.types
        chosen = " ".join(
            f"... on {kind.name} {{ {OWN[kind.name]} }}" for kind in kinds if kind.name in OWN
        )
        name = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation M($input: {name}!) {{ {mutation}(input: $input) "
            f"{{ __typename ... on Problem {{ code what remedy }} {chosen} }} }}"
        )
        found: dict[str, Any] = self.data(role, document, {"input": given})[mutation]
        return found

    def open_survey(self, **settings: Any) -> str:
        """Create a survey and open it now; return its id."""
        survey = self.do("createSurvey", {"title": "Spring", **settings})
        opened = self.do("openSurvey", {"id": survey["id"]})
        assert opened.get("state") == "OPEN", opened
        return str(survey["id"])

    def sign_in_again(self) -> None:
        """Give every account a new token, after time has passed."""
        for role, (organization_id, account_id) in self.accounts.items():
            self.tokens[role] = issue_token(
                self.application.database,
                organization_id=organization_id,
                account_id=account_id,
                now=self.clock(),
            )

    def respondent(self, survey: int, name: str) -> str:
        """Note a respondent's token under the role ``respondent`` and return it."""
        self.tokens["respondent"] = respondent_token(
            self.application.secret,
            organization_id=self.organization_id,
            survey_id=survey,
            person_id=self.people[name],
            expires_at=self.clock().replace(year=self.clock().year + 1),
        )
        return self.tokens["respondent"]


def build(folder: Path, clock: ManualClock, ids: tuple[int, int]) -> World:
    """Return an installation whose database lies in ``folder``; nothing here depends on the engine."""
    settings = Settings(data_dir=folder, workers=0, public_url="http://sos.test", **HASTY)
    application = Application(settings, clock=clock, plugins=[LinesPlugin()], entry_points=False)
    view = GraphQLView(schema, application)
    app = Starlette(
        routes=[
            Route("/graphql", view, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", view),
        ]
    )
    return World(application, clock, *ids, app, view)


@pytest.fixture(scope="session")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return an installation that was filled once and stopped; tests copy its folder."""
    folder = tmp_path_factory.mktemp("world") / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "sos.db")
    clock = ManualClock(START)
    made = build(folder, clock, (0, 0))
    with made.application.database.write(None) as session:
        made.organization_id, made.other_id = [
            create_organization(
                session, name=name, language="en", time_zone="Europe/Stockholm", now=clock()
            )
            for name in ("Acme", "Foreign")
        ]
    settle(made)
    return at_rest(made)


@pytest.fixture(scope="session")
def publishing(template: World, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], World]:
    """Return what gives the template with a published survey, made once for each who may agree."""

    @cache
    def published_by(agreeing: str) -> World:
        from tests.graphql.publishing import published_one

        made = copy_of(template, tmp_path_factory.mktemp("published"), ManualClock(START))
        made.survey = published_one(made, agreeing)
        return at_rest(made)

    return published_by


@pytest.fixture
def world(
    template: World,
    publishing: Callable[[str], World],
    tmp_path: Path,
    clock: ManualClock,
    request: pytest.FixtureRequest,
) -> Iterator[World]:
    """Return a copy of the installation, after a survey where the test asks for ``published``."""
    begin = template
    if "published" in request.fixturenames:
        given = getattr(request.node, "callspec", None)
        begin = publishing(given.params.get("published", "nobody") if given else "nobody")
    made = copy_of(begin, tmp_path, clock)
    yield made
    made.application.stop()


@pytest.fixture
def published(world: World, request: pytest.FixtureRequest) -> str:
    """Return a survey of everybody, answered, closed, counted and published.

    Its parameter says who agrees, for ``answer_all``.
    """
    return world.survey


def copy_of(template: World, folder: Path, clock: ManualClock) -> World:
    """Return another installation of the same content, at the same instant."""
    shutil.copytree(template.application.settings.data_dir, folder / "data")
    clock.set(template.clock())
    made = build(folder / "data", clock, (template.organization_id, template.other_id))
    for name in ("tokens", "accounts", "people", "units"):
        setattr(made, name, dict(getattr(template, name)))
    made.survey = template.survey
    return made


def at_rest(world: World) -> World:
    """Stop an installation, so that its folder can be copied."""
    with world.application.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    world.application.stop()
    return world


def settle(world: World) -> None:
    """Bring in people and accounts."""
    application, now = world.application, world.clock()
    for organization_id in (world.organization_id, world.other_id):
        with application.database.write(organization_id) as session:
            plan = make_plan(session, [PeoplePage(crew())], Request(), actor="test", now=now)
            apply_plan(session, plan, actor="test", now=now)
    with application.database.write(world.organization_id) as session:
        world.units = {view.name: view.id for view in units(session)}
        for record in crew():
            found = find_by_email(session, record.email or "")
            assert found is not None
            world.people[record.name] = found.id
    accounts: dict[str, dict[str, Any]] = {
        "admin": {"administrator": True, "password": PASSWORD},
        "leader": {"person_id": world.people["Alpha Leader"]},
        "participant": {"person_id": world.people["Alpha 1"]},
        "viewer": {"granted_units": [world.units["North"]]},
        "nobody": {},
    }
    for role, more in accounts.items():
        add_account(world, world.organization_id, role, more)
    add_account(world, world.other_id, "foreign", {"administrator": True})
    world.sign_in_again()


def add_account(world: World, organization_id: int, role: str, more: dict[str, Any]) -> None:
    """Create an account."""
    with world.application.database.write(organization_id) as session:
        account_id = create_account(
            session,
            email=f"{role}@acme.example",
            name=role.capitalize(),
            now=world.clock(),
            actor="t",
            **more,
        )
    world.accounts[role] = organization_id, account_id
