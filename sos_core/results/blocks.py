"""Blocks, the smallest groups of a survey: small units are joined with small neighbors (R2, 1-2).

A team with at least k answers is its own block; smaller ones are joined with the smallest neighbor
until there are k. Only how many people of each unit submitted is read, never what they answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sos_core.results.tree import Tree


class Piece(NamedTuple):
    """People who always stay together: the direct staff of a unit, or the whole of a small one."""

    size: int
    unit: int
    whole: bool
    id: int


@dataclass(slots=True)
class Block:
    """The pieces of one block; ``id`` is its least unit id and breaks ties of size."""

    pieces: list[Piece]

    @property
    def size(self) -> int:
        """How many submitters the block has."""
        return sum(piece.size for piece in self.pieces)

    @property
    def id(self) -> int:
        """The least id among the units of its pieces."""
        return min(piece.id for piece in self.pieces)


def find_blocks(tree: Tree, submitters: NDArray[np.int64], k: int) -> dict[int, list[Block]]:
    """Divide all submitters into blocks, listed by the unit at which each was made.

    ``submitters[unit]`` counts direct staff. Every block has at least ``k`` people, unless the
    whole organization has fewer: then there is one block, of which nothing can be shown.
    """
    total = tree.subtree_sums(submitters).tolist()
    direct = submitters.tolist()
    if total[0] < k:
        return {0: [Block([Piece(total[0], 0, True, tree.ids[0])])]}
    made: dict[int, list[Block]] = {}
    for unit in range(tree.size - 1, -1, -1):
        if total[unit] < k:
            continue
        staff = Piece(direct[unit], unit, False, tree.ids[unit])
        made[unit] = [Block([staff])] if staff.size >= k else []
        loose = [staff] if 0 < staff.size < k else []
        for child in tree.children[unit]:
            if 0 < total[child] < k:
                loose.append(Piece(total[child], child, True, tree.ids[child]))
        if loose and (rest := _pool(loose, k, made[unit])):
            _hand_down(rest, unit, tree, total, made)
    return made


def _pool(loose: list[Piece], k: int, blocks: list[Block]) -> list[Piece]:
    """Join loose pieces into blocks, largest first; return what remains under ``k``."""
    of_size: dict[int, list[Piece]] = {size: [] for size in range(1, k)}
    for piece in sorted(loose, key=lambda piece: -piece.id):
        of_size[piece.size].append(piece)
    while any(of_size.values()):
        pool: list[Piece] = []
        missing = k
        while missing > 0:
            enough = [size for size in range(missing, k) if of_size[size]]
            largest = [size for size in range(min(missing, k) - 1, 0, -1) if of_size[size]]
            if not enough and not largest:
                return pool
            pool.append(of_size[(enough or largest)[0]].pop())
            missing -= pool[-1].size
        blocks.append(Block(pool))
    return []


def _hand_down(
    rest: list[Piece], unit: int, tree: Tree, total: list[int], made: dict[int, list[Block]]
) -> None:
    """Give what is too small to the smallest block at the unit, else to its smallest child."""
    while not made[unit]:
        large = [child for child in tree.children[unit] if child in made]
        unit = min(large, key=lambda child: (total[child], tree.ids[child]))
    smallest = min(made[unit], key=lambda block: (block.size, block.id))
    smallest.pieces += rest


def sum_by_block(
    block_of_unit: NDArray[np.int32], blocks: int, per_unit: NDArray[Any]
) -> NDArray[Any]:
    """Sum counts of units' direct staff, ``[units, ...]``, into counts of ``[blocks, ...]``."""
    counts = np.zeros((blocks, *per_unit.shape[1:]), np.result_type(per_unit, np.int64))
    order = np.argsort(block_of_unit, kind="stable")
    order = order[block_of_unit[order] >= 0]
    if len(order):
        of_order = block_of_unit[order]
        first = np.flatnonzero(np.diff(of_order, prepend=-1))
        counts[of_order[first]] = np.add.reduceat(per_unit[order], first, axis=0)
    return counts
