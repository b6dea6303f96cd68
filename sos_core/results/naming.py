"""Names of combined units, as parts that a text in any language is made of (R3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sos_core.results.publication import Plan

LONGEST_LIST = 3


class Form(StrEnum):
    """How a name is worded."""

    UNIT = "unit"
    """Exactly one unit: its own name."""
    STAFF = "staff"
    """Only the direct staff of one unit: "Direct staff of North"."""
    JOINED = "joined"
    """Two or three parts, each named: "Team A + Team B (9 people)"."""
    WITH_STAFF = "with_staff"
    """One unit with other units' staff: "Team A with direct staff of North"."""
    MANY = "many"
    """More than three parts: "4 teams of North"."""


@dataclass(frozen=True)
class Name:
    """The parts of a node's name: unit indices in preorder.

    ``units`` are shown whole, of ``staff`` only those who sit on the unit itself; all lie in the
    unit ``within``. ``level`` is the depth that all whole units share, -1 where they differ or
    where there are none. ``people`` counts whomever the caller counted.
    """

    form: Form
    units: tuple[int, ...]
    staff: tuple[int, ...]
    within: int
    level: int
    people: int


def name(plan: Plan, node: int, people: NDArray[np.int64]) -> Name:
    """Name a node after its parts; ``people[unit]`` counts direct staff.

    Give it those who were invited: how many of them submitted is not for a name to tell.
    """
    tree = plan.tree
    inside = (plan.block_of_unit >= plan.nodes.start[node]) & (
        plan.block_of_unit < plan.nodes.stop[node]
    )
    staffed = tree.subtree_sums((plan.block_of_unit >= 0).astype(np.int64))
    whole = (tree.subtree_sums(inside.astype(np.int64)) == staffed) & (staffed > 0)
    topmost = whole & ~np.where(tree.parent >= 0, whole[tree.parent], False)
    exact = int(plan.nodes.unit[node])
    units = (exact,) if exact >= 0 else tuple(np.flatnonzero(topmost).tolist())
    staff = tuple(np.flatnonzero(inside & ~whole).tolist())
    within = _common(plan, (*units, *staff))
    depths = {int(tree.depth[unit]) for unit in units}
    return Name(
        form=_form(len(units), len(staff)),
        units=units,
        staff=staff,
        within=within,
        level=depths.pop() if len(depths) == 1 else -1,
        people=_people(plan, units, staff, people),
    )


def parts(plan: Plan, node: int) -> frozenset[tuple[int, bool]]:
    """Give the parts of a node as unit ids, True for a whole unit: equal parts can be compared.

    Two surveys publish the same set of units at two nodes if and only if these are equal.
    """
    found = name(plan, node, plan.submitters)
    ids = plan.tree.ids
    return frozenset(
        [(ids[unit], True) for unit in found.units] + [(ids[unit], False) for unit in found.staff]
    )


def _form(units: int, staff: int) -> Form:
    """Choose the wording for a number of whole units and of direct staffs."""
    if units + staff == 1:
        return Form.UNIT if units else Form.STAFF
    if units + staff > LONGEST_LIST:
        return Form.MANY
    return Form.WITH_STAFF if units == 1 else Form.JOINED


def _common(plan: Plan, units: tuple[int, ...]) -> int:
    """Find the lowest unit that holds all given ones."""
    lowest = units[0] if units else 0
    while not all(lowest <= unit < plan.tree.stop[lowest] for unit in units):
        lowest = int(plan.tree.parent[lowest])
    return lowest


def _people(
    plan: Plan, units: tuple[int, ...], staff: tuple[int, ...], people: NDArray[np.int64]
) -> int:
    """Count the people of whole units and of direct staffs."""
    whole = plan.tree.subtree_sums(people)
    return int(whole[list(units)].sum() + people[list(staff)].sum())
