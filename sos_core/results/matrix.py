"""The scores of many units as columns: array operations, since a heatmap may have 2,000 rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sos_core.benchmarks.percentiles import reference
from sos_core.errors import NotFound
from sos_core.results.benchmarking import against_benchmark
from sos_core.results.comparison import Difference, area_difference, overall_difference
from sos_core.results.figures import AreaFigures
from sos_core.results.published import Group, Published, same_group
from sos_core.results.reading import Reading
from sos_core.results.rounding import HIDDEN
from sos_core.results.summary import Note
from sos_core.results.views import Comparison, MatrixColumn, MatrixFigures

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: figures, and the row of each unit, -1 for none."""

    published: Published
    rows: NDArray[np.int64]

    def group(self, place: int) -> Group:
        """Return the group in a row of the matrix."""
        figures = self.published.figures
        return Group(figures.node_questions, figures.node_areas, int(self.rows[place]))


def rows_of(reading: Reading, parent: int, level: int | None, *, whole: bool) -> list[int]:
    """Return the units of the rows that the viewer may see; raise NotFound without a parent."""
    if not 0 <= parent < len(reading.tree):
        raise NotFound(
            "This unit was not part of the survey.",
            "Choose one of the units shown.",
            code="unit_not_in_survey",
        )
    below = reading.tree[parent + 1 : reading.tree[parent].stop]
    if level is not None:
        below = [place for place in below if place.level == level]
    elif not whole:
        below = [place for place in below if place.parent_index == parent]
    return [place.index for place in below if place.index in reading.sight.figures]


def matrix_figures(reading: Reading, units: Sequence[int], compare: Comparison) -> MatrixFigures:
    """Return the rows of some units, with larger groups where their own scores are hidden."""
    columns, note = columns_of(reading, units, compare)
    larger, columns = with_stand_ins(reading.opened.published, units, columns)
    return MatrixFigures(
        places=[reading.tree[unit] for unit in units],
        groups=[reading.group_of(unit) for unit in units],
        drillable=[reading.drillable(unit) for unit in units],
        columns=columns,
        stand_ins=[replace(reading.group(node, 0), exact=False) for node in larger],
        note=note,
    )


def columns_of(
    reading: Reading, units: Sequence[int], compare: Comparison
) -> tuple[list[MatrixColumn], Note | None]:
    """Return the overall score and the areas of some units; a note says why a comparison is not."""
    published = reading.opened.published
    now = _Side(published, np.array(published.row_of_unit, np.int64)[list(units)])
    areas = published.figures.node_areas
    keys = ("overall", *reading.instrument.areas)
    scores = [_scores(areas, now.rows, column - 1) for column in range(len(keys))]
    note = _why_not(reading, compare)
    if compare == "none" or note is not None:
        return [
            MatrixColumn(key, _displayed(score), None, None, None)
            for key, score in zip(keys, scores, strict=True)
        ], note
    columns = []
    then = None if compare == "benchmark" else _other(reading, units, compare)
    for number, key in enumerate(keys):
        if then is None:
            deltas, beyond = _from_benchmark(reading, now, number - 1, key)
        else:
            deltas, beyond = _from_other(reading, now, then, number - 1, compare == "parent")
        columns.append(MatrixColumn(key, _displayed(scores[number]), None, _known(deltas), beyond))
    return columns, None


def with_stand_ins(
    published: Published, units: Sequence[int], columns: Sequence[MatrixColumn]
) -> tuple[list[int], list[MatrixColumn]]:
    """Return columns with the scores of larger groups where the units' own are hidden.

    Before them come the nodes of these groups, which the columns point to by position.
    """
    if not len(published.figures.nodes):
        return [], list(columns)
    own = published.plan.node_of_unit[list(units)]
    node = np.where(own >= 0, published.scored[:, np.maximum(own, 0)], -1)
    larger = np.where(node == own, -1, node)
    nodes = np.unique(larger[larger >= 0])
    rows = published.figures.rows(node.astype(np.int32).ravel()).reshape(node.shape)
    filled = []
    for number, column in enumerate(columns):
        instead = larger[number]
        if not (instead >= 0).any():
            filled.append(column)
            continue
        scores = _scores(published.figures.node_areas, rows[number], number - 1)
        places = np.where(instead >= 0, np.searchsorted(nodes, instead), HIDDEN)
        filled.append(replace(column, scores=_displayed(scores), larger=_displayed(places)))
    return nodes.tolist(), filled


