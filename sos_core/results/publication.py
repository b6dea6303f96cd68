"""The publication plan: which groups of respondents may be shown, decided before any score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sos_core.results.across import Edges, Overlap, hold_apart
from sos_core.results.blocks import sum_by_block
from sos_core.results.cells import Cells, find_cells, too_extreme, too_few
from sos_core.results.cuts import Cut, CutPlan, plan_cuts
from sos_core.results.neighbors import Nodes, neighbor_tree
from sos_core.results.policy import Policy
from sos_core.results.tree import Tree

__all__ = ["Cut", "CutPlan", "Nodes", "Overlap", "Plan", "Policy", "Tree", "Variables", "plan"]


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

    def by_block(self, per_unit: NDArray[Any]) -> NDArray[Any]:
        """Sum counts of units, ``[units, ...]``, into counts of blocks, ``[blocks, ...]``."""
        return sum_by_block(self.block_of_unit, self.nodes.blocks, per_unit)

    def nearest_shown(self, shown: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Give each node itself where it is shown, else the next one above that is; -1: none.

        ``shown`` is ``shown``, ``share_shown`` or ``comment_shown``, ``[..., nodes]``.
        """
        nearest = np.where(shown, np.arange(self.nodes.size, dtype=np.int32), np.int32(-1))
        for level in self.nodes.levels[1:]:
            above = nearest[..., self.nodes.parent[level]]
            nearest[..., level] = np.where(shown[..., level], level, above)
        return nearest


def plan(
    tree: Tree,
    submitters: NDArray[np.integer[Any]],
    counts: NDArray[np.integer[Any]],
    variables: Variables,
    policy: Policy,
    *,
    cuts: Sequence[Cut] = (),
    earlier: Sequence[Overlap] = (),
) -> Plan:
    """Decide what a survey may show, from counts alone; a person is never looked at.

    ``submitters[unit]`` and ``counts[unit, variable, option]`` count each unit's direct staff; the
    first option is answer 1, for those who gave no answer or cannot judge are not counted.
    ``earlier`` says, for each survey that this one must be held apart from, who was where then.
    """
    staff = submitters.astype(np.int64)
    nodes, block_of_unit, node_of_unit = neighbor_tree(tree, staff, policy.k)
    people = sum_by_block(block_of_unit, nodes.blocks, staff)
    answers, fails = _failing(nodes, block_of_unit, counts, variables, policy)
    pairs = [Edges.of(overlap, block_of_unit) for overlap in earlier]
    forced = hold_apart(nodes, pairs, policy.across)
    cells = find_cells(nodes, fails, forced)
    shares = find_cells(nodes, fails | too_few(answers, policy.shares), forced)
    comment_cell_of_block, comment_shown = _comments(nodes, people, policy)
    return Plan(
        tree=tree,
        nodes=nodes,
        policy=policy,
        submitters=staff,
        block_of_unit=block_of_unit,
        node_of_unit=node_of_unit,
        cell_of_block=cells.of_block,
        shown=cells.unions & (answers.T > 0),
        share_cell_of_block=shares.of_block,
        share_shown=shares.unions & (answers.T > 0),
        comment_cell_of_block=comment_cell_of_block,
        comment_shown=comment_shown,
        cuts=_plan_cuts(cuts, nodes, block_of_unit, people, cells, shares),
    )


def _failing(
    nodes: Nodes,
    block_of_unit: NDArray[np.int32],
    counts: NDArray[np.integer[Any]],
    variables: Variables,
    policy: Policy,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Count the answers of each node and variable, and say which cannot stand alone."""
    worth = np.nan_to_num(variables.values)
    answers = sum_by_block(block_of_unit, nodes.blocks, counts.sum(axis=2))
    sums = sum_by_block(block_of_unit, nodes.blocks, np.einsum("uvo,vo->uv", counts, worth))
    answers, sums = nodes.sums(answers), nodes.sums(sums)
    return answers, too_few(answers, policy.k) | too_extreme(answers, sums, variables.values)


def _comments(
    nodes: Nodes, people: NDArray[np.int64], policy: Policy
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Find the cell of each block for comments, and the nodes that are unions of such cells."""
    submitted = nodes.sums(people)
    small = too_few(submitted, policy.comments)[:, None]
    cells = find_cells(nodes, small, np.zeros(nodes.size, np.bool_))
    return cells.of_block[0], cells.unions[0] & (submitted > 0)


def _plan_cuts(
    cuts: Sequence[Cut],
    nodes: Nodes,
    block_of_unit: NDArray[np.int32],
    people: NDArray[np.int64],
    cells: Cells,
    shares: Cells,
) -> tuple[CutPlan, ...]:
    """Choose the blocks of each cut, for means and for option shares."""
    if not cuts:
        return ()
    members = np.stack([cut.members for cut in cuts], axis=1)
    members = sum_by_block(block_of_unit, nodes.blocks, members)
    means = plan_cuts(nodes, members, people, cells.of_block)
    options = plan_cuts(nodes, members, people, shares.of_block)
    return tuple(
        CutPlan(cut.key, *chosen) for cut, *chosen in zip(cuts, means, options, strict=True)
    )
