"""Differences of released figures: of a unit from its parent, of a survey from an earlier one.

Only displayed numbers are compared, so that a reader can check every difference and nothing more is
told than both sides already show. Where two areas rest on different statements, both are computed
anew from the displayed means of the statements that they share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sos_core.benchmarks.rounding import half_up
from sos_core.results.instrument import Instrument
from sos_core.results.intervals import difference_half_width
from sos_core.results.published import Group, Published, same_group

Reason = Literal["other_questionnaire", "other_groups", "not_shown"]


@dataclass(frozen=True, slots=True)
class Difference:
    """``value`` = one displayed number minus another; ``beyond_chance`` where past its interval.

    ``same_statements`` is False where the two areas had to be cut down to the statements they share.
    """

    value: float
    half_width: float
    same_statements: bool = True

    @property
    def beyond_chance(self) -> bool:
        """Tell whether the difference is larger than its 95 % interval; only then is it named."""
        return abs(self.value) > self.half_width


@dataclass(frozen=True, slots=True)
class Trend:
    """A difference from the earlier survey at ``unit`` (index now).

    ``reason`` says why it is not the unit that was asked for, or why there is no difference at all.
    """

    difference: Difference | None
    unit: int | None
    reason: Reason | None = None


def area_difference(
    instrument: Instrument, one: Group, other: Group, area: int, *, part_of: bool
) -> Difference | None:
    """Return ``one`` less ``other`` in points, on the same statements; None where too few are shared.

    ``part_of``: the people of the first group are also in the second one.
    """
    first, second = one.score(area), other.score(area)
    if first is None or second is None:
        return None
    half_width = difference_half_width(
        float(one.areas.half_width[one.row, area]),
        float(other.areas.half_width[other.row, area]),
        part_of=part_of,
    )
    if one.missing(area) == other.missing(area):
        return Difference(first - second, half_width / 10)
    lacking = one.missing(area) | other.missing(area)
    shared = shared_statements(instrument, area, lacking)
    if len(shared) < instrument.needed:
        return None
    value = _score_on(instrument, one, shared) - _score_on(instrument, other, shared)
    return Difference(value, half_width / 10, same_statements=False)


def overall_difference(
    instrument: Instrument, one: Group, other: Group, *, part_of: bool
) -> Difference | None:
    """Return ``one`` less ``other`` of the overall scores, on the same statements."""
    first, second = one.overall(), other.overall()
    if first is None or second is None:
        return None
    half_width = difference_half_width(
        float(one.areas.overall_half_width[one.row]),
        float(other.areas.overall_half_width[other.row]),
        part_of=part_of,
    )
    lacking = one.areas.missing[one.row] | other.areas.missing[other.row]
    if np.array_equal(one.areas.missing[one.row], other.areas.missing[other.row]):
        return Difference(first - second, half_width / 10)
    shared = [shared_statements(instrument, area, int(bits)) for area, bits in enumerate(lacking)]
    if any(len(items) < instrument.needed for items in shared):
        return None
    value = half_up(_overall_on(instrument, one, shared)) - half_up(
        _overall_on(instrument, other, shared)
    )
    return Difference(value, half_width / 10, same_statements=False)


def mean_difference(one: Group, other: Group, variable: int, *, part_of: bool) -> Difference | None:
    """Return ``one`` less ``other`` of a variable's displayed means; None where one is hidden."""
    first, second = one.mean(variable), other.mean(variable)
    if first is None or second is None:
        return None
    half_width = difference_half_width(
        float(one.questions.half_width[one.row, variable]),
        float(other.questions.half_width[other.row, variable]),
        part_of=part_of,
    )
    return Difference(round(first - second, 1), half_width / 100)


def area_trend(
    instrument: Instrument, now: Published, earlier: Published, unit: int, area: int | None
) -> Trend:
    """Return the change of an area (None: overall) at a unit, or at the next unit up that allows it.

    Both surveys must publish the same people of the tree there: the same unit, or the same units
    joined; and at least three statements of the area in both.
    """
    if now.figures.instrument != earlier.figures.instrument:
        return Trend(None, None, "other_questionnaire")
    reason: Reason | None = None
    looked_at: int | None = unit
    while looked_at is not None:
        found: Difference | Reason = _change(instrument, now, earlier, looked_at, area)
        if isinstance(found, Difference):
            return Trend(found, looked_at, reason)
        reason = reason or found
        looked_at = now.above(looked_at)
    return Trend(None, None, reason)


def _change(
    instrument: Instrument, now: Published, earlier: Published, unit: int, area: int | None
) -> Difference | Reason:
    then = same_group(now, earlier, unit)
    if then is None:
        return "other_groups"
    one, other = now.group(unit), earlier.group(then)
    if one is None or other is None:
        return "not_shown"
    if area is None:
        found = overall_difference(instrument, one, other, part_of=False)
    else:
        found = area_difference(instrument, one, other, area, part_of=False)
    return found or "not_shown"


def shared_statements(instrument: Instrument, area: int, lacking: int) -> list[int]:
    """Return the variables of an area's statements but those whose bits are ``lacking``."""
    items = enumerate(instrument.statements(area).tolist())
    return [item for place, item in items if not lacking >> place & 1]


def score_of_means(
    instrument: Instrument, statements: Sequence[int], means: Sequence[float]
) -> float:
    """Return the displayed score, 0–100 half up, that displayed means of statements make."""
    return half_up(_mean_points(instrument, statements, means))


def _score_on(instrument: Instrument, group: Group, statements: Sequence[int]) -> float:
    return score_of_means(instrument, statements, [group.mean(item) or 0.0 for item in statements])


def _overall_on(instrument: Instrument, group: Group, areas: Sequence[Sequence[int]]) -> float:
    scores = [
        _mean_points(instrument, items, [group.mean(item) or 0.0 for item in items])
        for items in areas
    ]
    return float(sum(scores) / len(scores))


def _mean_points(
    instrument: Instrument, statements: Sequence[int], means: Sequence[float]
) -> float:
    points = []
    for item, mean in zip(statements, means, strict=True):
        low, high = instrument.values[item, [0, instrument.options[item] - 1]].tolist()
        points.append((mean - low) * 100 / (high - low))
    return float(sum(points) / len(points))
