"""Released figures beside a benchmark edition, on the same statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sos_core.benchmarks.percentiles import Mark, Place, place, reference
from sos_core.records import BenchmarkEdition
from sos_core.results.comparison import Difference, score_of_means, shared_statements
from sos_core.results.instrument import Instrument
from sos_core.results.intervals import difference_half_width
from sos_core.results.published import Group


@dataclass(frozen=True, slots=True)
class Benchmarked:
    """A value beside a benchmark edition: the median, the difference from it, and the percentile."""

    median: Mark
    difference: Difference
    place: Place
    organizations: int
    synthetic: bool


def against_benchmark(
    instrument: Instrument, group: Group, edition: BenchmarkEdition, key: str, *, own: bool = False
) -> Benchmarked | None:
    """Return an area, ``overall`` or a variable beside an edition; None where it cannot be compared.

    An area that lacks a statement is compared with the organizations' scores on the others.
    """
    value, half_width, values, decimals = _sides(instrument, group, edition, key)
    marks = reference(values, own=own, decimals=decimals) if values else None
    if value is None or marks is None:
        return None
    median = marks.median
    width = difference_half_width(half_width, median.half_width, part_of=False)
    difference = Difference(round(value - median.value, decimals), width)
    return Benchmarked(
        median, difference, place(value, marks), marks.organizations, edition.synthetic
    )


def _sides(
    instrument: Instrument, group: Group, edition: BenchmarkEdition, key: str
) -> tuple[float | None, float, Sequence[float], int]:
    """Return (own value, its half-width, the organizations' values, decimals) of one key."""
    if key == "overall":
        complete = not group.areas.missing[group.row].any()
        values = edition.scores.get(key, ()) if complete else ()
        return group.overall(), float(group.areas.overall_half_width[group.row]) / 10, values, 0
    if key in instrument.areas:
        area = instrument.areas.index(key)
        half_width = float(group.areas.half_width[group.row, area]) / 10
        return group.score(area), half_width, _area_values(instrument, group, edition, area), 0
    variable = instrument.keys.index(key)
    half_width = float(group.questions.half_width[group.row, variable]) / 100
    return group.mean(variable), half_width, edition.scores.get(key, ()), 1


def _area_values(
    instrument: Instrument, group: Group, edition: BenchmarkEdition, area: int
) -> Sequence[float]:
    lacking = group.missing(area)
    if not lacking:
        return edition.scores.get(instrument.areas[area], ())
    shared = shared_statements(instrument, area, lacking)
    columns = [edition.scores.get(instrument.keys[item], ()) for item in shared]
    if not all(columns):
        return ()
    return [score_of_means(instrument, shared, means) for means in zip(*columns, strict=True)]
