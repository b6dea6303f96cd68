"""Displayed numbers as small integers: half up, and hidden ones as -1."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sos_core.benchmarks.rounding import NUDGE

HIDDEN = -1
"""Stands in every array of figures where nothing may be shown."""

Numbers = NDArray[np.float64]
Integer = TypeVar("Integer", np.int8, np.int16, np.int32)


def half_up(values: Numbers, kind: type[Integer]) -> NDArray[Integer]:
    """Return ``values`` (none negative) rounded half up, as integers of ``kind``."""
    return (values + (0.5 + NUDGE)).astype(kind)


def ceiling(values: Numbers, kind: type[Integer]) -> NDArray[Integer]:
    """Return ``values`` (none negative) rounded up: what uncertainty is rounded by."""
    return np.ceil(values - NUDGE).astype(kind)
