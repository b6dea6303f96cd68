"""How far figures may be off: 95 % intervals that give no group's own spread away (R7).

Every interval uses the question's variance at the root, the number of answers that is shown anyway,
and the root's response for the finite population correction: nothing of the group itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.figures import NO_ALPHA, Reliability
from sos_core.results.instrument import Instrument

Z = 1.96
LARGEST_FRACTION = 0.9
"""Never correct for more than this response: as for rates, "all" reads like "90 % or more" (R8)."""


@dataclass(frozen=True, eq=False)
class Spread:
    """What intervals are computed from.

    ``variance`` float64 [variables] is that of one answer, already corrected for the finite
    population; ``correlation`` float64 [areas] that of two statements of an area, in 0…1.
    """

    variance: NDArray[np.float64]
    correlation: NDArray[np.float64]


def spread(
    root: NDArray[np.signedinteger],
    shares_shown: NDArray[np.bool_],
    instrument: Instrument,
    reliability: Reliability,
    invited: int,
) -> Spread:
    """Return the spread of ``root`` counts [variables, options], of so many ``invited`` people.

    Where the root's option shares may not be shown its variance may not either: there the variance
    of evenly spread answers stands in, which is larger than nearly any real one.
    """
    values = np.nan_to_num(instrument.values)
    real = ~np.isnan(instrument.values)
    weight = np.where(shares_shown[:, None], root, 1) * real
    people = np.maximum(weight.sum(axis=1), 1)
    total = (weight * values).sum(axis=1)
    squares = (weight * values * values).sum(axis=1) - total * total / people
    evenly = np.where(shares_shown, np.maximum(people - 1, 1), people)
    fraction = np.minimum(root.sum(axis=1) / max(invited, 1), LARGEST_FRACTION)
    return Spread(squares / evenly * (1 - fraction), _correlation(instrument, reliability))


def _correlation(instrument: Instrument, reliability: Reliability) -> NDArray[np.float64]:
    """Return the mean correlation that alpha implies; 1, the widest, where alpha is unknown."""
    found = np.ones(len(instrument.areas))
    for area, hundredths in enumerate(reliability.alpha.tolist()):
        items = len(instrument.statements(area))
        if hundredths != NO_ALPHA and items > 1:
            alpha = max(hundredths / 100, 0.0)
            found[area] = alpha / (items - alpha * (items - 1))
    return found


def difference_half_width(one: float, other: float, *, part_of: bool) -> float:
    """Return the half-width of a difference of two figures from theirs, all in the same unit.

    ``part_of``: the first group is part of the second one (a unit and its parent), whose answers
    then stand on both sides; else the groups count as independent.
    """
    squared = one**2 - other**2 if part_of else one**2 + other**2
    return math.sqrt(max(squared, 0.0))
