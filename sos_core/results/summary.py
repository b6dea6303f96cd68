"""The executive summary of a unit as data: keys and values, which texts in any language are made of.

Areas are ranked against the benchmark where there is one, else against the parent, else against the
earlier survey, else by their scores: some areas are harder for everybody, and a summary that always
named those would say nothing about the unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sos_core.content import Questionnaire
from sos_core.records import BenchmarkEdition
from sos_core.results.benchmarking import Benchmarked, against_benchmark
from sos_core.results.comparison import (
    Difference,
    Trend,
    area_difference,
    area_trend,
    overall_difference,
    shared_statements,
)
from sos_core.results.instrument import Instrument
from sos_core.results.published import Group, Published
from sos_core.results.rounding import HIDDEN

NAMED = 3
"""How many strongest and weakest areas and how many suggestions a summary names."""
Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A response rate as it may be shown; ``limit`` -1 reads "at most", 1 "at least", 0 exactly it.

    ``finished`` is the number of people, None where only a limit may be shown.
    """

    share: float
    limit: Literal[-1, 0, 1] = 0
    finished: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A score (0–100, None where hidden) with its band and what it is compared with.

    ``key`` is an area's, or ``overall``; ``parent`` is None at the root, ``previous`` without an
    earlier survey.
    """

    key: str
    score: int | None
    band: str | None
    parent: Difference | None = None
    previous: Trend | None = None
    benchmark: Benchmarked | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity level (one decimal, None where hidden) beside the benchmark."""

    key: str
    value: float | None
    benchmark: Benchmarked | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is not shown, and why: a catalog key and the keys or ids that fill it."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a unit's leader should know first; areas are named by key, suggestions by catalog key.

    ``unit`` and ``parent`` are indices in the survey's tree. ``strongest`` has the strongest area
    first, ``weakest`` and ``suggestions`` the weakest first.
    """

    unit: int
    parent: int | None
    overall: Standing
    areas: tuple[Standing, ...]
    strongest: tuple[str, ...]
    weakest: tuple[str, ...]
    suggestions: tuple[str, ...]
    activities: tuple[Activity, ...]
    rate: Rate | None
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Surroundings:
    """What the figures of a survey are seen beside; ``own`` if the edition holds this organization."""

    questionnaire: Questionnaire
    instrument: Instrument
    earlier: Published | None = None
    edition: BenchmarkEdition | None = None
    own: bool = False


def summarize(
    now: Published, unit: int, beside: Surroundings, *, rate: Rate | None = None
) -> Summary | None:
    """Return the summary of a unit (index), None where nobody in its group submitted.

    ``rate`` is the response rate that may be shown for the unit, None where none may.
    """
    group = now.group(unit)
    if group is None:
        return None
    parent = now.above(unit)
    areas = tuple(
        _standing(now, unit, group, parent, beside, area)
        for area in range(len(beside.instrument.areas))
    )
    overall = _standing(now, unit, group, parent, beside, None)
    ranked = _ranked(areas)
    named = min(NAMED, len(ranked) // 2)
    return Summary(
        unit=unit,
        parent=parent,
        overall=overall,
        areas=areas,
        strongest=tuple(standing.key for standing in ranked[:named]),
        weakest=tuple(standing.key for standing in ranked[::-1][:named]),
        suggestions=tuple(f"suggestion.{s.key}.{s.band}" for s in ranked[::-1][:NAMED]),
        activities=_activities(group, beside),
        rate=rate,
        notes=_notes(now, unit, group, beside, (overall, *areas), rate),
    )


def _standing(
    now: Published,
    unit: int,
    group: Group,
    parent: int | None,
    beside: Surroundings,
    area: int | None,
) -> Standing:
    """Return one area (None: overall) with its band and comparisons."""
    instrument = beside.instrument
    score = group.overall() if area is None else group.score(area)
    key = "overall" if area is None else instrument.areas[area]
    if score is None:
        return Standing(key, None, None)
    above = None if parent is None else now.group(parent)
    from_parent = None
    if above is not None and area is None:
        from_parent = overall_difference(instrument, group, above, part_of=True)
    elif above is not None and area is not None:
        from_parent = area_difference(instrument, group, above, area, part_of=True)
    trend, benchmarked = None, None
    if beside.earlier is not None:
        trend = area_trend(instrument, now, beside.earlier, unit, area)
    if beside.edition is not None:
        benchmarked = against_benchmark(instrument, group, beside.edition, key, own=beside.own)
    band = beside.questionnaire.score_band(score)
    return Standing(key, score, band, from_parent, trend, benchmarked)


def _ranked(areas: Sequence[Standing]) -> list[Standing]:
    """Return the shown areas, strongest first, all ranked against the same thing."""
    shown = [standing for standing in areas if standing.score is not None]
    for measure in (_from_benchmark, _from_parent, _from_previous):
        distances = [measure(standing) for standing in shown]
        if shown and None not in distances:
            pairs = zip(distances, shown, strict=True)
            return [s for _, s in sorted(pairs, key=lambda p: (-(p[0] or 0), -(p[1].score or 0)))]
    return sorted(shown, key=lambda standing: -(standing.score or 0))


def _from_benchmark(standing: Standing) -> float | None:
    return standing.benchmark.difference.value if standing.benchmark else None


def _from_parent(standing: Standing) -> float | None:
    return standing.parent.value if standing.parent else None


def _from_previous(standing: Standing) -> float | None:
    trend = standing.previous
    at_unit = trend is not None and trend.reason is None and trend.difference is not None
    return trend.difference.value if at_unit and trend and trend.difference else None


def _activities(group: Group, beside: Surroundings) -> tuple[Activity, ...]:
    found = []
    for activity in beside.questionnaire.activities:
        value = group.mean(beside.instrument.keys.index(activity.key))
        benchmarked = None
        if value is not None and beside.edition is not None:
            benchmarked = against_benchmark(
                beside.instrument, group, beside.edition, activity.key, own=beside.own
            )
        found.append(Activity(activity.key, value, benchmarked))
    return tuple(found)


def _notes(
    now: Published,
    unit: int,
    group: Group,
    beside: Surroundings,
    standings: Sequence[Standing],
    rate: Rate | None,
) -> tuple[Note, ...]:
    """Return what is hidden at the unit, from the largest to the smallest matter."""
    notes = []
    if not now.exact[unit]:
        notes.append(Note("hidden.unit_combined", {"node": int(now.plan.node_of_unit[unit])}))
    for area, standing in enumerate(standings[1:]):
        notes += _area_notes(group, area, standing, beside.instrument)
    if standings[0].score is None:
        notes.append(Note("hidden.overall"))
    statements = beside.instrument.area >= 0
    if (group.questions.favorable[group.row, statements] == HIDDEN).any():
        notes.append(Note("hidden.shares"))
    if rate is None:
        notes.append(Note("hidden.rate", {"smallest": now.plan.policy.k}))
    if beside.edition is not None and all(standing.benchmark is None for standing in standings):
        notes.append(Note("hidden.benchmark"))
    return (*notes, *_trend_notes(unit, beside, standings))


def _area_notes(group: Group, area: int, standing: Standing, instrument: Instrument) -> list[Note]:
    missing = group.missing(area)
    if standing.score is None:
        return [Note("hidden.area_nothing", {"area": standing.key})]
    if not missing:
        return []
    shown = set(shared_statements(instrument, area, missing))
    lacking = [item for item in instrument.statements(area).tolist() if item not in shown]
    statements = tuple(instrument.keys[item] for item in lacking)
    values: dict[str, Value] = {
        "area": standing.key,
        "count": len(statements),
        "statements": statements,
    }
    return [Note("hidden.area_incomplete", values)]


def _trend_notes(unit: int, beside: Surroundings, standings: Sequence[Standing]) -> list[Note]:
    """Return one note on trends: why they are missing, or which unit stands in."""
    trends = [standing.previous for standing in standings if standing.previous is not None]
    if beside.earlier is None:
        return [Note("trend.first")]
    if any(trend.reason == "other_questionnaire" for trend in trends):
        return [Note("trend.other_questionnaire")]
    notes = []
    upper = [trend.unit for trend in trends if trend.reason and trend.unit is not None]
    if upper:
        notes.append(Note("trend.other_groups", {"unit": unit, "shown": max(upper)}))
    elif any(trend.difference is None for trend in trends):
        notes.append(Note("trend.other_groups_everywhere"))
    differences = [trend.difference for trend in trends if trend.difference is not None]
    if any(not difference.same_statements for difference in differences):
        notes.append(Note("trend.other_statements"))
    return notes
