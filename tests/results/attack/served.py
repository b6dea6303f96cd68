"""Asks the served application for everything, as everybody: documents, pages, files, widgets."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl import load_workbook

from sos_core.benchmarks.tables import BenchmarkContribution
from sos_core.results.policy import Policy
from sos_graphql.documents import guest_documents, stored_documents
from sos_graphql.nodes import node_id
from tests.embed.browser import toolchain
from tests.results.attack.documents import ROOTS, Typed, full, typed, variables_of
from tests.results.attack.figures import Finding
from tests.results.attack.installation import GUEST, GUEST_WIDGETS, ROLES, Installation, Run
from tests.results.attack.outputs import AREAS, Outputs, numbers_in
from tests.results.attack.truth import Truth

COMPARE = ("NONE", "PARENT", "PREVIOUS", "BENCHMARK")
EACH = 12
STATEMENTS = [key for keys in AREAS.values() for key in keys]
ENDINGS = ("csv", "xlsx")


class Crawl:
    """Asks one survey for everything, as every role."""

    def __init__(self, installation: Installation, run: Run, earlier: Outputs | None) -> None:
        self.installation = installation
        self.run = run
        self.outputs = Outputs(Truth(installation.world, run), earlier)
        self.survey = node_id("Survey", run.survey_id)
        self.units = [self.outputs.truth.key(place) for place in self.outputs.truth.tree]
        self.seen: dict[str, list[str | None]] = {}
        self.contributed = 0

    def everything(self) -> Outputs:
        for role in ROLES:
            self.full(role)
        for turn, role in enumerate(ROLES):
            self.widgets(role, turn)
            self.pages(role)
            self.downloads(role)
        self.guests()
        self.contribution()
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
                if results["unitId"] not in seen:
                    seen.append(results["unitId"])
            turn = 1 + self.units.index(unit) % (len(COMPARE) - 1)
            for compare in (COMPARE[0], COMPARE[turn]) if role == ROLES[0] else COMPARE[:1]:
                self.ask(role, full("matrix"), unit, compare=compare)
        for root in ("cuts", "responseRate"):
            self.ask(role, full(root), None)

    def text(self, results: Typed) -> None:
        """Explain every number in words by the numbers that stand beside them."""
        rates = self.outputs.truth.rate_group(results["unitId"])
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
        every = EACH if role == ROLES[0] else len(STATEMENTS)
        for document in result_documents():
            names = variables_of(document)
            units = self.seen[role] if "unit" in names else self.seen[role][:1]
            for at, unit in enumerate(units, turn):
                for more in self._asked(names, at, every):
                    self.ask(role, document, unit, **more)

    def _asked(self, names: list[str], at: int, every: int) -> list[dict[str, Any]]:
        """Return what a document is asked with about the unit whose turn it is."""
        if "compare" in names:
            return [{"compare": COMPARE[at % len(COMPARE)]}]
        if "key" in names:
            return [{"key": key} for key in STATEMENTS[at % every :: every]]
        if "area" in names:
            return [{"area": None}, {"area": list(AREAS)[at % len(AREAS)]}]
        return [{}]

    def guests(self) -> None:
        """Ask what widgets in other sites' pages ask, with a token for each of three units."""
        for at, unit in enumerate(dict.fromkeys([self.units[0], self.units[1], self.units[-1]])):
            self.installation.admit_guest(self.survey, unit)
            for document in result_documents(sorted(guest_documents(GUEST_WIDGETS))):
                for more in self._asked(variables_of(document), 4 * at, EACH):
                    self.ask(GUEST, document, unit, **more)

    def contribution(self) -> None:
        """Read what the benchmark database was given, which may be what everybody sees and no more."""
        world = self.installation.world
        with world.database.read(None) as session:
            row = session.get(BenchmarkContribution, world.organization_id)
        if row is None or row.survey_id != self.run.survey_id:
            return
        root = self.outputs.truth.groups[None]
        self.contributed = len(row.scores)
        for key, value in row.scores.items():
            if self.outputs.published.get((root, key)) != value:
                self.outputs.findings.append(Finding("contribution", key, 0, f"{value}"))

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
        for ending in ENDINGS:
            address = f"/files/results/{self.run.survey_id}.{ending}"
            answer = self.installation.get(role, address)
            if not self.seen[role]:
                assert answer.status_code == 404
                continue
            rows = rows_of(ending, answer.content)
            assert len(rows) > len(self.seen[role]) - 1
            for row in rows[1:]:
                where = self.outputs.truth.named(str(row[2]))
                for area, value in zip(("overall", *AREAS), row[4:], strict=True):
                    if value not in ("", None):
                        self.outputs.score(where, area, float(value))


def rows_of(ending: str, content: bytes) -> list[list[Any]]:
    """Return the rows of a file, all of its sheets, heading first."""
    if ending == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    book = load_workbook(io.BytesIO(content), data_only=True)
    return [list(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]


def result_documents(digests: Iterable[str] | None = None) -> list[str]:
    """Return the widgets' documents that ask for figures, all or those of some digests."""
    toolchain.build()
    stored = stored_documents()
    roots = [f"{root}" for root in ROOTS]
    return [
        text
        for text in (stored.values() if digests is None else map(stored.__getitem__, digests))
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
            if key not in ("__typename", "key", "areaKey", "subject"):
                yield from texts_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from texts_in(child)


def crawled(installation: Installation) -> list[Outputs]:
    """Return what both surveys give out."""
    found: list[Outputs] = []
    for run in installation.runs:
        crawl = Crawl(installation, run, found[-1] if found else None)
        found.append(crawl.everything())
    assert crawl.contributed, "the benchmark was given nothing to look at"
    return found
