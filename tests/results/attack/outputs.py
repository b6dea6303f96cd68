"""Turns everything that an installation gives out into figures, whoever asked and in whatever form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.results.attack.documents import Typed
from tests.results.attack.figures import Figure, Finding, Kind
from tests.results.attack.installation import INSTRUMENT
from tests.results.attack.truth import Truth, Where

HALF = {"score": 1.0, "mean": 0.05, "share": 0.005}
AREAS = {
    area: [INSTRUMENT.keys[item] for item in INSTRUMENT.statements(at).tolist()]
    for at, area in enumerate(INSTRUMENT.areas)
}
FAVORABLE = (3, 4)
ROLE_OF_NUMBERS = {
    "a figure": """Score.value StatementFigures.mean StatementFigures.favorable ActivityFigures.value
      OptionShare.percent ResultPlace.overall SummaryArea.score MatrixColumn.scores
      RateValue.share RateValue.finished""",
    "how many are behind a figure": """Score.answerCount StatementFigures.answerCount
      ActivityFigures.answerCount
      RateValue.invited""",
    "a figure less another one": "Difference.value Difference.reference MatrixColumn.deltas",
    "made of the displayed figure and an edition's marks": """Percentile.percentile Percentile.low
      Percentile.high Percentile.median Percentile.difference Percentile.organizationCount""",
    "made of the number of answers and the whole survey's variance": """Score.interval
      StatementFigures.interval ActivityFigures.interval""",
    "of memberships alone": "ResultGroup.peopleCount MatrixRows.peopleCounts",
    "no figure": """OptionShare.option MatrixColumn.groups ResultMatrix.rowCount UnitRate.depth
      UnitResults.smallestGroup ResultCuts.smallestGroup""",
}
"""What every number of the API is; one that is not named here fails a test."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Scope:
    """Where an object stands in an answer: whose figures it is about, and of what."""

    unit: str | None
    where: Where | None = None
    area: str = "overall"


