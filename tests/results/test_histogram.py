"""Counting answers: against a loop over people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import questionnaire
from sos_core.errors import InvalidInput
from sos_core.results import histogram as module
from sos_core.results.histogram import count_by_block, histogram
from sos_core.results.instrument import OwnQuestion, instrument_of

OWN = [OwnQuestion("own.long", 18), OwnQuestion("own.short", 2)]


@given(st.integers(0, 2**32 - 1), st.booleans(), st.integers(0, 60), st.integers(1, 7))
def test_counts_against_a_loop(seed: int, own: bool, people: int, units: int) -> None:
    instrument = instrument_of(questionnaire(), OWN if own else [])
    draw = np.random.default_rng(seed)
    answers = draw.integers(0, instrument.options[:, None] + 1, (len(instrument.keys), people))
    answers = answers.astype(np.uint8)
    unit = draw.integers(0, units, people).astype(np.int32)
    expected = np.zeros((units, len(instrument.keys), instrument.most_options), int)
    for variable, person in np.argwhere(answers):
        expected[unit[person], variable, answers[variable, person] - 1] += 1
    assert np.array_equal(histogram(answers, unit, units, instrument), expected)


def test_counts_are_the_same_when_pairs_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    instrument = instrument_of(questionnaire())
    draw = np.random.default_rng(1)
    answers = draw.integers(0, 6, (43, 500)).astype(np.uint8)
    unit = draw.integers(0, 9, 500).astype(np.int32)
    paired = histogram(answers, unit, 9, instrument)
    monkeypatch.setattr(module, "PAIR_BINS", 0)
    assert np.array_equal(histogram(answers, unit, 9, instrument), paired)


def test_an_answer_beyond_the_options_is_refused() -> None:
    instrument = instrument_of(questionnaire())
    answers = np.zeros((43, 3), np.uint8)
    answers[35, 1] = 6
    with pytest.raises(InvalidInput, match=r"collaboration\.little_waste") as caught:
        histogram(answers, np.zeros(3, np.int32), 1, instrument)
    assert caught.value.code == "answer_out_of_range"
    answers[35, 1] = 0
    answers[36, 1] = 6  # an activity question has six bands
    assert histogram(answers, np.zeros(3, np.int32), 1, instrument).sum() == 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_blocks_sum_their_units(seed: int, units: int) -> None:
    draw = np.random.default_rng(seed)
    counts = draw.integers(0, 9, (units, 3, 4)).astype(np.int32)
    block_of_unit = draw.integers(-1, 4, units).astype(np.int32)
    found = count_by_block(counts, block_of_unit, 4)
    for block in range(4):
        assert np.array_equal(found[block], counts[block_of_unit == block].sum(axis=0))


@pytest.mark.parametrize(
    "question",
    [
        OwnQuestion("own.one", 1, (1.0,)),
        OwnQuestion("own.falling", 3, (1.0, 3.0, 2.0)),
        OwnQuestion("own.negative", 2, (-1.0, 2.0)),
        OwnQuestion("own.mismatch", 3, (1.0, 2.0)),
    ],
)
def test_own_questions_need_rising_values(question: OwnQuestion) -> None:
    with pytest.raises(InvalidInput, match=question.key):
        instrument_of(questionnaire(), [question])


def test_the_instrument_as_arrays() -> None:
    instrument = instrument_of(questionnaire(), OWN)
    assert len(instrument.keys) == 45
    assert instrument.values[0, :5].tolist() == [1, 2, 3, 4, 5]
    assert np.isnan(instrument.values[0, 5:]).all()
    assert instrument.favorable[0, :5].tolist() == [False, False, False, True, True]
    assert instrument.values[38, :6].tolist() == [0, 1, 2.5, 5, 8.5, 13]
    assert instrument.statements(8).tolist() == [32, 33, 34, 35]
    assert np.isnan(instrument.values[43]).all()
