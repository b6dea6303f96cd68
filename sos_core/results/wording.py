"""Puts published results into words: names of groups, notes, and the executive summary of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sos_core.content import level_title, list_text, number_text, percent_text, text
from sos_core.results.naming import Form, Name
from sos_core.results.summary import Activity, Note, Rate
from sos_core.results.views import Delta, ScoreView, UnitResults
from sos_core.surveys.queries import SurveyUnitView

Tree = Sequence[SurveyUnitView]


@dataclass(frozen=True, slots=True)
class AreaText:
    """An area that stands out, with the reasons as sentences."""

    key: str
    name: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestionText:
    """A starting point for a talk in the team."""

    area: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SummaryText:
    """The executive summary of a unit in one language."""

    title: str
    headline: str
    sentences: tuple[str, ...]
    strengths: tuple[AreaText, ...]
    opportunities: tuple[AreaText, ...]
    suggestions: tuple[SuggestionText, ...]
    activities: tuple[str, ...]
    notes: tuple[str, ...]


def group_name(language: str, tree: Tree, name: Name) -> str:
    """Return the name of a group: of its unit, or of the parts that it is made of (R3)."""
    if name.form is Form.UNIT:
        return tree[name.units[0]].name
    if name.form is Form.MANY:
        count = len(name.units) + len(name.staff)
        return text(language, "combined.many", count=count, parent=tree[name.within].name)
    parts = part_names(language, tree, name)
    if name.form is Form.WITH_STAFF:
        staff = text(language, "combined.joiner").join(tree[unit].name for unit in name.staff)
        own = tree[name.units[0]].name
        return text(language, "combined.with_direct_staff", names=own, unit=staff)
    joined = text(language, "combined.joiner").join(parts)
    if name.form is Form.JOINED:
        return text(language, "combined.size", names=joined, count=name.people)
    return joined


def part_names(language: str, tree: Tree, name: Name) -> list[str]:
    """Return the names of the units, and of the direct staffs, that a group is made of."""
    units = [tree[unit].name for unit in name.units]
    return units + [
        text(language, "combined.direct_staff", unit=tree[unit].name) for unit in name.staff
    ]


def note_text(
    language: str, tree: Tree, note: Note, *, unit: int, name_of: Mapping[int, Name]
) -> str:
    """Return a note in words; ``name_of`` has the names of the nodes that notes speak of."""
    known = note.values
    values: dict[str, object] = {"unit": tree[unit].name, **known}
    if isinstance(found := known.get("node"), int):
        values["combined"] = group_name(language, tree, name_of[found])
    for key in ("unit", "shown"):
        if isinstance(place := known.get(key), int):
            values[key] = tree[place].name
    if isinstance(area := known.get("area"), str):
        values["area"] = area_name(language, area)
    if isinstance(keys := known.get("statements"), tuple):
        quoted = [
            text(language, "results.quoted", name=text(language, f"statement.{key}"))
            for key in keys
        ]
        values["statements"] = list_text(language, quoted)
    return text(language, note.code, **values)


def node_names(results: UnitResults) -> dict[int, Name]:
    """Return the names of the groups that the notes on a unit speak of."""
    larger = [score.larger for score in (results.overall, *results.areas)]
    larger += [question.group for question in results.questions]
    groups = [results.group, *(group for group in larger if group is not None)]
    return {group.node: group.name for group in groups}


def area_name(language: str, key: str) -> str:
    """Return the name of an area, or what the overall score is called."""
    return text(language, "results.overall" if key == "overall" else f"area.{key}.name")


def cut_name(language: str, level_name: str | None) -> str:
    """Return the name of a cut across the tree: by a level, or (None) leaders beside all others."""
    if level_name is None:
        return text(language, "cut.by_leaders")
    return text(language, "cut.by_level", level=level_title(level_name))


def band_name(language: str, band: str) -> str:
    """Return the name of a score's band."""
    return text(language, f"score_band.{band}.name")


