"""The canonical bytes of a publication plan: what a release keeps to be read and recomputed.

Two parts: ``groups`` (tree, neighbor tree, names of combined groups: all that a heatmap needs
besides the scores) and ``cells`` (which question is shown where, and the cuts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sos_core.results.encoding import Parts, read, write
from sos_core.results.naming import Form, Name, name
from sos_core.results.publication import CutPlan, Nodes, Plan, Policy, Tree

GROUPS, CELLS = "groups", "cells"
OF_UNITS = ("block_of_unit", "node_of_unit")
OF_CELLS = (
    "cell_of_block",
    "shown",
    "share_cell_of_block",
    "share_shown",
    "comment_cell_of_block",
    "comment_shown",
)


@dataclass(frozen=True)
class Groups:
    """A decoded ``groups`` part: a plan without questions, names by node, and who was invited.

    ``names`` has the combined groups that somebody looks at; the others are ``nodes.unit``.
    ``invited`` int64 [units] counts direct staff.
    """

    plan: Plan
    names: Mapping[int, Name]
    invited: NDArray[np.int64]


def encode_plan(plan: Plan, invited: NDArray[np.int64]) -> Parts:
    """Return the two parts of a plan; ``invited[unit]`` counts the direct staff invited."""
    tree, nodes, policy = plan.tree, plan.nodes, plan.policy
    values = {
        "policy": [policy.k, policy.comments, policy.across],
        "unit_names": tree.names,
        "names": [[node, *_plain(found)] for node, found in _names(plan, invited).items()],
    }
    groups: dict[str, NDArray[Any]] = {
        "ids": np.array(tree.ids, np.int64),
        "tree_parent": tree.parent,
        "tree_stop": tree.stop,
        "start": nodes.start,
        "stop": nodes.stop,
        "parent": nodes.parent,
        "unit": nodes.unit,
        "submitters": plan.submitters,
        "invited": invited.astype(np.int64),
        **{key: getattr(plan, key) for key in OF_UNITS},
    }
    cells = {key: getattr(plan, key) for key in OF_CELLS}
    for number, cut in enumerate(plan.cuts):
        cells[f"cut{number}"], cells[f"cut_shares{number}"] = cut.blocks, cut.share_blocks
    return {
        GROUPS: write(groups, values),
        CELLS: write(cells, {"cuts": [cut.key for cut in plan.cuts]}),
    }


def decode_groups(part: bytes) -> Groups:
    """Return the part ``groups``; its plan says who is in which group, and nothing of questions."""
    values, arrays = read(part)
    ids = tuple(arrays["ids"].tolist())
    tree = Tree(ids, tuple(values["unit_names"]), arrays["tree_parent"], arrays["tree_stop"])
    nodes = Nodes(*(arrays[key] for key in ("start", "stop", "parent", "unit")))
    k, comments, across = values["policy"]
    of_blocks = np.zeros((0, nodes.blocks), np.int32)
    of_nodes = np.zeros((0, nodes.size), np.bool_)
    plan = Plan(
        tree=tree,
        nodes=nodes,
        policy=Policy(k, comments, across),
        submitters=arrays["submitters"],
        block_of_unit=arrays["block_of_unit"],
        node_of_unit=arrays["node_of_unit"],
        cell_of_block=of_blocks,
        shown=of_nodes,
        share_cell_of_block=of_blocks,
        share_shown=of_nodes,
        comment_cell_of_block=np.full(nodes.blocks, -1, np.int32),
        comment_shown=np.zeros(nodes.size, np.bool_),
        cuts=(),
    )
    names = {row[0]: _name(row[1:]) for row in values["names"]}
    return Groups(plan, names, arrays["invited"])


def decode_plan(groups: Groups, part: bytes) -> Plan:
    """Return the whole plan of both parts."""
    values, arrays = read(part)
    known = groups.plan
    return Plan(
        tree=known.tree,
        nodes=known.nodes,
        policy=known.policy,
        submitters=known.submitters,
        block_of_unit=known.block_of_unit,
        node_of_unit=known.node_of_unit,
        **{key: arrays[key] for key in OF_CELLS},
        cuts=tuple(
            CutPlan(key, arrays[f"cut{number}"], arrays[f"cut_shares{number}"])
            for number, key in enumerate(values["cuts"])
        ),
    )


def _names(plan: Plan, invited: NDArray[np.int64]) -> dict[int, Name]:
    """Name every combined group that somebody may look at: of a unit, a question, or comments."""
    nodes = plan.nodes
    needed = np.zeros(nodes.size, bool)
    needed[plan.node_of_unit[plan.node_of_unit >= 0]] = True
    looked_at = np.flatnonzero(needed)
    for shown in (*plan.shown, *plan.share_shown, plan.comment_shown):
        stand_in = plan.nearest_shown(shown)[looked_at]
        needed[stand_in[stand_in >= 0]] = True
    combined = np.flatnonzero(needed & (nodes.unit < 0)).tolist()
    return {node: name(plan, node, invited) for node in combined}


def _plain(found: Name) -> list[Any]:
    return [
        found.form.value,
        list(found.units),
        list(found.staff),
        found.within,
        found.level,
        found.people,
    ]


def _name(row: list[Any]) -> Name:
    form, units, staff, within, level, people = row
    return Name(Form(form), tuple(units), tuple(staff), within, level, people)
