"""Everybody who may ask, before one application with two organizations and one of each thing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from sos_core.access.continuation import Holder
from sos_core.access.operators import create_operator
from sos_core.access.scopes import Scope
from sos_core.access.sessions import begin_session
from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.organizations.commands import create_organization
from sos_core.people.by_hand import edit_person
from sos_core.records import PersonRecord
from sos_core.settings import Settings
from sos_core.surveys.links import personal_token
from sos_core.surveys.tables import Survey
from sos_core.surveys.unopened import missed, note_not_opened
from sos_graphql.app import create_app
from sos_graphql.nodes import node_id, number_of
from sos_graphql.schema import schema
from sos_graphql.view import GraphQLView
from tests.conftest import HASTY, START
from tests.graphql.conftest import PASSWORD, World, add_account, settle
from tests.graphql.guests import CREATE, CREATE_KEY, MINT, ORIGIN
from tests.graphql.lines import LinesPlugin
from tests.graphql.publishing import closed

KEYS = tuple(scope.value for scope in Scope)
"""Programs, one for each scope; comments belong to results, so that one has both."""
PEOPLE = ("operator", "administrator", "leader", "viewer", "participant", "nobody")
ROLES = (*PEOPLE, "respondent", "guest", "anonymous", *KEYS)
MISSING = 987_654_321
NAMED = {"administrator": "admin"}
"""Roles whose accounts have another name in the world."""


@dataclass
class Cast(World):
    """The world, kept open for many requests, with numbers of own and of foreign things."""

    portal: BlockingPortal | None = None
    client: httpx.AsyncClient | None = None
    things: dict[str, int] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    link: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    """The key of one area and of one statement."""

    def send(self, *args: Any, **options: Any) -> httpx.Response:
        """Send one HTTP request, as a client that keeps no cookies."""
        assert self.portal is not None
        assert self.client is not None
        self.client.cookies.clear()
        return self.portal.call(partial(self.client.request, *args, **options))

    def headers(self, role: str) -> dict[str, str]:
        """Return what a role sends with every request."""
        token = self.tokens.get(NAMED.get(role, role))
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return bearer | ({"Origin": ORIGIN} if role in self.tokens_of("guest") else {})

    def tokens_of(self, role: str) -> list[str]:
        """Return under which names a role has tokens: the more it may see, the better."""
        return [role, *(name for name in self.tokens if name.startswith(f"{role} of "))]

    def post(self, role: str, body: dict[str, Any]) -> httpx.Response:
        """Send an operation as a role."""
        return self.send("POST", "/graphql", json=body, headers=self.headers(role))

    def id(self, kind: str, *, mine: bool = True) -> str:
        """Return the id of one thing of the first organization, or of the other."""
        return node_id(kind, (self.things if mine else self.foreign)[kind])

    def enter(self) -> None:
        """Give everybody a token that is good now; whoever was signed out is in again."""
        self.sign_in_again()
        now = self.clock()
        with self.application.database.write(None) as session:
            holder = Holder(None, self.things["Operator"])
            self.tokens["operator"] = begin_session(session, holder, now=now, made_by="command")
        self.respondent(self.things["Open"], "Beta 1")
        self.tokens["guest"] = mint(self, self.unit("Alpha"))
        self.tokens["guest of everything"] = mint(self, None)


def mint(cast: Cast, unit: str | None) -> str:
    """Return a guest's token for a unit, None: the whole organization."""
    given = {
        "embedding": cast.id("Embedding"),
        "survey": cast.id("Survey"),
        "unit": unit,
        "widgets": ["AREAS"],
        "language": "en",
        "origin": ORIGIN,
    }
    made = cast.data("guests:mint", MINT, {"input": given})["mintGuestToken"]
    assert made["__typename"] == "GuestToken", made
    return str(made["token"])


def assemble(folder: Path, database_url: str, stack: ExitStack) -> Cast:
    """Return the cast before an application on a migrated database; ``stack`` closes it."""
    clock = ManualClock(START)
    settings = Settings(
        data_dir=folder,
        workers=0,
        public_url="http://sos.test",
        database_url=database_url,
        operators_second_factor=False,
        **HASTY,
    )
    application = Application(settings, clock=clock, plugins=[LinesPlugin()], entry_points=False)
    stack.callback(application.stop)
    with application.database.write(None) as session:
        ids = [
            create_organization(
                session, name=name, language="en", time_zone="Europe/Stockholm", now=clock()
            )
            for name in ("Acme", "Zephyr")
        ]
    app = create_app(application, run_jobs=False)
    cast = Cast(application, clock, ids[0], ids[1], app, GraphQLView(schema, application))
    cast.portal = stack.enter_context(start_blocking_portal())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    cast.client = httpx.AsyncClient(transport=transport, base_url="http://sos.test")
    settle(cast)
    add_account(cast, cast.organization_id, "viewer of everything", {"sees_everything": True})
    stage(cast)
    return cast


