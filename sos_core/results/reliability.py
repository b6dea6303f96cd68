"""Joint statistics, computed while the answers are open: how well an area's statements agree."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from sos_core.results.figures import NO_ALPHA, Reliability
from sos_core.results.histogram import Answers
from sos_core.results.instrument import Instrument

LEAST_PEOPLE = 30
"""Respondents to all statements of an area below whom nothing joint is computed."""


def reliability(answers: Answers, instrument: Instrument, shown: NDArray[np.bool_]) -> Reliability:
    """Return Cronbach's alpha of each area over all respondents who answered all its statements.

    ``shown`` bool [variables] are the variables with figures at the root; an area with a hidden
    statement has no alpha. Only the whole survey is measured, never a unit.
    """
    areas = len(instrument.areas)
    alpha, people = np.full(areas, NO_ALPHA, np.int16), np.zeros(areas, np.int32)
    key = np.empty(answers.shape[1], np.int64)
    for area in range(areas):
        items = instrument.statements(area)
        if len(items) > 1 and shown[items].all():
            found = _alpha(answers, items, instrument, key)
            if found is not None:
                alpha[area], people[area] = found
    return Reliability(alpha, people)


def no_reliability(instrument: Instrument) -> Reliability:
    """Return what is said where nothing joint was computed."""
    areas = len(instrument.areas)
    return Reliability(np.full(areas, NO_ALPHA, np.int16), np.zeros(areas, np.int32))


def _alpha(
    answers: Answers, items: NDArray[np.intp], instrument: Instrument, key: NDArray[np.int64]
) -> tuple[int, int] | None:
    """Return alpha in hundredths and the people, from the joint histogram of the answers."""
    sizes = (instrument.options[items] + 1).tolist()
    code = answers[items[0]]
    reached = sizes[0]
    for item, size in zip(items[1:], sizes[1:], strict=True):
        reached *= size
        # The narrowest type that holds the codes so far: most of this is done on single bytes.
        kind = np.min_scalar_type(reached - 1)
        code = code.astype(kind) * kind.type(size)
        code += answers[item]
    key[:] = code
    answered = tuple(slice(1, None) for _ in sizes)
    joint = np.bincount(key, minlength=reached).reshape(sizes)[answered]
    values = np.ix_(
        *(instrument.values[item, : size - 1] for item, size in zip(items, sizes, strict=True))
    )
    people = int(joint.sum())
    total = _variance(reduce(np.add, values), joint)
    if people < LEAST_PEOPLE or total == 0:
        return None
    single = sum(_variance(value, joint) for value in values)
    alpha = len(items) / (len(items) - 1) * (1 - single / total)
    return math.floor(alpha * 100 + 0.5), people


def _variance(values: NDArray[np.float64], count: NDArray[np.intp]) -> float:
    """Return the variance, exact for scales in halves: sums of small numbers do not round."""
    people = max(int(count.sum()), 1)
    total = float((values * count).sum())
    squares = float((values * values * count).sum())
    return (squares - total * total / people) / people
