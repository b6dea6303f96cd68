"""Response rates that may be shown: blocks of invited people, limits, and calm live values (R8).

Participation is confidential, not anonymous: the system knows it, to remind. A rate is shown only
for blocks of at least k invited people, made once at opening in the same way as blocks of answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.blocks import sum_by_block
from sos_core.results.neighbors import Nodes, neighbor_tree
from sos_core.results.policy import Policy
from sos_core.results.tree import Tree

LOWEST, HIGHEST = 0.1, 0.9
LEAST_CHANGE = 3
LEAST_SECONDS = 60


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


@dataclass(frozen=True)
class Rates:
    """The rate to show for each node: ``limit`` -1 means "at most", 1 "at least", 0 exactly it."""

    rate: NDArray[np.float64]
    limit: NDArray[np.int8]


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


def rates(
    participation: Participation, invited: NDArray[np.int64], done: NDArray[np.int64]
) -> Rates:
    """Give the response rate of each node as it may be displayed, NaN where nothing may be.

    ``invited[unit]`` counts people now, ``done[node]`` is what ``refresh`` gave. Nobody and
    everybody are never told apart from few and nearly all: 0 % and 100 % become "at most 10 %" and
    "at least 90 %", at blocks together with all rates beyond these limits.
    """
    people = participation.by_node(invited)
    rate = np.divide(done, people, out=np.full(len(people), np.nan), where=people > 0)
    if not participation.allowed:
        rate[:] = np.nan
    block = participation.nodes.right < 0
    low = np.where(block, rate <= LOWEST, rate <= 0)
    high = np.where(block, rate >= HIGHEST, rate >= 1)
    shown = np.where(low, LOWEST, np.where(high, HIGHEST, rate))
    return Rates(shown, high.astype(np.int8) - low.astype(np.int8))


def refresh(
    participation: Participation,
    shown: NDArray[np.int64],
    done: NDArray[np.int64],
    *,
    seconds: float,
    day_ended: bool,
) -> NDArray[np.int64]:
    """Give the numbers of finished people per node that may be shown now, instead of ``shown``.

    ``done[unit]`` counts now; ``seconds`` have passed since a number last changed. Nothing changes
    within a minute. A node follows only when at least three more have finished in it, and in its
    neighbor, and the node above is up to date; so the difference of two numbers, at one time or at
    two, is never one or two people. At the end of a day all numbers follow.
    """
    now = participation.by_node(done)
    if day_ended:
        return now
    if seconds < LEAST_SECONDS:
        return shown
    nodes = participation.nodes
    enough = (now == shown) | (np.abs(now - shown) >= LEAST_CHANGE)
    follows = np.zeros(nodes.size, np.bool_)
    follows[0] = enough[0]
    for level in nodes.levels[:-1]:
        inner = level[nodes.right[level] >= 0]
        first, second = inner + 1, nodes.right[inner]
        both = follows[inner] & enough[first] & enough[second]
        follows[first] = follows[second] = both
    return np.where(follows, now, shown)
