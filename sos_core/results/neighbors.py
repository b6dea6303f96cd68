"""The fixed neighbor tree: who is joined with whom when a group is too small to be shown (R2, 3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
