"""The organization tree as it was frozen when the survey opened: units in preorder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sos_core.errors import InvalidInput


@dataclass(frozen=True)
class Tree:
    """Units in preorder: unit ``i`` and below are ``i .. stop[i] - 1``; the root's parent is -1."""

    ids: tuple[int, ...]
    names: tuple[str, ...]
    parent: NDArray[np.int32]
    stop: NDArray[np.int32]

    @classmethod
    def from_parents(cls, ids: Sequence[int], names: Sequence[str], parent: Sequence[int]) -> Tree:
        """Build the tree from each unit's parent; ``InvalidInput`` unless it is in preorder."""
        size = len(parent)
        stop = list(range(1, size + 1))
        for unit in range(size - 1, 0, -1):
            above = parent[unit]
            if 0 <= above < unit:
                stop[above] = max(stop[above], stop[unit])
        tree = cls(tuple(ids), tuple(names), np.array(parent, np.int32), np.array(stop, np.int32))
        tree.check()
        return tree

    def check(self) -> None:
        """Refuse units that are not in preorder, that share an id, or that lack a name."""
        size, parent = len(self.ids), self.parent.tolist()
        path: list[int] = []
        fits = size > 0 and len({size, len(self.names), len(parent), len(self.stop)}) == 1
        fits = fits and len(set(self.ids)) == size and parent[0] == -1
        for unit in range(size if fits else 0):
            while path and path[-1] != parent[unit]:
                path.pop()
            fits = fits and bool(path) == (unit > 0)
            path.append(unit)
        if not fits:
            raise InvalidInput(
                "The units of the organization do not form one tree in preorder.",
                "Build the tree again from the units that were copied when the survey opened.",
                code="tree_not_preorder",
            )

    @property
    def size(self) -> int:
        """How many units there are."""
        return len(self.ids)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The units directly below each unit, in preorder."""
        below: list[list[int]] = [[] for _ in self.ids]
        for unit, above in enumerate(self.parent.tolist()):
            if above >= 0:
                below[above].append(unit)
        return tuple(map(tuple, below))

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        """How many units lie above each unit: 0 at the root."""
        depth = [0] * self.size
        for unit, above in enumerate(self.parent.tolist()):
            depth[unit] = depth[above] + 1 if above >= 0 else 0
        return np.array(depth, np.int32)

    def subtree_sums(self, per_unit: NDArray[Any]) -> NDArray[Any]:
        """Sum a value of each unit's direct staff, ``[units, ...]``, over each unit's subtree."""
        running = np.zeros((self.size + 1, *per_unit.shape[1:]), np.result_type(per_unit, np.int64))
        np.cumsum(per_unit, axis=0, out=running[1:])
        total: NDArray[Any] = running[self.stop] - running[:-1]
        return total
