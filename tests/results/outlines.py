"""Organizations for examples and for hypothesis: an indented outline, and random trees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sos_core.results.neighbors import Nodes
from sos_core.results.publication import Plan, Policy, Variables, plan
from sos_core.results.tree import Tree

SCALE = Variables(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]))


def outline(text: str) -> tuple[Tree, NDArray[np.int64]]:
    """Read a tree from lines of "name submitters", indented by two blanks a level."""
    names: list[str] = []
    parent: list[int] = []
    people: list[int] = []
    path: list[int] = []
    for line in filter(str.strip, text.splitlines()):
        name, _, count = line.strip().rpartition(" ")
        level = (len(line) - len(line.lstrip())) // 2
        path = path[:level]
        parent.append(path[-1] if path else -1)
        path.append(len(names))
        names.append(name)
        people.append(int(count))
    return Tree.from_parents(range(len(names)), names, parent), np.array(people)


def middling(submitters: NDArray[np.int64], skipped: Mapping[int, int] | None = None) -> NDArray:
    """Let everybody answer 2, 4, 2, 4 …; ``skipped`` people of a unit leave the question out."""
    answered = submitters - [(skipped or {}).get(unit, 0) for unit in range(len(submitters))]
    counts = np.zeros((len(submitters), 1, 5), np.int64)
    counts[:, 0, 1] = answered - answered // 2
    counts[:, 0, 3] = answered // 2
    return counts


def plan_outline(
    text: str, policy: Policy | None = None, skipped: Mapping[int, int] | None = None
) -> Plan:
    tree, submitters = outline(text)
    return plan(tree, submitters, middling(submitters, skipped), SCALE, policy or Policy())


def units_in(plan: Plan, node: int) -> set[str]:
    """Name the units whose direct staff are in a node."""
    return {
        plan.tree.names[unit]
        for unit in range(plan.tree.size)
        if plan.nodes.start[node] <= plan.block_of_unit[unit] < plan.nodes.stop[node]
    }


def blocks_of(plan: Plan) -> set[frozenset[str]]:
    return {frozenset(units_in(plan, int(leaf))) for leaf in plan.nodes.leaf_of_block}


def node_range(nodes: Nodes, node: int) -> set[int]:
    return set(range(nodes.start[node], nodes.stop[node]))


@st.composite
def trees(draw: st.DrawFn, most: int = 25) -> Tree:
    """Draw a tree in preorder whose ids are in no order."""
    levels = [0]
    for step in draw(st.lists(st.integers(0, 3), max_size=most - 1)):
        levels.append(max(1, levels[-1] + 1 - step))
    path: list[int] = []
    parent: list[int] = []
    for unit, level in enumerate(levels):
        path = path[:level]
        parent.append(path[-1] if path else -1)
        path.append(unit)
    ids = draw(st.permutations(range(len(levels))))
    return Tree.from_parents(ids, [f"Unit {number}" for number in ids], parent)


@st.composite
def surveys(draw: st.DrawFn, questions: int = 3) -> tuple[Tree, NDArray, NDArray]:
    """Draw a tree, the submitters of each unit, and their answers by unit, question and option."""
    tree = draw(trees())
    people = st.lists(st.integers(0, 9), min_size=tree.size, max_size=tree.size)
    submitters = np.array(draw(people))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    mood = rng.dirichlet(np.full(6, rng.choice([0.2, 1.0, 5.0])), questions)
    counts = np.stack(
        [[rng.multinomial(size, likely)[1:] for likely in mood] for size in submitters]
    )
    return tree, submitters, counts