def summary_text(language: str, results: UnitResults) -> SummaryText:
    """Return the executive summary of a unit in one language."""
    found, scores = results.summary, {score.key: score for score in results.areas}
    named = group_name(language, results.tree, results.group.name)

    def areas(keys: Sequence[str]) -> tuple[AreaText, ...]:
        return tuple(_area(language, results, scores[key]) for key in keys)

    return SummaryText(
        title=text(language, "summary.title", unit=named),
        headline=_headline(language, named, results.overall),
        sentences=tuple(_sentences(language, results)),
        strengths=areas(found.strongest),
        opportunities=areas(found.weakest),
        suggestions=tuple(_suggestion(language, key) for key in found.suggestions),
        activities=tuple(
            _activity(language, item) for item in found.activities if item.value is not None
        ),
        notes=(*(_note(language, results, note) for note in found.notes), *_always(language)),
    )


def rate_text(language: str, rate: Rate) -> str:
    """Return a response rate, with the sign of a limit."""
    return {-1: "≤ ", 0: "", 1: "≥ "}[rate.limit] + percent_text(language, rate.share)


def activity_text(language: str, key: str, value: float) -> str:
    """Return an activity level in words, for example "12 hours a week"."""
    hours = key.endswith("_hours")
    kind = "results.hours_per_week" if hours else "results.per_week"
    return text(language, kind, value=number_text(language, value, 1))


def _headline(language: str, named: str, overall: ScoreView) -> str:
    if overall.own is None or overall.band is None:
        return text(language, "summary.headline_without_score", unit=named)
    return text(
        language,
        "summary.headline",
        unit=named,
        score=overall.own,
        band=band_name(language, overall.band),
        meaning=text(language, f"score_band.{overall.band}.meaning"),
    )


def _sentences(language: str, results: UnitResults) -> list[str]:
    rate, overall = results.summary.rate, results.overall
    count = None if overall.own is None else overall.answers
    found = []
    if count is not None and rate is not None:
        shown = rate_text(language, rate)
        # Fewer may stand behind the score, which counts those who could judge every statement.
        count = rate.finished or count
        found.append(text(language, "summary.respondents", count=count, rate=shown))
    elif count is not None:
        found.append(text(language, "summary.respondents_only", count=count))
    comparisons = (("previous", results.overall.previous), ("parent", results.overall.parent))
    for kind, delta in comparisons:
        if delta is not None and delta.value is not None and delta.reason is None:
            values = _compared(results)
            key = f"summary.{kind}.{_direction(delta)}"
            found.append(text(language, key, points=_points(language, delta), **values))
    return found


def _area(language: str, results: UnitResults, score: ScoreView) -> AreaText:
    reasons = []
    for kind, delta in (("parent", score.parent), ("previous", score.previous)):
        if delta is not None and delta.value is not None and delta.reason is None:
            values = _compared(results)
            key = f"standing.{kind}.{_direction(delta)}"
            reasons.append(text(language, key, points=_points(language, delta), **values))
    if score.benchmark is not None and results.edition is not None:
        reasons.append(
            text(
                language,
                "percentile.sentence",
                percentile=score.benchmark.place.percentile,
                benchmark=results.edition.title,
                organizations=score.benchmark.organizations,
            )
        )
    return AreaText(score.key, area_name(language, score.key), score.value or 0, tuple(reasons))


def _compared(results: UnitResults) -> dict[str, object]:
    parent, previous = results.parent, results.previous
    return {
        "parent": "" if parent is None else parent.name,
        "survey": "" if previous is None else previous.title,
    }


def _direction(delta: Delta) -> str:
    if not delta.beyond_chance or not delta.value:
        return "level"
    return "above" if delta.value > 0 else "below"


def _points(language: str, delta: Delta) -> str:
    return text(language, "results.points", count=round(abs(delta.value or 0)))


def _suggestion(language: str, key: str) -> SuggestionText:
    area = key.split(".")[1]
    return SuggestionText(area, area_name(language, area), text(language, key))


def _activity(language: str, item: Activity) -> str:
    values: dict[str, object] = {
        "activity": text(language, f"{item.key}.name"),
        "value": activity_text(language, item.key, item.value or 0.0),
    }
    if item.benchmark is None:
        return text(language, "activities.without_benchmark", **values)
    values["benchmark"] = number_text(language, item.benchmark.median.value, 1)
    return text(language, "activities.against_benchmark", **values)


def _note(language: str, results: UnitResults, note: Note) -> str:
    return note_text(
        language, results.tree, note, unit=results.place.index, name_of=node_names(results)
    )


def _always(language: str) -> list[str]:
    return [text(language, "summary.chance"), text(language, "results.provisional_bands")]
