"""Answers counted by unit: the only step of scoring that reads respondents one by one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sos_core.errors import InvalidInput
from sos_core.results.instrument import Instrument

Answers = NDArray[np.uint8]
"""[variables, respondents], each variable contiguous: 0 no answer, else the option from 1."""
Counts = NDArray[np.int32]
"""[units or blocks, variables, options]: how many chose option ``j + 1``; in memory the groups are
the innermost axis, since every later step runs along the groups of one variable and option."""

PAIR_BINS = 1 << 18
"""Bins up to which two variables are counted in one pass; beyond, their histogram no longer fits
into the processor's cache, and two passes are faster."""


def histogram(
    answers: Answers, unit: NDArray[np.int32], units: int, instrument: Instrument
) -> Counts:
    """Return how many people of each unit chose each option of each variable.

    Raises InvalidInput where an answer is no option of its question: it would count elsewhere.
    """
    check_answers(answers, instrument)
    counts = np.zeros((len(answers), instrument.most_options, units), np.int32)
    # Narrow while the keys are made, wide where they are counted: bincount would copy them anyway.
    narrow, key = np.empty(len(unit), np.int32), np.empty(len(unit), np.int64)
    variable = 0
    while variable < len(answers):
        codes = int(instrument.options[variable : variable + 2].max()) + 1
        pair = variable + 1 < len(answers) and codes <= 16 and units * codes**2 <= PAIR_BINS
        column, size = answers[variable], (codes, 1, units)
        if pair:
            column, size = column * np.uint8(codes) + answers[variable + 1], (codes, codes, units)
        np.multiply(column, units, out=narrow, dtype=np.int32)
        narrow += unit
        key[:] = narrow
        found = np.bincount(key, minlength=math.prod(size)).reshape(size)
        counts[variable, : codes - 1] = found.sum(axis=1)[1:]
        if pair:
            counts[variable + 1, : codes - 1] = found.sum(axis=0)[1:]
        variable += 1 + pair
    return counts.transpose(2, 0, 1)


def count_by_block(counts: Counts, block_of_unit: NDArray[np.int32], blocks: int) -> Counts:
    """Return counts by block from counts by unit; a unit without a block (-1) has no answers.

    The same sums as ``Plan.by_block`` gives, in the layout of scoring and without wide integers.
    """
    by_variable = np.ascontiguousarray(counts.transpose(1, 2, 0))
    order = np.argsort(block_of_unit, kind="stable")
    bounds = np.searchsorted(block_of_unit[order], np.arange(blocks + 1))
    summed = np.empty((*by_variable.shape[:2], blocks), np.int32)
    running = np.zeros((by_variable.shape[1], len(order) + 1), np.int32)
    for variable, by_unit in enumerate(by_variable):
        np.cumsum(by_unit.take(order, axis=1), axis=1, out=running[:, 1:])
        summed[variable] = np.diff(running.take(bounds, axis=1), axis=1)
    return summed.transpose(2, 0, 1)


def check_answers(answers: Answers, instrument: Instrument) -> None:
    """Raise InvalidInput where a variable has an answer beyond its options."""
    for variable, column in enumerate(answers):
        if len(column) and column.max() > instrument.options[variable]:
            raise InvalidInput(
                "An answer to {key} is none of its options.",
                "The ballot was made for another questionnaire; it cannot be counted.",
                code="answer_out_of_range",
                values={"key": instrument.keys[variable]},
            )
