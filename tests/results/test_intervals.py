"""Intervals: from the root alone, and never narrower than nine tenths of response allow."""

from __future__ import annotations

import numpy as np
import pytest

from sos_core.content import questionnaire
from sos_core.results.figures import Reliability
from sos_core.results.instrument import instrument_of
from sos_core.results.intervals import difference_half_width, spread
from sos_core.results.reliability import no_reliability

INSTRUMENT = instrument_of(questionnaire())
ALL = np.ones(43, bool)


def root(*counts: int) -> np.ndarray:
    made = np.zeros((43, 6), np.int64)
    made[:, : len(counts)] = counts
    return made


def test_variance_with_finite_population_correction() -> None:
    # 1, 2, 2, 3 … as counts 2 4 2 0 2 of 20 invited: Σv = 2+8+6+10 = 26, Σv² = 2+16+18+50 = 86,
    # (86 − 26²/10)/9 = 18.4/9; half of the invited answered, so half of it is left.
    found = spread(root(2, 4, 2, 0, 2), ALL, INSTRUMENT, no_reliability(INSTRUMENT), 20)
    assert found.variance[0] == pytest.approx(18.4 / 9 / 2)


def test_a_full_response_corrects_like_nine_tenths() -> None:
    full = spread(root(5, 5, 5, 5, 5), ALL, INSTRUMENT, no_reliability(INSTRUMENT), 25)
    nearly = spread(root(5, 5, 5, 5, 5), ALL, INSTRUMENT, no_reliability(INSTRUMENT), 27)
    assert full.variance[0] == nearly.variance[0] == pytest.approx(50 / 24 * 0.1)


def test_hidden_shares_hide_the_variance() -> None:
    hidden = ALL.copy()
    hidden[0] = False
    one = spread(root(0, 4, 4), hidden, INSTRUMENT, no_reliability(INSTRUMENT), 80)
    other = spread(root(4, 0, 0, 0, 4), hidden, INSTRUMENT, no_reliability(INSTRUMENT), 80)
    assert one.variance[0] == other.variance[0] == pytest.approx(2 * 0.9)  # evenly over 1–5
    assert one.variance[1] != other.variance[1]


def test_correlation_from_alpha() -> None:
    # Four statements correlated 0.4 have alpha 4 × 0.4/(1 + 3 × 0.4) = 0.727; negative counts as 0.
    alpha = np.array([73, -40, 100, *[-(2**15)] * 6], np.int16)
    known = Reliability(alpha, np.full(9, 50, np.int32))
    found = spread(root(5, 5), ALL, INSTRUMENT, known, 100).correlation
    assert found[:4].tolist() == [pytest.approx(0.73 / (4 - 0.73 * 3)), 0.0, 1.0, 1.0]


def test_differences() -> None:
    assert difference_half_width(3, 4, part_of=False) == 5
    assert difference_half_width(5, 4, part_of=True) == 3
    assert difference_half_width(4, 5, part_of=True) == 0
