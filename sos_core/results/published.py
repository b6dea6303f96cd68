"""Released figures by unit: what a viewer of a unit is shown, and whether two surveys show the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sos_core.results.figures import AreaFigures, Figures, QuestionFigures
from sos_core.results.naming import parts
from sos_core.results.publication import Plan
from sos_core.results.rounding import HIDDEN


@dataclass(frozen=True, slots=True)
class Group:
    """One row of figures: a node's or a cut's."""

    questions: QuestionFigures
    areas: AreaFigures
    row: int

    def score(self, area: int) -> int | None:
        """Return the displayed score of an area, 0–100, None where hidden."""
        return _seen(int(self.areas.score[self.row, area]))

    def overall(self) -> int | None:
        """Return the displayed overall score, 0–100, None where hidden."""
        return _seen(int(self.areas.overall[self.row]))

    def mean(self, variable: int) -> float | None:
        """Return the displayed mean of a variable (one decimal), None where hidden."""
        tenths = int(self.questions.mean[self.row, variable])
        return None if tenths == HIDDEN else tenths / 10

    def missing(self, area: int) -> int:
        """Return the bits of the statements that an area's score lacks."""
        return int(self.areas.missing[self.row, area])


@dataclass(frozen=True)
class Published:
    """A survey's plan with its figures."""

    plan: Plan
    figures: Figures

    @cached_property
    def unit_of_id(self) -> dict[int, int]:
        """The index of each unit in the survey's tree, by id."""
        return {key: unit for unit, key in enumerate(self.plan.tree.ids)}

    @cached_property
    def row_of_unit(self) -> tuple[int, ...]:
        """The row of what a viewer of each unit is shown, -1 for none."""
        nodes = self.plan.node_of_unit
        rows = self.figures.rows(np.maximum(nodes, 0))
        return tuple(np.where(nodes >= 0, rows, -1).tolist())

    def group(self, unit: int) -> Group | None:
        """Return the figures that a viewer of a unit (index) is shown, None for none."""
        row = self.row_of_unit[unit]
        figures = self.figures
        return None if row < 0 else Group(figures.node_questions, figures.node_areas, row)

    @cached_property
    def scored(self) -> NDArray[np.int32]:
        """The node whose score each node is shown with, [overall and areas, nodes]; -1: none.

        It is the node itself where that has a score, else the next one above that has: a figure
        that was released anyway, so that nothing more is told.
        """
        areas, nodes = self.figures.node_areas, self.figures.nodes
        shown = np.zeros((1 + areas.score.shape[1], self.plan.nodes.size), bool)
        shown[0, nodes] = areas.overall != HIDDEN
        shown[1:, nodes] = (areas.score != HIDDEN).T
        return self.plan.nearest_shown(shown)

    def stand_in(self, unit: int, area: int | None) -> tuple[int, Group] | None:
        """Return the larger group (node, figures) whose score of an area stands in for a unit's.

        Without an area it is the overall score; None where the unit has its own, or nobody has one.
        """
        own, figures = int(self.plan.node_of_unit[unit]), self.figures
        node = int(self.scored[0 if area is None else 1 + area, own])
        if node in (own, -1):
            return None
        row = int(figures.rows(np.array([node], np.int32))[0])
        return node, Group(figures.node_questions, figures.node_areas, row)

    @cached_property
    def exact(self) -> tuple[bool, ...]:
        """Whether the group that each unit is shown with holds its submitters and nobody else."""
        plan = self.plan
        of_node = plan.nodes.sums(plan.by_block(plan.submitters))
        own = plan.tree.subtree_sums(plan.submitters)
        behind = of_node[np.maximum(plan.node_of_unit, 0)] if len(of_node) else own - 1
        return tuple(((behind == own) & (plan.node_of_unit >= 0)).tolist())

    @cached_property
    def _parts(self) -> dict[int, frozenset[tuple[int, bool]]]:
        return {}

    def parts(self, unit: int) -> frozenset[tuple[int, bool]]:
        """Return the parts (unit ids, whole or staff) of the group that a unit is shown with."""
        node = int(self.plan.node_of_unit[unit])
        if node not in self._parts:
            self._parts[node] = parts(self.plan, node)
        return self._parts[node]

    def above(self, unit: int) -> int | None:
        """Return the next unit up whose group is another one; None where there is none."""
        nodes, parent = self.plan.node_of_unit, self.plan.tree.parent
        upper = int(parent[unit])
        while upper >= 0 and nodes[upper] == nodes[unit]:
            upper = int(parent[upper])
        return upper if upper >= 0 else None


def same_group(now: Published, earlier: Published, unit: int) -> int | None:
    """Return the earlier index of a unit where both surveys publish the same group, else None."""
    then = earlier.unit_of_id.get(now.plan.tree.ids[unit])
    if then is None or now.row_of_unit[unit] < 0 or earlier.row_of_unit[then] < 0:
        return None
    exact = now.exact[unit], earlier.exact[then]
    if all(exact):
        return then
    return then if not any(exact) and now.parts(unit) == earlier.parts(then) else None


def _seen(value: int) -> int | None:
    return None if value == HIDDEN else value
