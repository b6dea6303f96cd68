"""Where a value stands among organizations, told without telling any organization's own value.

Only *marks* leave an edition: the median, quartiles and tenths that enough organizations stand
behind, each a mean over at least five neighbors in the ranking and rounded. A percentile is then
read off the marks alone. An exact rank would give organizations away: whoever asks it for many
values learns where it jumps, and each jump is somebody's score (privacy.md, R1 and R10).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from statistics import NormalDist, pstdev
from typing import Literal

from sos_core.benchmarks.rounding import ceiling, half_up

MARKS = ((10, 40), (25, 20), (50, 10), (75, 20), (90, 40))
"""Each mark (percent of organizations below it) and how many other organizations it needs."""
LARGEST_WEIGHT = 0.25
"""No organization may carry more than this share of an edition's weight."""
NEIGHBORS = 2
"""Ranks on each side of a mark that are averaged with it: five organizations behind each mark."""
STEP = 5
"""Percentiles are shown in steps of this many."""
Z = 1.96
"""Half-width of a 95 % interval in standard errors."""


@dataclass(frozen=True, slots=True)
class Mark:
    """``value`` has ``percent`` of the organizations below it, give or take ``half_width``."""

    percent: int
    value: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Reference:
    """The marks of one variable, lowest first, over so many ``organizations``."""

    marks: tuple[Mark, ...]
    organizations: int

    @property
    def median(self) -> Mark:
        """Return the median, which every reference has."""
        return next(mark for mark in self.marks if mark.percent == 50)


@dataclass(frozen=True, slots=True)
class Place:
    """A value's percentile with its 95 % interval, all in steps of five.

    ``side`` is ``within`` the marks, or ``below`` / ``above`` the outermost one, whose percent the
    ``percentile`` then is: 75 and ``above`` reads "better than three quarters".
    """

    percentile: int
    low: int
    high: int
    side: Literal["below", "within", "above"]


def reference(
    values: Sequence[float],
    *,
    own: bool = False,
    decimals: int = 0,
    weights: Sequence[float] | None = None,
) -> Reference | None:
    """Return the marks of ``values`` (one an organization), or None where they are too few.

    ``own`` says that the viewer's organization is one of them: it is never counted towards the
    least number, and the group behind the marks stays the same for every viewer.
    """
    shares = _shares(values, weights)
    others = len(values) - own
    allowed = [percent for percent, least in MARKS if others >= least]
    if not allowed or max(shares) > LARGEST_WEIGHT:
        return None
    ranked = sorted(zip(values, shares, strict=True))
    return Reference(
        tuple(_mark(ranked, percent, decimals) for percent in allowed), organizations=len(values)
    )


def place(value: float, marks: Reference) -> Place:
    """Return where ``value`` stands, read from the published marks and nothing else."""
    points = _points(marks.marks)
    lowest, highest = points[0], points[-1]
    if value < lowest[0]:
        return _interval(marks.marks[0].percent, marks.organizations, "below")
    if value > highest[0]:
        return _interval(marks.marks[-1].percent, marks.organizations, "above")
    return _interval(_interpolate(value, points), marks.organizations, "within")


def _shares(values: Sequence[float], weights: Sequence[float] | None) -> list[float]:
    weights = [1.0] * len(values) if weights is None else weights
    total = sum(weights)
    return [weight / total for weight in weights]


def _mark(ranked: Sequence[tuple[float, float]], percent: int, decimals: int) -> Mark:
    """Return a mark as the mean of neighbors in the ranking, with a normal-theory interval."""
    share = percent / 100
    rank = _rank([weight for _, weight in ranked], share)
    below, fraction = math.floor(rank), rank - math.floor(rank)
    value = _window(ranked, below) * (1 - fraction)
    if fraction:
        value += _window(ranked, below + 1) * fraction
    spread = pstdev([value for value, _ in ranked])
    density = NormalDist().pdf(NormalDist().inv_cdf(share))
    effective = 1 / sum(weight**2 for _, weight in ranked)
    error = spread * math.sqrt(share * (1 - share) / effective) / density
    return Mark(percent, half_up(value, decimals), ceiling(Z * error, decimals))


def _rank(weights: Sequence[float], share: float) -> float:
    """Return the (fractional) rank whose middle of the cumulated weight is ``share``."""
    middles = [
        total - weight / 2 for total, weight in zip(accumulate(weights), weights, strict=True)
    ]
    after = next((i for i, middle in enumerate(middles) if middle >= share), len(middles) - 1)
    if after == 0 or middles[after] <= share:
        return float(after)
    before = middles[after - 1]
    return after - 1 + (share - before) / (middles[after] - before)


def _window(ranked: Sequence[tuple[float, float]], center: int) -> float:
    first = min(max(center - NEIGHBORS, 0), len(ranked) - 2 * NEIGHBORS - 1)
    part = ranked[first : first + 2 * NEIGHBORS + 1]
    return sum(value * weight for value, weight in part) / sum(weight for _, weight in part)


def _points(marks: Sequence[Mark]) -> list[tuple[float, float]]:
    """Return (value, percent), rising; marks that share a value become one at their middle."""
    ordered = sorted((mark.value, mark.percent) for mark in marks)
    groups = [(value, [percent for _, percent in same])
              for value, same in groupby(ordered, key=lambda point: point[0])]  # fmt: skip
    return [(value, sum(percents) / len(percents)) for value, percents in groups]


def _interpolate(value: float, points: Sequence[tuple[float, float]]) -> float:
    for (low, start), (high, stop) in pairwise(points):
        if value < high:
            return start + (stop - start) * (value - low) / (high - low)
    return points[-1][1]


def _interval(
    percent: float, organizations: int, side: Literal["below", "within", "above"]
) -> Place:
    share = percent / 100
    reach = 100 * Z * math.sqrt(share * (1 - share) / organizations)
    low = max(0, STEP * math.floor((percent - reach) / STEP))
    high = min(100, STEP * math.ceil((percent + reach) / STEP))
    shown = STEP * int(half_up(percent / STEP)) if side == "within" else int(percent)
    return Place(shown, low, high, side)
