"""A questionnaire as arrays: what each option of each variable counts as.

Variables are numbered in the order of the questionnaire (statements, activity questions) and then
of the organization's own questions. In answers 0 means none or "cannot judge"; options start at 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sos_core.content import Questionnaire
from sos_core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that only this organization asks, with so many ``options``.

    ``values`` are what the options count as (None: a choice without a mean), ``favorable_from`` is
    the first favorable option, counted from 1 (None: no favorable share).
    """

    key: str
    options: int
    values: tuple[float, ...] | None = None
    favorable_from: int | None = None


@dataclass(frozen=True, eq=False)
class Instrument:
    """How answers are computed with.

    ``values`` float64 and ``favorable`` bool are [variables, most options]; option ``j + 1`` stands
    in column ``j``; values are NaN beyond a question's last option, and throughout where it has no
    mean. ``options`` int32 [variables] counts real options; ``area`` int32 [variables] is the area
    of a statement, else -1.
    """

    version: str
    keys: tuple[str, ...]
    values: NDArray[np.float64]
    favorable: NDArray[np.bool_]
    options: NDArray[np.int32]
    area: NDArray[np.int32]
    areas: tuple[str, ...]
    needed: int

    @property
    def most_options(self) -> int:
        """Return the most options of any question: the length of every option axis."""
        return int(self.values.shape[1])

    def statements(self, area: int) -> NDArray[np.intp]:
        """Return the variables of an area's statements, in order."""
        return np.flatnonzero(self.area == area)


def instrument_of(questionnaire: Questionnaire, own: Sequence[OwnQuestion] = ()) -> Instrument:
    """Return the arrays of a questionnaire and an organization's own questions.

    Raises InvalidInput for an own question whose values do not rise from 0 or more.
    """
    numbers = {area.key: number for number, area in enumerate(questionnaire.areas)}
    scale = tuple(float(value) for value in questionnaire.scale)
    good_from = questionnaire.scale.index(questionnaire.favorable_from) + 1
    rows = [
        *(OwnQuestion(s.key, len(scale), scale, good_from) for s in questionnaire.statements),
        *(OwnQuestion(a.key, len(a.bands), a.midpoints) for a in questionnaire.activities),
        *map(_checked, own),
    ]
    areas = [numbers[statement.area] for statement in questionnaire.statements]
    most = max(row.options for row in rows)
    values, favorable = np.full((len(rows), most), np.nan), np.zeros((len(rows), most), bool)
    for number, row in enumerate(rows):
        if row.values is not None:
            values[number, : row.options] = row.values
        if row.favorable_from is not None:
            favorable[number, row.favorable_from - 1 : row.options] = True
    return Instrument(
        version=questionnaire.version,
        keys=tuple(row.key for row in rows),
        values=values,
        favorable=favorable,
        options=np.array([row.options for row in rows], np.int32),
        area=np.array(areas + [-1] * (len(rows) - len(areas)), np.int32),
        areas=tuple(numbers),
        needed=questionnaire.statements_needed,
    )


def _checked(question: OwnQuestion) -> OwnQuestion:
    values = question.values if question.values is not None else range(question.options)
    rising = all(low < high for low, high in pairwise(values))
    if not (2 <= question.options == len(values) and values[0] >= 0 and rising):
        raise InvalidInput(
            "The options of the question {key} do not rise from 0 or more.",
            "Give the question at least two options, each with a higher value than the one before.",
            code="own_question_values",
            field="values",
            values={"key": question.key},
        )
    return question