def _why_not(reading: Reading, compare: Comparison) -> Note | None:
    if compare == "previous":
        if reading.earlier is None:
            return Note("trend.first")
        if reading.earlier.figures.instrument != reading.opened.figures.instrument:
            return Note("trend.other_questionnaire")
    if compare == "benchmark" and reading.edition is None:
        return Note("hidden.benchmark")
    return None


def _other(reading: Reading, units: Sequence[int], compare: Comparison) -> _Side:
    """Return whom each unit is compared with: the group above it, or the same group before."""
    published, earlier = reading.opened.published, reading.earlier
    if compare == "parent" or earlier is None:
        found, side = [published.above(unit) for unit in units], published
    else:
        side = earlier.published
        found = [same_group(published, side, unit) for unit in units]
    rows = [-1 if other is None else side.row_of_unit[other] for other in found]
    return _Side(side, np.array(rows, np.int64))


def _scores(areas: AreaFigures, rows: NDArray[np.int64], area: int) -> NDArray[Any]:
    """Return the displayed scores of rows; area -1 is the overall score."""
    score = areas.overall if area < 0 else areas.score[:, area]
    return np.where(rows >= 0, score[rows], HIDDEN) if len(score) else np.full(len(rows), HIDDEN)


def _widths(areas: AreaFigures, rows: NDArray[np.int64], area: int) -> Numbers:
    width = areas.overall_half_width if area < 0 else areas.half_width[:, area]
    return width[rows].astype(np.float64)


def _lacking(areas: AreaFigures, rows: NDArray[np.int64], area: int) -> NDArray[Any]:
    """Return the missing statements of rows, comparable row by row."""
    return areas.missing[rows] if area < 0 else areas.missing[rows, area : area + 1]


def _from_other(
    reading: Reading, now: _Side, then: _Side, area: int, part_of: bool
) -> tuple[Numbers, list[bool]]:
    """Return differences between two sides, NaN where there is none, and which are significant."""
    one, other = now.published.figures.node_areas, then.published.figures.node_areas
    first, second = _scores(one, now.rows, area), _scores(other, then.rows, area)
    shown = (first != HIDDEN) & (second != HIDDEN)
    deltas = np.where(shown, first.astype(np.float64) - second, np.nan)
    square, other_square = _widths(one, now.rows, area) ** 2, _widths(other, then.rows, area) ** 2
    squared = square - other_square if part_of else square + other_square
    beyond = shown & (np.abs(deltas) > np.sqrt(np.maximum(squared, 0)) / 10)
    alike = _lacking(one, now.rows, area) == _lacking(other, then.rows, area)
    for place in np.flatnonzero(shown & ~alike.all(axis=1)).tolist():
        sides = reading.instrument, now.group(place), then.group(place)
        found: Difference | None = (
            overall_difference(*sides, part_of=part_of)
            if area < 0
            else area_difference(*sides, area, part_of=part_of)
        )
        deltas[place] = np.nan if found is None else found.value
        beyond[place] = found is not None and found.beyond_chance
    return deltas, beyond.tolist()


def _from_benchmark(
    reading: Reading, now: _Side, area: int, key: str
) -> tuple[Numbers, list[bool]]:
    """Return differences from the median of the edition, on the same statements."""
    edition, areas = reading.edition, now.published.figures.node_areas
    scores = _scores(areas, now.rows, area)
    deltas, beyond = np.full(len(scores), np.nan), np.zeros(len(scores), bool)
    values = [] if edition is None else list(edition.scores.get(key, ()))
    marks = reference(values, own=reading.own) if values else None
    if edition is None:
        return deltas, beyond.tolist()
    complete = ~_lacking(areas, now.rows, area).any(axis=1)
    if marks is not None:
        plain = complete & (scores != HIDDEN)
        median = marks.median
        deltas[plain] = scores[plain] - median.value
        width = np.hypot(_widths(areas, now.rows, area) / 10, median.half_width)
        beyond[plain] = np.abs(deltas[plain]) > width[plain]
    for place in np.flatnonzero(~complete & (scores != HIDDEN)).tolist():
        found = against_benchmark(
            reading.instrument, now.group(place), edition, key, own=reading.own
        )
        if found is not None:
            deltas[place] = found.difference.value
            beyond[place] = found.difference.beyond_chance
    return deltas, beyond.tolist()


def _displayed(scores: NDArray[Any]) -> list[int | None]:
    return [None if score == HIDDEN else score for score in scores.tolist()]


def _known(deltas: Numbers) -> list[float | None]:
    return [None if np.isnan(delta) else delta for delta in deltas.tolist()]
