"""Cuts across the tree that were registered before opening (R2, step 5), made of whole cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.cells import equal_rows
from sos_core.results.neighbors import Nodes


@dataclass(frozen=True)
class Cut:
    """A group across the tree: how many submitters among each unit's direct staff belong to it."""

    key: str
    members: NDArray[np.int64]


@dataclass(frozen=True)
class CutPlan:
    """The blocks that a cut's figures count, ``[variables, blocks]``; none where it is refused."""

    key: str
    blocks: NDArray[np.bool_]
    share_blocks: NDArray[np.bool_]


def plan_cuts(
    nodes: Nodes,
    members: NDArray[np.int64],
    people: NDArray[np.int64],
    of_block: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Choose the blocks that stand for each cut, ``[cuts, variables, blocks]``; none: refused.

    ``members[block, cut]`` and ``people[block]`` count the submitters inside a cut and in all;
    ``of_block[variable, block]`` names cells. The union of the cells whose submitters are mostly
    inside stands for the cut, if at least 90 % of those counted belong to it and at least 90 % of
    it is counted. Memberships decide, not answers, so that a refusal tells nothing.
    """
    granted = np.zeros((members.shape[1], *of_block.shape), np.bool_)
    mostly = 2 * nodes.sums(members) > nodes.sums(people)[:, None]
    for cells, variables in equal_rows(of_block):
        chosen = mostly[cells]
        belonging = np.where(chosen, members, 0).sum(axis=0)
        pure = 10 * belonging >= 9 * (people @ chosen)
        complete = 10 * belonging >= 9 * members.sum(axis=0)
        granted[:, variables] = (chosen & pure & complete).T[:, None]
    return granted
