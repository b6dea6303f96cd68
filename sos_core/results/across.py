"""The rule across surveys: two releases together never tell apart fewer than c people.

Assume the worst: that those who answered both surveys answer alike, and that an attacker knows who
they are. Draw a node for each block of the earlier survey, one for each cell of the later one, one
for "absent", and an edge for each person. A combination of published figures touches exactly the
people on edges between nodes of different weight; so no combination touches 1…c-1 people if and
only if every cut of this graph has 0 or at least c edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.cells import find_cells
from sos_core.results.connectivity import weak_sides
from sos_core.results.neighbors import Nodes

ABSENT = 0


@dataclass(frozen=True)
class Overlap:
    """Everybody who submitted in an earlier survey or in this one, ``[people]`` each, -1: absent.

    ``then`` is the person's block in the earlier plan, ``now`` the person's unit in this tree.
    """

    then: NDArray[np.int32]
    now: NDArray[np.int32]


@dataclass(frozen=True)
class Edges:
    """People by earlier block and block of this survey, both counted from 1; 0 is absent."""

    then: NDArray[np.int64]
    now: NDArray[np.int64]
    people: NDArray[np.int64]

    @classmethod
    def of(cls, overlap: Overlap, block_of_unit: NDArray[np.int32]) -> Edges:
        """Count the people of each pair of blocks."""
        now = np.where(overlap.now < 0, -1, block_of_unit[overlap.now]).astype(np.int64) + 1
        width = int(block_of_unit.max(initial=-1)) + 2
        pairs, people = np.unique((overlap.then + 1) * width + now, return_counts=True)
        return cls(pairs // width, pairs % width, people)


def hold_apart(nodes: Nodes, surveys: Sequence[Edges], c: int) -> NDArray[np.bool_]:
    """Find the nodes that must be joined with their neighbor to keep the rule, ``[nodes]``.

    Starts from the blocks and joins weak ones until every pair of surveys keeps the rule. One check
    serves all questions: their cells are unions of what is found here, and a union has no cut that
    its parts had not. It reads memberships only, so that these joins tell nothing about answers.
    """
    nobody_fails = np.zeros((nodes.size, 1), np.bool_)
    forced = np.zeros(nodes.size, np.bool_)
    while True:
        of_block = find_cells(nodes, nobody_fails, forced).of_block[0]
        if of_block[0] < 0:
            return forced
        weak = [side for edges in surveys for side in weak_cells(edges, of_block, c)]
        if not weak:
            return forced
        for side in weak:
            forced[_to_join(nodes, of_block, side)] = True


def _to_join(nodes: Nodes, of_block: NDArray[np.int32], weak: frozenset[int]) -> int:
    """Choose the node to be joined with its neighbor, so that a weak side meets the rest.

    Its parent is the smallest node with cells of both sides. The root is chosen, and the question
    loses its figures, where all cells are on one side.
    """
    inside = np.isin(of_block, list(weak))
    among = nodes.sums(inside.astype(np.int64))
    length = nodes.stop - nodes.start
    mixed = np.flatnonzero((among > 0) & (among < length))
    if not len(mixed):
        return 0
    return int(mixed[np.argmin(length[mixed])]) + 1


def weak_cells(edges: Edges, of_block: NDArray[np.int32], c: int) -> list[frozenset[int]]:
    """Find the sets of cells that fewer than c, but some, people connect with everybody else."""
    offset = int(edges.then.max(initial=0)) + 1
    cell_of_block = np.concatenate([[ABSENT - offset], of_block]) + offset
    second = cell_of_block[edges.now]
    cells = np.unique(second[second != ABSENT])
    sides = weak_sides(edges.then, second, edges.people, cells, ABSENT, c)
    return [frozenset(cell - offset for cell in side) for side in sides]