@dataclass
class Outputs:
    """Collects the figures of one survey; ``published`` is every number by group and subject."""

    truth: Truth
    earlier: Outputs | None = None
    figures: dict[Figure, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    published: dict[tuple[Where, str], float] = field(default_factory=dict)
    missing: dict[tuple[Where, str], tuple[str, ...]] = field(default_factory=dict)
    scores: dict[tuple[Where, str, float, int | None], None] = field(default_factory=dict)
    references: list[tuple[str, Mapping[str, Any], str | None]] = field(default_factory=list)

    def read(self, answer: Typed, unit: str | None) -> None:
        """Take in an answer about a unit by its id (None: the organization)."""
        self._visit(answer, Scope(unit))

    def score(self, where: Where, area: str, value: float, answers: int | None = None) -> None:
        """Take in a score; what it rests on is looked up when everything has been read."""
        self._note((where, area), value)
        self.scores[where, area, value, answers] = None

    def close(self) -> list[Finding]:
        """Return what is wrong in itself: numbers of no group, and references that nobody sees."""
        for where, area, value, answers in self.scores:
            self._check_score(where, area, value, answers)
        for subject, difference, unit in self.references:
            if not self._known(subject, difference, unit):
                detail = f"{difference['reference']} of {difference['name']}"
                self.findings.append(Finding("unpublished reference", subject, 0, detail))
        return self.findings

    def explains(self, text: str, numbers: Iterable[float]) -> None:
        """Find numbers in a text that are not among those that stand beside it."""
        allowed = {f"{abs(number):g}" for number in numbers}
        for found in NUMBER.findall(text.replace(",", "")):
            if f"{float(found):g}" not in allowed:
                self.findings.append(Finding("unexplained number", "text", 0, f"{found}: {text}"))

    def _check_score(self, where: Where, area: str, value: float, answers: int | None) -> None:
        """Compare a score with the truth, and note whom it is about, statement by statement."""
        areas = INSTRUMENT.areas if area == "overall" else (area,)
        known = {name: self._shown(where, name) for name in areas}
        true = self.truth.score(where, known)
        if true is None or abs(value - true) > HALF["score"]:
            self._wrong(area, where, f"score {value}, true {true}")
        groups = {key: self.truth.answered(where, key) for keys in known.values() for key in keys}
        if answers is not None and answers != min(map(len, groups.values())):
            self._wrong(area, where, f"{answers} answers")
        for statement, group in groups.items():
            self._add(Figure(statement, group, 0.0, 0.0, Kind.SCORE))

    def _shown(self, where: Where, area: str) -> list[str]:
        """Return what an area's score rests on, as far as anybody was told; else what is planned."""
        lacking = self.missing.get((where, area))
        if lacking is None:
            return [key for key in AREAS[area] if self.truth.shown(where, key)]
        return [key for key in AREAS[area] if key not in lacking]

    def _visit(self, node: Typed, scope: Scope) -> None:
        handle = getattr(self, f"_{node['__typename']}", None)
        scope = (handle and handle(node, scope)) or scope
        for key, value in node.items():
            if node["__typename"] == "Survey" and key == "previous":
                if value and self.earlier:
                    self.earlier.read(value, scope.unit)
                continue
            inside = replace(scope, area="overall") if key == "overall" else scope
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, dict):
                    self._visit(child, inside)

    def _UnitResults(self, node: Typed, scope: Scope) -> Scope:
        scope = replace(scope, unit=node.get("unitId", scope.unit))
        where = self._group(node.get("group"), scope)
        self.truth.groups.setdefault(scope.unit, where)
        return replace(scope, where=where)

    def _AreaFigures(self, node: Typed, scope: Scope) -> Scope:
        return replace(scope, area=node["key"])

    def _ResultCutPart(self, node: Typed, scope: Scope) -> Scope:
        return replace(scope, where=Where("cut", node["key"]))

    def _Score(self, node: Typed, scope: Scope) -> None:
        if node.get("value") is None:
            return
        where = self._group(node.get("group"), scope)
        if node.get("missing") is not None:
            self.missing[where, scope.area] = tuple(node["missing"])
        self.score(where, scope.area, node["value"], node.get("answerCount"))
        self._differences(node, scope.area, scope)

    def _StatementFigures(self, node: Typed, scope: Scope) -> None:
        where, key = self._group(node.get("group"), scope), node["key"]
        members = self.truth.answered(where, key)
        if node.get("answerCount") not in (None, len(members)):
            self._wrong(key, where, f"{node['answerCount']} answers, not {len(members)}")
        for name in ("mean", "value"):
            if node.get(name) is not None:
                self._question(where, key, members, node[name], Kind.MEAN)
        wider = self.truth.answered(where, key, shares=True)
        shares = {(each["option"] - 1,): each["percent"] for each in node.get("distribution") or ()}
        if node.get("favorable") is not None:
            shares[FAVORABLE] = node["favorable"]
        for options, share in shares.items():
            self._question(where, key, wider, share / 100, Kind.SHARE, options)
        self._differences(node, key, scope)

    _ActivityFigures = _StatementFigures

    def _SummaryArea(self, node: Typed, scope: Scope) -> None:
        assert scope.where is not None
        self.score(scope.where, node["key"], node["score"])

    def _ResultPlace(self, node: Typed, scope: Scope) -> None:
        if node.get("overall") is not None:
            self.score(self._group(node["group"], scope), "overall", node["overall"])

    def _ResultMatrix(self, node: Typed, scope: Scope) -> None:
        rows = node["rows"]
        others = [self._group(each, scope) for each in node["standIns"]]
        for column in node["columns"]:
            pointers = column["groups"] or [None] * node["rowCount"]
            deltas = column["deltas"] or [None] * node["rowCount"]
            for at, value in enumerate(column["scores"]):
                if value is None:
                    continue
                own = Where("node", rows["groupKeys"][at])
                where = own if pointers[at] is None else others[pointers[at]]
                self.score(where, column["key"], value)
                if deltas[at] is not None:
                    self._delta(node["compare"], column["key"], own, rows["unitIds"][at], scope)

    def _PromptComments(self, node: Typed, scope: Scope) -> None:
        where = self._group(node["group"], scope)
        members = self.truth.members(where)
        self._add(Figure("comments", members, 0.0, 0.0, Kind.COMMENTS))
        authors = [int(found) for found in re.findall(r"\((\d+)\)", " ".join(node["comments"]))]
        if len(authors) != len(node["comments"]) or not members.issuperset(authors):
            self._wrong("comments", where, "comments of others")

    def _ResponseRate(self, node: Typed, scope: Scope) -> None:
        self._rate(node["overall"], None)
        for each in node.get("daily") or ():
            self._rate(each["rate"], None, final=False)
        for each in node["units"]:
            self._rate(each["rate"], each["unitId"])

    def _rate(self, rate: Typed, unit: str | None, *, final: bool = True) -> None:
        members, finished = self.truth.rate_group(unit)
        true = len(finished) / len(members)
        bounds = {"EXACT": (true, true), "AT_MOST": (0, 0.1), "AT_LEAST": (0.9, 1)}
        low, high = bounds[rate.get("bound") or "EXACT"]
        wrong = rate["invited"] != len(members) or not low <= true <= high
        if final and "share" in rate:
            wrong = wrong or (low == high and round(rate["share"], 4) != round(true, 4))
        if final and rate.get("finished") not in (None, len(finished)):
            wrong = True
        if wrong and final:
            self.findings.append(Finding("contradiction", "participation", 0, str(rate)))
        self._add(Figure("participation", members, true, 0.005, Kind.RATE))

    def _differences(self, node: Typed, subject: str, scope: Scope) -> None:
        for name in ("parent", "previous"):
            if node.get(name) is not None:
                unit = scope.unit if name == "previous" else None
                self.references.append((subject, {**node[name], "kind": name}, unit))

    def _delta(self, compare: str, area: str, own: Where, unit: Any, scope: Scope) -> None:
        """Note what a difference in the matrix is counted from."""
        if (own, area) not in self.published:
            self._wrong(area, own, "a difference of a score that is not its own")
        if compare == "PREVIOUS":
            earlier = self.earlier and self.earlier.truth.groups.get(unit)
            if not (self.earlier and earlier and (earlier, area) in self.earlier.published):
                self.findings.append(Finding("unpublished reference", area, 0, "matrix"))

    def _known(self, subject: str, difference: Mapping[str, Any], unit: str | None) -> bool:
        """Tell whether the figure that another is compared with is one that is published."""
        outputs, name = self, difference["name"]
        if difference["kind"] == "previous":
            outputs = self.earlier or self
            if name != outputs.truth.run.title:
                return False
            where = outputs.truth.groups.get(unit)
        else:
            where = outputs.truth.group_named(name)
        value = where and outputs.published.get((where, subject))
        return value is not None and abs(value - difference["reference"]) < 1e-9

    def _question(
        self,
        where: Where,
        key: str,
        members: frozenset[int],
        value: float,
        kind: Kind,
        options: tuple[int, ...] = (),
    ) -> None:
        half = HALF[kind]
        if kind is Kind.MEAN:
            self._note((where, key), value)
        true = self.truth.value(key, members, options)
        if true is None or abs(true - value) > half + 1e-9:
            self._wrong(key, where, f"{kind} {value}, true {true}")
        self._add(Figure(key, members, value, half, kind, options))

    def _group(self, group: Typed | None, scope: Scope) -> Where:
        if group is not None:
            return self.truth.learn(group) if "key" in group else self.truth.named(group["name"])
        if scope.where is not None:
            return scope.where
        return self.truth.groups[scope.unit]

    def _note(self, key: tuple[Where, str], value: float) -> None:
        if self.published.setdefault(key, value) != value:
            self._wrong(key[1], key[0], f"{value} and {self.published[key]}")

    def _wrong(self, subject: str, where: Where, detail: str) -> None:
        self.findings.append(Finding("contradiction", subject, 0, f"{where}: {detail}"))

    def _add(self, figure: Figure) -> None:
        self.figures[figure] = None


def numbers_in(node: Any) -> Iterator[float]:
    """Yield every number in an answer."""
    if isinstance(node, bool) or node is None:
        return
    if isinstance(node, int | float):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from numbers_in(child)
