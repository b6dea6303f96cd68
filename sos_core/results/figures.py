"""The released figures of a survey: what was computed once, and is only ever read afterwards.

Every array holds displayed precision as small integers, -1 where nothing may be shown. The first
axis is the group: a displayed node of the publication plan, or a cut registered before opening.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sos_core.results.rounding import HIDDEN

NO_ALPHA = -(2**15)
"""Stands for a reliability that was not computed; alpha itself can be negative."""


@dataclass(frozen=True, eq=False)
class QuestionFigures:
    """Figures of questions, [groups, variables] (``shares`` [groups, variables, options]).

    ``answers`` people behind the mean; ``mean`` in tenths; ``half_width`` of its 95 % interval in
    hundredths; ``share_answers`` people behind the shares; ``favorable`` and ``shares`` in percent.
    """

    answers: NDArray[np.int32]
    mean: NDArray[np.int16]
    half_width: NDArray[np.int16]
    share_answers: NDArray[np.int32]
    favorable: NDArray[np.int8]
    shares: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class AreaFigures:
    """Figures of areas, [groups, areas]; ``overall`` and ``overall_half_width`` are [groups].

    Scores are 0–100, half-widths tenths of a point; bit ``i`` of ``missing`` (uint8) says that the
    area's statement ``i`` is not in the score.
    """

    score: NDArray[np.int8]
    half_width: NDArray[np.int16]
    missing: NDArray[np.uint8]
    overall: NDArray[np.int8]
    overall_half_width: NDArray[np.int16]


Rows = TypeVar("Rows", QuestionFigures, AreaFigures)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Cronbach's alpha of each area at the root, in hundredths, and the people it rests on."""

    alpha: NDArray[np.int16]
    people: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Figures:
    """Everything of a survey that has a number.

    Row ``i`` of the node figures is node ``nodes[i]`` of the plan (rising; only nodes that somebody
    looks at have figures); row ``i`` of the cut figures is ``cut_keys[i]``.
    """

    instrument: str
    variables: tuple[str, ...]
    areas: tuple[str, ...]
    nodes: NDArray[np.int32]
    cut_keys: tuple[str, ...]
    reliability: Reliability
    node_questions: QuestionFigures
    node_areas: AreaFigures
    cut_questions: QuestionFigures
    cut_areas: AreaFigures

    def rows(self, nodes: NDArray[np.int32]) -> NDArray[np.intp]:
        """Return the row of each node, -1 where it has no figures."""
        found = np.minimum(np.searchsorted(self.nodes, nodes), max(len(self.nodes) - 1, 0))
        known = self.nodes[found] == nodes if len(self.nodes) else np.zeros(len(nodes), bool)
        return np.where(known, found, -1)


def empty_questions(groups: int, variables: int, options: int) -> QuestionFigures:
    """Return figures that hide everything, stored variable by variable, to be filled in."""

    def hidden(kind: type[np.signedinteger], *more: int) -> NDArray[np.signedinteger]:
        return np.full((variables, *more, groups), HIDDEN, kind).transpose(
            -1, *range(1 + len(more))
        )

    return QuestionFigures(
        hidden(np.int32), hidden(np.int16), hidden(np.int16),
        hidden(np.int32), hidden(np.int8), hidden(np.int8, options),
    )  # fmt: skip


def empty_areas(groups: int, areas: int) -> AreaFigures:
    """Return figures that hide everything, to be filled in."""
    return AreaFigures(
        score=np.full((groups, areas), HIDDEN, np.int8),
        half_width=np.full((groups, areas), HIDDEN, np.int16),
        missing=np.zeros((groups, areas), np.uint8),
        overall=np.full(groups, HIDDEN, np.int8),
        overall_half_width=np.full(groups, HIDDEN, np.int16),
    )


def rows_of(figures: Rows, rows: slice) -> Rows:
    """Return the figures of some groups."""
    kind = type(figures)
    return kind(**{field.name: getattr(figures, field.name)[rows] for field in fields(kind)})
