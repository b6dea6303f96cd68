"""A whole installation under attack: people, two surveys with every question, and four who look."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from anyio.from_thread import BlockingPortal
from numpy.random import default_rng
from starlette.applications import Starlette

from sos_core.access.commands import create_account
from sos_core.application import Application
from sos_core.benchmarks.commands import allow_contribution
from sos_core.clock import ManualClock
from sos_core.people.tables import Leadership
from sos_core.results.jobs import ResultJobs
from sos_core.results.stored import instrument
from sos_core.settings import Settings
from sos_graphql.app import create_app
from tests.conftest import HASTY
from tests.results.attack.crawl import Staff
from tests.results.attack.organizations import Organization, next_year, random_organization
from tests.results.attack.socket import first_heard
from tests.results.closing_support import ASKED, World, answers_of
from tests.results.conftest import found_organization

PASSWORD = "a sentence of several words"
HOME = "http://sos.example"
ROLES = ("admin", "leader", "viewer", "participant")
GUEST, ORIGIN = "guest", "https://intranet.example"
GUEST_WIDGETS = frozenset({"sos-areas", "sos-question", "sos-summary"})
TITLES = ("Spring", "Autumn")
FEWEST, MOST_UNITS = 40, 6
SKIPPED = 0.05
RESULTS = {"createEmbedding": "Embedding", "createApiKey": "NewApiKey"}
RESULTS |= {"mintGuestToken": "GuestToken"}
INSTRUMENT = instrument(ASKED.version)
AREA_LOW_HIGH = (1, 5)


@dataclass(frozen=True)
class Run:
    """A survey with the truth about it: who was invited, and what everybody said."""

    survey_id: int
    title: str
    unit: Mapping[int, int]
    submitted: frozenset[int]
    option: Mapping[str, Mapping[int, int]]

    def answered(self, key: str) -> frozenset[int]:
        return frozenset(self.option[key])


@dataclass
class Installation:
    """A served application; ``units`` are ids by position in the tree, None for the organization."""

    application: Application
    world: World
    portal: BlockingPortal
    organization: Organization
    staff: Staff
    runs: list[Run] = field(default_factory=list)
    present: Organization | None = None
    app: Starlette | None = None
    embedding: str | None = None
    visitors: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        seed: int,
        folder: Path,
        template: Path,
        clock: ManualClock,
        portal: BlockingPortal,
        *,
        mood: int = 0,
    ) -> Installation:
        """Hire people and run two surveys, a year apart; who stays answers alike.

        Of an odd seed one answer in twenty is left out. Another ``mood`` gives the same people
        other answers.
        """
        skipping = SKIPPED if seed % 2 else 0.0
        folder.mkdir()
        shutil.copy(template, folder / "sos.db")
        settings = Settings(data_dir=folder, workers=0, public_url=HOME, **HASTY)
        application = Application(settings, clock=clock)
        organization_id = found_organization(application.database, clock)
        world = World(application.database, clock, organization_id, application.keys)
        plain, seed = fitting(seed)
        organization = answered_anew(plain, seed + mood, skipping)
        staff = Staff.hire(world, organization)
        made = cls(application, world, portal, organization, staff)
        with world.database.write(organization_id) as session:
            allow_contribution(session, allowed=True, now=clock(), actor="test")
        made.runs.append(made.run(organization, TITLES[0]))
        clock.advance(days=365)
        later, before = next_year(plain, seed + 1_000_000)
        staff.place(later, before)
        again = answered_anew(later, seed + mood + 1, skipping)
        again.answers[:, before >= 0] = organization.answers[:, before[before >= 0]]
        made.runs.append(made.run(again, TITLES[1]))
        made.present = later
        made._let_in()
        return made

    def run(self, organization: Organization, title: str) -> Run:
        """Run a survey from opening to publication; each comment names its author."""
        world = self.world
        survey_id = world.open(title=title, cuts=("leaders", "level:1"), audience="participants")
        people = self.staff.people.tolist()
        given, option = {}, {key: {} for key in ASKED.variables}
        for index in np.flatnonzero(organization.submitted).tolist():
            column = organization.answers[:, index]
            words = f"written by ({people[index]})"
            given[people[index]] = answers_of(column, direction=words, skills=words)
            for key, value in zip(ASKED.variables, column.tolist(), strict=True):
                if value:
                    option[key][people[index]] = value
        world.submit(survey_id, given)
        world.close(survey_id)
        self.result_jobs.published(world.organization_id, survey_id)
        unit = dict(zip(people, organization.unit.tolist(), strict=True))
        return Run(survey_id, title, unit, frozenset(given), option)

    def _let_in(self) -> None:
        """Give accounts: a leader of several units, a viewer of several, and a participant."""
        ids, tree = self.staff.units, self.organization.tree
        leaves = [index for index, below in enumerate(tree.children) if not below and index]
        boss, seller = (int(self.staff.people[place]) for place in (0, -1))
        with self.world.database.write(self.world.organization_id) as session:
            for unit in (ids[leaves[0]], ids[leaves[-1]]):
                if not session.query(Leadership).filter_by(unit_id=unit, person_id=boss).count():
                    session.add(Leadership(unit_id=unit, person_id=boss, origin="said"))
            session.flush()
            more: dict[str, dict[str, Any]] = {
                "admin": {"administrator": True},
                "leader": {"person_id": boss},
                "viewer": {"granted_units": [ids[leaf] for leaf in leaves[:2]]},
                "participant": {"person_id": seller},
            }
            for role, given in more.items():
                create_account(
                    session,
                    email=f"{role}@acme.example",
                    name=role,
                    password=PASSWORD,
                    now=self.world.clock(),
                    actor="test",
                    **given,
                )
        self.serve()
        self.enter()

    def enter(self) -> None:
        """Sign everybody in; a session ends when weeks pass."""
        for role in ROLES:
            client = self._visitor(role)
            form = {"email": f"{role}@acme.example", "password": PASSWORD, "next": "/app"}
            response = self.portal.call(partial(client.post, "/auth/sign-in", data=form))
            assert response.status_code == 303, response.text

    def serve(self) -> None:
        """Serve the application anew, which keeps no answer in memory; everybody stays signed in."""
        self.app = create_app(self.application, run_jobs=False)
        for client in self.visitors.values():
            client._transport = httpx.ASGITransport(app=self.app)

    def _visitor(self, role: str, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        client = httpx.AsyncClient(transport=transport, base_url=HOME, headers=headers)
        self.visitors[role] = client
        return client

    @property
    def result_jobs(self) -> ResultJobs:
        """The jobs that follow a publication; those of them that send mail are not run here."""
        plugins, world = self.application.plugins, self.world
        return ResultJobs(world.database, world.clock, world.closing, plugins, None, None)

    def admit_guest(self, survey: str, unit: str | None) -> None:
        """Let the next guest be one with a token for a survey and a unit (None: the organization)."""
        if GUEST in self.visitors:
            self.portal.call(self.visitors.pop(GUEST).aclose)
        widgets = [name.removeprefix("sos-").upper() for name in sorted(GUEST_WIDGETS)]
        given = {"name": "Intranet", "origins": [ORIGIN], "widgets": widgets}
        if self.embedding is None:
            made = self._change("admin", "createEmbedding", "CreateEmbeddingInput", given, "id")[
                "id"
            ]
            asked = {"name": "Site", "scopes": ["GUESTS_MINT"]}
            key = self._change("admin", "createApiKey", "CreateApiKeyInput", asked, "token")
            self._visitor("site", Authorization=f"Bearer {key['token']}")
            self.embedding = made
        given = {"embedding": self.embedding, "survey": survey, "unit": unit, "widgets": widgets}
        given |= {"language": "en", "origin": ORIGIN}
        token = self._change("site", "mintGuestToken", "MintGuestTokenInput", given, "token")
        self._visitor(GUEST, Authorization=f"Bearer {token['token']}", Origin=ORIGIN)

    def _change(
        self, role: str, name: str, input_: str, given: Mapping[str, Any], wanted: str
    ) -> dict[str, Any]:
        document = f"""mutation ($input: {input_}!) {{ {name}(input: $input) {{ __typename
          ... on {RESULTS[name]} {{ {wanted} }} ... on Problem {{ code what }} }} }}"""
        found: dict[str, Any] = self.ask(role, document, {"input": given})[name]
        assert found["__typename"] == RESULTS[name], found
        return found

    def get(self, role: str, path: str) -> httpx.Response:
        """Open a page or a file."""
        return self.portal.call(partial(self.visitors[role].get, path))

    def ask(self, role: str, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data that a document gives a role; guests name it, and send no text."""
        body: dict[str, Any] = {"query": document, "variables": dict(variables)}
        if role == GUEST:
            digest = hashlib.sha256(body.pop("query").encode()).hexdigest()
            body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        headers = {"X-SOS-Request": "1"}
        post = partial(self.visitors[role].post, "/graphql", json=body, headers=headers)
        answer = self.portal.call(post).json()
        assert not answer.get("errors"), answer
        found: dict[str, Any] = answer["data"]
        return found

    def hear(self, role: str, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the first that a subscription tells a role, over its socket."""
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.visitors[role].cookies.jar)
        payload = {"query": document, "variables": dict(variables)}
        found: dict[str, Any] = self.portal.call(first_heard, self.app, cookies, payload)
        return found

    @cached_property
    def scales(self) -> dict[str, list[float]]:
        """The values of the options of every question."""
        return {
            key: INSTRUMENT.values[row, : INSTRUMENT.options[row]].tolist()
            for row, key in enumerate(INSTRUMENT.keys)
        }

    def stop(self) -> None:
        for client in self.visitors.values():
            self.portal.call(client.aclose)
        self.application.stop()


def fitting(seed: int) -> tuple[Organization, int]:
    """Return an organization of a few units and enough people, and the seed that made it."""
    while True:
        found = random_organization(seed, skipping=0)
        if len(found.unit) >= FEWEST and 5 <= found.tree.size <= MOST_UNITS:
            names = ("Whole", *(f"Unit {chr(65 + at)}" for at in range(1, found.tree.size)))
            named = replace(found, tree=replace(found.tree, names=names))
            return named, seed
        seed += 1


def answered_anew(organization: Organization, seed: int, skipping: float) -> Organization:
    """Let everybody answer all questions, each in their mood, but for some that are left out."""
    rng, people = default_rng(seed), len(organization.unit)
    mood = rng.normal(3.4, 0.7, people)
    answers = np.clip(np.rint(rng.normal(mood, 1, (len(INSTRUMENT.keys), people))), 1, 5)
    # All but a few agree fully with one statement.
    answers[0] = np.where(rng.random(people) < 0.9, 5, answers[0])
    skipped = rng.random(answers.shape) < skipping
    # One area is left out more often than others.
    skipped[8:12] |= rng.random((4, people)) < 5 * skipping
    return replace(organization, answers=np.where(skipped, 0, answers).astype(np.int64))
