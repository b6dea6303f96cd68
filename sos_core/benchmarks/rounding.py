"""Rounding as readers expect it: half up, whatever the binary digits of a number are."""

from __future__ import annotations

import math

NUDGE = 1e-9
"""Lifts sums such as 49.4999999999999 that are a half in decimal digits; far below any real gap."""


def half_up(value: float, decimals: int = 0) -> float:
    """Return ``value`` (not negative) rounded half up to ``decimals``."""
    factor = 10.0**decimals
    return math.floor(value * factor + 0.5 + NUDGE) / factor


def ceiling(value: float, decimals: int = 0) -> float:
    """Return ``value`` (not negative) rounded up: what uncertainty is rounded by."""
    factor = 10.0**decimals
    return math.ceil(value * factor - NUDGE) / factor
