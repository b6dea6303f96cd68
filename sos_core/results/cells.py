"""Cells, the smallest groups of one question: blocks joined until nobody stands out (R2, step 4).

All questions go bottom-up together over the fixed neighbor tree, one array step per depth. Too few
answers (R1) and answers too near the end of the scale (R6) are the same test, so that a join never
tells which of the two it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.neighbors import Nodes


@dataclass(frozen=True)
class Cells:
    """The cell of each block as a node, ``of_block[variable, block]``, -1: no figures at all.

    ``unions[variable, node]``: the node is a union of cells, a cell included.
    """

    of_block: NDArray[np.int32]
    unions: NDArray[np.bool_]


def too_few(answers: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    """Say where somebody answered, but fewer than ``least`` people did."""
    return (answers > 0) & (answers < least)


def too_extreme(
    answers: NDArray[np.int64], sums: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say where answers lie so near an end of the scale that one person's could be told (R6).

    ``answers`` and ``sums`` are ``[node, variable]``, ``values[variable, option]`` is the scale.
    With m answers, sum s and a scale lo…hi of r points: min(m·hi - s, s - m·lo) ≤ r / 2. Questions
    without a mean never fail.
    """
    has_mean = ~np.isnan(values).all(axis=1)
    low = np.where(has_mean, np.where(np.isnan(values), np.inf, values).min(axis=1), 0.0)
    high = np.where(has_mean, np.where(np.isnan(values), -np.inf, values).max(axis=1), 0.0)
    distance = np.minimum(answers * high - sums, sums - answers * low)
    # Sums of values such as 0.1 are not exact: what may be at the limit counts as beyond it.
    near = distance <= (high - low) * (0.5 + 1e-6)
    failing: NDArray[np.bool_] = near & (answers > 0) & has_mean
    return failing


def find_cells(nodes: Nodes, fails: NDArray[np.bool_], forced: NDArray[np.bool_]) -> Cells:
    """Join every block or node that fails into its parent node, bottom-up; the results are cells.

    ``fails[node, variable]`` is asked of blocks and of nodes that were joined; ``forced[node]`` is
    joined with its neighbor in any case, for all variables.
    """
    joined = np.zeros(fails.shape, np.bool_)
    bad = np.zeros(fails.shape, np.bool_)
    for level in reversed(nodes.levels):
        inner = level[nodes.right[level] >= 0]
        joined[level] = True
        joined[inner] = bad[inner + 1] | bad[nodes.right[inner]]
        bad[level] = joined[level] & fails[level] | forced[level, None]
    inside = np.full(fails.shape, -1, np.int32)
    unions = np.zeros(fails.shape, np.bool_)
    for level in nodes.levels:
        above = inside[np.maximum(nodes.parent[level], 0)]
        own = np.where(joined[level], level[:, None], -1)
        unions[level] = above < 0
        inside[level] = np.where(above < 0, own, above)
    refused = bad[0]
    of_block = np.where(refused, -1, inside[nodes.leaf_of_block]).astype(np.int32)
    return Cells(np.ascontiguousarray(of_block.T), np.ascontiguousarray((unions & ~refused).T))


def equal_rows(of_block: NDArray[np.int32]) -> Iterator[tuple[NDArray[np.int32], list[int]]]:
    """Yield each different row of cells with the variables that share it; none without figures."""
    rows: dict[bytes, list[int]] = {}
    for variable, row in enumerate(of_block):
        if row[0] >= 0:
            rows.setdefault(row.tobytes(), []).append(variable)
    for same in rows.values():
        yield of_block[same[0]], same
