"""The publication plan: which groups of respondents may be shown, decided before any score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.cuts import Cut, CutPlan
from sos_core.results.neighbors import Nodes
from sos_core.results.policy import Policy
from sos_core.results.tree import Tree

__all__ = ["Cut", "CutPlan", "Nodes", "Plan", "Policy", "Tree", "Variables"]


@dataclass(frozen=True)
class Variables:
    """The questions: ``values[variable, j]`` is what option ``j + 1`` counts in the mean.

    NaN beyond a question's last option; a row of NaN has option shares only and no mean.
    """

    values: NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What may be shown; nodes, blocks and units are indices, -1 means none.

    ``cell_of_block[variable, block]`` is the node that is the block's cell, -1 where the variable
    has no figures; ``shown[variable, node]`` says that the node is a union of cells with at least
    one answer. Option shares (``share_…``) use larger cells, unions of those; comments have one
    map for all prompts. ``node_of_unit`` is the smallest node with all submitters of a unit.
    """

    tree: Tree
    nodes: Nodes
    policy: Policy
    submitters: NDArray[np.int64]
    block_of_unit: NDArray[np.int32]
    node_of_unit: NDArray[np.int32]
    cell_of_block: NDArray[np.int32]
    shown: NDArray[np.bool_]
    share_cell_of_block: NDArray[np.int32]
    share_shown: NDArray[np.bool_]
    comment_cell_of_block: NDArray[np.int32]
    comment_shown: NDArray[np.bool_]
    cuts: tuple[CutPlan, ...]

    def by_block(self, per_unit: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum counts of units, ``[units, ...]``, into counts of blocks, ``[blocks, ...]``."""
        counts = np.zeros((self.nodes.blocks, *per_unit.shape[1:]), np.int64)
        staffed = np.flatnonzero(self.block_of_unit >= 0)
        np.add.at(counts, self.block_of_unit[staffed], per_unit[staffed])
        return counts