def stage(cast: Cast) -> None:
    """Make one of each thing in both organizations."""
    with cast.application.database.write(None) as session:
        cast.things["Operator"] = create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=cast.clock()
        )
    closed_one = closed(cast, cuts=["leaders", "level:1"])
    cast.clock.advance(days=30)
    cast.application.jobs.drain()
    cast.sign_in_again()
    begun = cast.open_survey(title="Open", previous=closed_one)
    cast.application.jobs.drain()
    managed = {"id": cast.person("Alpha 1"), "manager": cast.person("Alpha Leader")}
    assert cast.do("changePerson", managed)["manager"] is not None
    cast.things |= {
        "Survey": number_of("Survey", closed_one),
        "Open": number_of("Survey", begun),
        "Organization": cast.organization_id,
        "HostedOrganization": cast.organization_id,
        "Unit": cast.units["Alpha"],
        "Part": cast.units["North"],
        "Person": cast.people["Alpha 1"],
        "Account": cast.accounts["viewer"][1],
        **common(cast, "admin", cast.organization_id, cast.people["Alpha 1"]),
    }
    for scope in Scope:
        more = [Scope.RESULTS_READ] if scope is Scope.COMMENTS_READ else []
        cast.tokens[scope.value] = make_key(cast, "admin", scope, *more)[1]
    cast.link = personal_token(
        cast.application.secret,
        organization_id=cast.organization_id,
        survey_id=cast.things["Open"],
        person_id=cast.people["Beta 1"],
    )
    begin_answering(cast)
    stage_elsewhere(cast)
    cast.enter()


def begin_answering(cast: Cast) -> None:
    """Let everybody who is invited begin a ballot, and note the keys of some of its questions."""
    cast.respondent(cast.things["Open"], "Beta 1")
    form = "{ ballotForm { ... on BallotForm { areas { key commentKey statements { key } } } } }"
    area = cast.data("respondent", form)["ballotForm"]["areas"][0]
    statement = area["statements"][0]["key"]
    cast.keys = {"area": area["key"], "statement": statement}
    given = {
        "answers": [{"key": statement, "value": 3}],
        "comments": [{"key": area["commentKey"], "text": "Half a thought"}],
        "sequence": 1,
    }
    for role in ("leader", "participant", "respondent"):
        assert cast.do("saveBallotDraft", given, role)["state"] == "SAVED"


def stage_elsewhere(cast: Cast) -> None:
    """Make the other organization's things, and its programs."""
    people = cast.data(
        "foreign", "{ people(first: 1) { ... on PersonConnection { nodes { id } } } }"
    )
    units = cast.data("foreign", "{ units(first: 1) { nodes { id } } }")
    person = number_of("Person", people["people"]["nodes"][0]["id"])
    survey = cast.do("createSurvey", {"title": "Elsewhere"}, "foreign")
    cast.foreign = {
        "Survey": number_of("Survey", survey["id"]),
        "Unit": number_of("Unit", units["units"]["nodes"][0]["id"]),
        "Person": person,
        "Account": cast.accounts["foreign"][1],
        "Organization": cast.other_id,
        "HostedOrganization": cast.other_id,
        **common(cast, "foreign", cast.other_id, person),
    }
    cast.tokens["foreign guests:mint"] = make_key(cast, "foreign", Scope.GUESTS_MINT)[1]


def common(cast: Cast, role: str, organization_id: int, person: int) -> dict[str, int]:
    """Make what an administrator can make, and return the numbers."""
    words = [{"language": "en", "text": "Hello"}]
    draft = cast.do("createSurvey", {"title": "Draft", "introductions": words}, role)
    site = {"name": "Intranet", "origins": [ORIGIN], "widgets": ["AREAS", "SUMMARY", "QUESTION"]}
    embedding = cast.data(role, CREATE, {"input": site})["createEmbedding"]
    with cast.application.database.write(organization_id) as session:
        record = PersonRecord(name="Renamed", memberships=(("North", "East", "Beta"),))
        plan = edit_person(session, person, record, actor="test", now=cast.clock())
        row = session.get_one(Survey, number_of("Survey", draft["id"]))
        row.scheduled = True
        session.flush()
        note_not_opened(session, row.id, missed(), actor="test", now=row.closes_at)
    mine = cast.data(role, "{ viewer { sessions { id } } }")["viewer"]["sessions"]
    return {
        "Draft": number_of("Survey", draft["id"]),
        "Embedding": number_of("Embedding", embedding["id"]),
        "ApiKey": make_key(cast, role, Scope.AUDIT_READ)[0],
        "ChangePlan": plan,
        "Session": number_of("Session", mine[0]["id"]),
    }


def make_key(cast: Cast, role: str, *scopes: Scope) -> tuple[int, str]:
    """Create an API key; return its number and the key."""
    given = {"name": "Payroll", "scopes": [scope.name for scope in scopes]}
    made = cast.data(role, CREATE_KEY, {"input": given})["createApiKey"]
    return number_of("ApiKey", made["key"]["id"]), str(made["token"])
