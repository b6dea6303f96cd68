"""The fixed neighbor tree: who is joined with whom where a group is too small (R2, step 3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sos_core.results.blocks import Block, find_blocks
from sos_core.results.tree import Tree


@dataclass(frozen=True)
class Nodes:
    """A binary tree over the blocks, in preorder (root first); one block is a node of length 1.

    ``start`` and ``stop`` bound the blocks of each node, ``parent`` is -1 at the root, ``unit`` is
    the outermost unit whose submitters the node is exactly, or -1 for a combined node.
    """

    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    parent: NDArray[np.int32]
    unit: NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many nodes there are: twice the number of blocks, less one."""
        return len(self.start)

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.stop[0])

    @cached_property
    def leaf_of_block(self) -> NDArray[np.int32]:
        """The node that is each block alone."""
        leaves = np.flatnonzero(self.stop - self.start == 1)
        order = np.empty(self.blocks, np.int32)
        order[self.start[leaves]] = leaves
        return order

    @cached_property
    def right(self) -> NDArray[np.int32]:
        """The second child of each node (the first one is the next node), -1 at a block."""
        right = np.full(self.size, -1, np.int32)
        second = np.flatnonzero(self.parent != np.arange(self.size) - 1)
        second = second[second > 0]
        right[self.parent[second]] = second
        return right

    @cached_property
    def levels(self) -> tuple[NDArray[np.int32], ...]:
        """The nodes at each depth, from the root down: one array step each, for all questions."""
        levels = [np.zeros(1, np.int32)]
        while True:
            inner = levels[-1][self.right[levels[-1]] >= 0]
            if not len(inner):
                return tuple(levels)
            levels.append(np.concatenate([inner + 1, self.right[inner]]).astype(np.int32))

    def sums(self, per_block: NDArray[Any]) -> NDArray[Any]:
        """Sum a value of each block, ``[blocks, ...]``, over each node: two look-ups in one sum."""
        running = np.zeros(
            (self.blocks + 1, *per_block.shape[1:]), np.result_type(per_block, np.int64)
        )
        np.cumsum(per_block, axis=0, out=running[1:])
        total: NDArray[Any] = running[self.stop] - running[self.start]
        return total


@dataclass(slots=True)
class _Branch:
    """A node while the neighbor tree grows; ``id`` is the least unit id in it and breaks ties."""

    size: int
    id: int
    unit: int = -1
    block: Block | None = None
    halves: tuple[_Branch, _Branch] | None = None
    node: int = -1


def neighbor_tree(
    tree: Tree, submitters: NDArray[np.int64], k: int
) -> tuple[Nodes, NDArray[np.int32], NDArray[np.int32]]:
    """Divide submitters into blocks, join those to one tree, and number both in its order.

    At each unit its blocks are paired smallest with next smallest, then pairs with pairs, then
    with the child units by size, until the unit is one node. Returns the nodes, the block of each
    unit's direct staff (-1: nobody), and the smallest node with all of a unit's people (of the
    unit above, where there are none).
    """
    total = tree.subtree_sums(submitters).tolist()
    made = find_blocks(tree, submitters, k)
    branch_of: dict[int, _Branch] = {}
    for unit in sorted(made, reverse=True):
        own = _pair([_Branch(block.size, block.id, block=block) for block in made[unit]])
        below = [branch_of[child] for child in tree.children[unit] if child in branch_of]
        branch = _pair(own + below)[0]
        if branch.size == total[unit]:
            branch.unit = unit
        branch_of[unit] = branch
    nodes, home = _number(tree, branch_of[0])
    node_of_unit = np.zeros(tree.size, np.int32)
    for unit, above in enumerate(tree.parent.tolist()):
        if unit in branch_of:
            node_of_unit[unit] = branch_of[unit].node
        elif home[unit] >= 0:
            node_of_unit[unit] = nodes.leaf_of_block[home[unit]]
        else:
            node_of_unit[unit] = node_of_unit[above]
    return nodes, np.where(submitters > 0, home, -1).astype(np.int32), node_of_unit


def _pair(branches: list[_Branch]) -> list[_Branch]:
    """Pair smallest with next smallest, in rounds, until at most one is left."""
    while len(branches) > 1:
        branches.sort(key=lambda branch: (branch.size, branch.id))
        pairs = [
            _Branch(one.size + two.size, min(one.id, two.id), halves=(one, two))
            for one, two in zip(branches[::2], branches[1::2], strict=False)
        ]
        branches = pairs + branches[2 * len(pairs) :]
    return branches


def _number(tree: Tree, root: _Branch) -> tuple[Nodes, NDArray[np.int32]]:
    """Number nodes in preorder, and blocks as they are met; also the block of each unit."""
    home = [-1] * tree.size
    until = tree.stop.tolist()
    blocks = 0
    parent: list[int] = []
    order: list[_Branch] = []
    start: list[int] = []
    stack = [(root, -1)]
    while stack:
        branch, above = stack.pop()
        branch.node = len(order)
        order.append(branch)
        parent.append(above)
        start.append(blocks)
        if branch.halves:
            stack += [(branch.halves[1], branch.node), (branch.halves[0], branch.node)]
        elif branch.block:
            for piece in branch.block.pieces:
                last = until[piece.unit] if piece.whole else piece.unit + 1
                home[piece.unit : last] = [blocks] * (last - piece.unit)
            blocks += 1
    stop = [first + 1 for first in start]
    for node in range(len(order) - 1, 0, -1):
        stop[parent[node]] = max(stop[parent[node]], stop[node])
    columns = (start, stop, parent, [branch.unit for branch in order])
    return Nodes(*(np.array(column, np.int32) for column in columns)), np.array(home, np.int32)
