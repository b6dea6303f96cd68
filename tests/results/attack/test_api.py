"""The attack program over the served application: every document, page and file, as every role."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from sos_core.clock import ManualClock
from sos_core.results.policy import Policy
from sos_core.results.views import QuestionView
from sos_graphql.documents import stored_documents
from sos_graphql.nodes import node_id
from sos_graphql.results.making import Maker
from tests.embed.browser import toolchain
from tests.results.attack.documents import ROOTS, Typed, full, numbers, typed, variables_of
from tests.results.attack.figures import Kind
from tests.results.attack.installation import ROLES, Installation, Run
from tests.results.attack.outputs import AREAS, ROLE_OF_NUMBERS, Outputs, numbers_in
from tests.results.attack.program import attack, attack_pair
from tests.results.attack.truth import Truth

SEEDS = (1, 2)
COMPARE = ("NONE", "PARENT", "PREVIOUS", "BENCHMARK")
EACH = 12
STATEMENTS = [key for keys in AREAS.values() for key in keys]


@pytest.fixture
def build(sqlite_template: Path, tmp_path: Path, clock: ManualClock) -> Iterator[Any]:
    made: list[Installation] = []
    with start_blocking_portal() as portal:

        def go(seed: int, *, skipping: float) -> Installation:
            folder = tmp_path / "data"
            made.append(
                Installation.build(seed, folder, sqlite_template, clock, portal, skipping=skipping)
            )
            return made[-1]

        yield go
        for each in made:
            each.stop()


def test_every_number_of_the_api_is_known_to_the_attack() -> None:
    known = [tuple(name.split(".")) for names in ROLE_OF_NUMBERS.values() for name in names.split()]
    assert len(known) == len(set(known))
    assert set(known) == numbers()


class Crawl:
    """Asks one survey for everything, as every role."""

    def __init__(self, installation: Installation, run: Run, earlier: Outputs | None) -> None:
        self.installation = installation
        self.run = run
        self.outputs = Outputs(Truth(installation.world, run), earlier)
        self.survey = node_id("Survey", run.survey_id)
        self.units = [self.outputs.truth.key(place) for place in self.outputs.truth.tree]
        self.seen: dict[str, list[str | None]] = {}

    def everything(self) -> Outputs:
        for role in ROLES:
            self.full(role)
        for turn, role in enumerate(ROLES):
            self.widgets(role, turn)
            self.pages(role)
            self.downloads(role)
        return self.outputs

    def ask(self, role: str, document: str, unit: str | None, **more: Any) -> Typed:
        variables = {"survey": self.survey, "unit": unit, **more}
        known = {name: variables[name] for name in variables_of(document)}
        answer = typed(document, self.installation.ask(role, document, known))
        self.outputs.read(answer, unit)
        return answer

    def full(self, role: str) -> None:
        """Ask for every field there is, about every unit."""
        seen = self.seen.setdefault(role, [])
        for unit in self.units:
            found = self.ask(role, full("results"), unit)["survey"]
            results = found and found["results"]
            if results and results["__typename"] == "UnitResults":
                self.text(results)
                # Who does not see the organization is given the highest unit in its place.
                if results["unit"] not in seen:
                    seen.append(results["unit"])
            for compare in COMPARE if role == ROLES[0] else COMPARE[:1]:
                self.ask(role, full("matrix"), unit, compare=compare)
        for root in ("cuts", "responseRate"):
            self.ask(role, full(root), None)

    def text(self, results: Typed) -> None:
        """Explain every number in words by the numbers that stand beside them."""
        rates = self.outputs.truth.rate_group(results["unit"])
        policy = Policy()
        numbers = {
            *numbers_in(results),
            *map(len, rates),
            round(100 * len(rates[1]) / len(rates[0])),
        }
        numbers |= {policy.k, policy.shares, policy.comments, 0, 1, 2, 3, 4, 5, 10, 90, 100}
        numbers |= {round(number) for number in numbers}
        words = [results["summary"], results["hidden"], results["comments"].get("hidden")]
        for sentence in texts_in(words):
            self.outputs.explains(sentence, numbers)

    def widgets(self, role: str, turn: int) -> None:
        """Ask what the widgets ask; roles and units share the statements and areas among them."""
        for document in result_documents():
            names = variables_of(document)
            for at, unit in enumerate(self.seen[role], turn):
                if "compare" in names:
                    given: list[dict[str, Any]] = [{"compare": COMPARE[at % len(COMPARE)]}]
                elif "key" in names:
                    given = [{"key": key} for key in STATEMENTS[at % EACH :: EACH]]
                elif "area" in names:
                    given = [{"area": None}, *({"area": a} for a in list(AREAS)[at % 4 :: 4])]
                else:
                    given = [{}]
                for more in given:
                    self.ask(role, document, unit, **more)

    def pages(self, role: str) -> None:
        """Read the scores in the pages of results, and every other number there."""
        for unit in self.seen[role]:
            address = f"/app/results/{self.run.survey_id}/{unit or 'organization'}"
            page = self.installation.get(role, address)
            assert page.status_code == 200
            [table] = re.findall(r"<sos-areas.*?</sos-areas>", page.text, re.DOTALL)
            caption = html.unescape(re.findall(r"<caption>(.*?)</caption>", table)[0])
            own = self.outputs.truth.named(caption)
            rows = re.findall(r"<tr><th scope=\"row\">.*?</th><td>(.*?)</td></tr>", table)
            for area, cell in zip(("overall", *AREAS), rows, strict=True):
                value, _, larger = html.unescape(cell).partition(" <small>")
                where = own
                if larger:
                    where = self.outputs.truth.named(
                        larger.removeprefix("with ").removesuffix("</small>")
                    )
                if value.isdecimal():
                    self.outputs.score(where, area, int(value))

    def downloads(self, role: str) -> None:
        """Read the scores in the files that can be saved."""
        answer = self.installation.get(role, f"/files/results/{self.run.survey_id}.csv")
        if not self.seen[role]:
            assert answer.status_code == 404
            return
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert len(rows) > len(self.seen[role]) - 1
        for row in rows[1:]:
            where = self.outputs.truth.named(row[2])
            for area, value in zip(("overall", *AREAS), row[4:], strict=True):
                if value:
                    self.outputs.score(where, area, float(value))


def result_documents() -> list[str]:
    """Return the widgets' documents that ask for figures."""
    toolchain.build()
    roots = [f"{root}" for root in ROOTS]
    return [
        text
        for text in stored_documents().values()
        if text.startswith("query")
        and any(f" {root}" in text for root in roots)
        and set(variables_of(text)) <= {"survey", "unit", "key", "area", "compare"}
    ]


