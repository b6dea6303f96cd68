"""The groups whose response rates may be shown: blocks of invited people, made at opening (R8).

Participation is confidential, not anonymous: the system knows it, to remind. A rate is shown only
for blocks of at least k invited people, made in the same way as blocks of answers. What is shown of
them, and when it may change, is for ``surveys.rates``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.blocks import sum_by_block
from sos_core.results.neighbors import Nodes, neighbor_tree
from sos_core.results.policy import Policy
from sos_core.results.tree import Tree


@dataclass(frozen=True)
class Participation:
    """Groups whose response rate may be shown; they stay as they were at opening.

    Every unit has a block, also one without anybody invited, so that a forgotten person can be
    added to it. ``node_of_unit`` is what a viewer of the unit is shown.
    """

    nodes: Nodes
    block_of_unit: NDArray[np.int32]
    node_of_unit: NDArray[np.int32]
    allowed: bool

    def by_node(self, per_unit: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum counts of units' direct staff over each node."""
        return self.nodes.sums(sum_by_block(self.block_of_unit, self.nodes.blocks, per_unit))


def plan_participation(tree: Tree, invited: NDArray[np.int64], policy: Policy) -> Participation:
    """Make the groups at opening from the number of people invited at each unit.

    With fewer than k invited people in all, no rate is ``allowed`` to be shown.
    """
    nodes, block_of_unit, node_of_unit = neighbor_tree(tree, invited, policy.k)
    people = sum_by_block(block_of_unit, nodes.blocks, invited)
    home = block_of_unit.copy()
    for unit in np.flatnonzero(home < 0):
        first, last = nodes.start[node_of_unit[unit]], nodes.stop[node_of_unit[unit]]
        home[unit] = first + np.argmin(people[first:last])
    return Participation(nodes, home, node_of_unit, bool(people.sum() >= policy.k))
