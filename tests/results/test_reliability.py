"""Cronbach's alpha: by hand, and against its textbook formula."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import questionnaire
from sos_core.results.figures import NO_ALPHA
from sos_core.results.instrument import instrument_of
from sos_core.results.reliability import no_reliability, reliability

INSTRUMENT = instrument_of(questionnaire())
ALL = np.ones(43, bool)


def test_statements_that_always_agree_have_alpha_one() -> None:
    answers = np.zeros((43, 30), np.uint8)
    answers[:4] = np.arange(30) % 5 + 1
    found = reliability(answers, INSTRUMENT, ALL)
    assert (found.alpha[0], found.people[0]) == (100, 30)
    assert (found.alpha[1], found.people[1]) == (NO_ALPHA, 0)


def test_twenty_nine_people_are_too_few() -> None:
    answers = np.tile(np.arange(29, dtype=np.uint8) % 5 + 1, (43, 1))
    assert (reliability(answers, INSTRUMENT, ALL).alpha == NO_ALPHA).all()


def test_people_with_a_gap_are_left_out() -> None:
    answers = np.tile(np.arange(40, dtype=np.uint8) % 5 + 1, (43, 1))
    answers[2, :9] = 0
    found = reliability(answers, INSTRUMENT, ALL)
    assert found.people[:2].tolist() == [31, 40]


def test_a_statement_hidden_at_the_root_hides_alpha() -> None:
    answers = np.tile(np.arange(40, dtype=np.uint8) % 5 + 1, (43, 1))
    shown = ALL.copy()
    shown[5] = False
    assert reliability(answers, INSTRUMENT, shown).alpha[:3].tolist() == [100, NO_ALPHA, 100]


def test_no_spread_has_no_alpha() -> None:
    assert (reliability(np.full((43, 50), 4, np.uint8), INSTRUMENT, ALL).alpha == NO_ALPHA).all()
    assert (no_reliability(INSTRUMENT).alpha == NO_ALPHA).all()


def test_opposed_statements_have_a_negative_alpha() -> None:
    # Items 1 and 2 run 1,5 against 5,1, items 3 and 4 likewise: every sum is 12 but for one person
    # in 31, whose answers are all 5: alpha = 4/3 × (1 − Σvar/var(sum)).
    up = np.array([1, 5] * 15 + [5], np.uint8)
    down = np.array([5, 1] * 15 + [5], np.uint8)
    answers = np.zeros((43, 31), np.uint8)
    answers[:4] = [up, down, up, down]
    expected = 4 / 3 * (1 - 2 * (up.var() + down.var()) / np.var([12] * 30 + [20]))
    assert reliability(answers, INSTRUMENT, ALL).alpha[0] == np.floor(100 * expected + 0.5) < 0


@given(st.integers(0, 2**32 - 1))
def test_alpha_against_its_formula(seed: int) -> None:
    draw = np.random.default_rng(seed)
    lean = draw.normal(0, 1, 80)
    raw = np.rint(3 + draw.uniform(0, 2) * lean + draw.normal(0, 1, (43, 80)))
    answers = np.where(draw.random((43, 80)) < 0.05, 0, np.clip(raw, 1, 5)).astype(np.uint8)
    found = reliability(answers, INSTRUMENT, ALL)
    for area in range(9):
        items = answers[4 * area : 4 * area + 4].astype(float)
        items = items[:, (items > 0).all(axis=0)]
        single, total = items.var(axis=1).sum(), items.sum(axis=0).var()
        assert found.people[area] == items.shape[1]
        assert abs(found.alpha[area] - 100 * 4 / 3 * (1 - single / total)) <= 0.5 + 1e-6