def texts_in(node: Any) -> Iterator[str]:
    """Yield every sentence in an answer."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, child in node.items():
            if key not in ("__typename", "key", "area", "subject"):
                yield from texts_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from texts_in(child)


def crawled(installation: Installation) -> list[Outputs]:
    """Return what both surveys give out."""
    found: list[Outputs] = []
    for run in installation.runs:
        found.append(Crawl(installation, run, found[-1] if found else None).everything())
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_is_served_withstands_the_attack(build: Any, seed: int) -> None:
    installation = build(seed, skipping=0.05 if seed % 2 else 0.0)
    outputs = crawled(installation)
    policy = Policy()
    for each in outputs:
        assert each.close() == []
        assert {figure.kind for figure in each.figures} == set(Kind)
        assert attack(each.figures, installation.scales, policy) == []
    if seed % 2 == 0:
        # The rule across surveys counts people: who left a question out is not behind its figures.
        assert attack_pair(*(each.figures for each in outputs), policy.across) == []


def own_figures(truth: Truth) -> Callable[..., Any]:
    """Return a resolver that shows a unit's own answers where only a larger group's are published."""
    shown = Maker.statement

    def leaking(maker: Maker, view: QuestionView, area: str, notes: Iterable[str]) -> Any:
        if view.group is not None:
            members = truth.answered(truth.node_of(maker.place.index), view.key)
            mean = truth.value(view.key, members, ())
            if mean is not None:
                view = replace(
                    view, group=None, mean=round(mean, 1), answers=len(members),
                    favorable=None, shares=None,
                )  # fmt: skip
        return shown(maker, view, area, notes)

    return leaking


def nameless(_truth: Truth) -> Callable[..., Any]:
    """Return a resolver that forgets to say whose figures it shows."""
    shown = Maker.statement

    def forgetful(maker: Maker, view: QuestionView, area: str, notes: Iterable[str]) -> Any:
        return shown(maker, replace(view, group=None), area, notes)

    return forgetful


def test_a_resolver_that_shows_an_unpublished_node_is_found(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = build(SEEDS[0], skipping=0.05)
    crawl = Crawl(installation, installation.runs[0], None)
    monkeypatch.setattr(Maker, "statement", own_figures(crawl.outputs.truth))
    crawl.full("admin")
    rules = {
        finding.rule for finding in attack(crawl.outputs.figures, installation.scales, Policy())
    }
    assert rules & {"atom", "combination", "interval"}


def test_a_resolver_that_calls_a_group_by_another_name_is_found(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = build(SEEDS[0], skipping=0.05)
    crawl = Crawl(installation, installation.runs[0], None)
    monkeypatch.setattr(Maker, "statement", nameless(crawl.outputs.truth))
    crawl.full("admin")
    assert "contradiction" in {finding.rule for finding in crawl.outputs.close()}
