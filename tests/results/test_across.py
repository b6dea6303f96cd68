"""Two surveys together: weak sides of the graph of people, and what is joined because of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.results.across import Edges, Overlap, weak_cells
from sos_core.results.connectivity import weak_sides
from sos_core.results.publication import Plan, Policy, plan
from tests.results.attack.publish import Pair, plan_of
from tests.results.outlines import SCALE, middling, outline, units_in

ORG = "Org 0\n  A 10\n  B 10\n  C 11\n  D 12"


def follow(changes: list[tuple[int, int]], c: int = 2, text: str = ORG) -> Plan:
    """Plan a second survey of the same teams: ``changes`` are (team then, team now), 0: absent."""
    tree, submitters = outline(text)
    first = plan(tree, submitters, middling(submitters), SCALE, Policy())
    then = np.repeat(np.arange(tree.size), submitters)
    now = then.copy()
    for before, after in changes:
        if before:
            now[np.flatnonzero((then == before) & (now == before))[0]] = after
        else:
            then, now = np.append(then, 0), np.append(now, after)
    overlap = Overlap(
        np.where(then > 0, first.block_of_unit[then], -1).astype(np.int32),
        np.where(now > 0, now, -1).astype(np.int32),
    )
    later = np.bincount(now[now > 0], minlength=tree.size)
    policy = Policy(across=c)
    return plan(tree, later, middling(later), SCALE, policy, earlier=[overlap])


def cells(made: Plan) -> set[frozenset[str]]:
    return {frozenset(units_in(made, cell)) for cell in made.cell_of_block[0].tolist() if cell >= 0}


def test_the_same_people_again_need_no_join() -> None:
    assert cells(follow([])) == {frozenset(name) for name in "ABCD"}


def test_one_person_who_left_a_team_would_be_told_by_the_difference() -> None:
    # One left A, two left B, two joined C: only A's difference is a single person.
    made = follow([(1, 0), (2, 0), (2, 0), (0, 3), (0, 3)])
    assert frozenset("A") not in cells(made)
    assert frozenset("CB") not in cells(made)
    assert len(cells(made)) == 3


def test_two_people_who_changed_in_each_team_are_enough_for_c_2() -> None:
    changes = [(1, 0), (0, 1), (2, 0), (0, 2), (3, 0), (3, 0)]
    assert cells(follow(changes)) == {frozenset(name) for name in "ABCD"}
    assert cells(follow(changes, c=3)) != {frozenset(name) for name in "ABCD"}


def test_one_joiner_in_all_leaves_no_figures() -> None:
    # Nothing that is joined hides the one person by whom the two surveys differ.
    made = follow([(0, 1)])
    assert cells(made) == set()
    assert not made.shown.any()
    assert not made.share_shown.any()


def test_one_person_who_moved_between_two_teams_is_hidden_by_joining_them() -> None:
    made = follow([(1, 2)])
    assert frozenset("AB") <= next(cell for cell in cells(made) if "A" in cell)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=24),
    st.integers(2, 4),
)
def test_weak_sides_are_those_that_trying_every_cut_finds(
    edges: list[tuple[int, int]], c: int
) -> None:
    marked = {4, 5, 6} & {node for edge in edges for node in edge}
    first, second = np.array(edges).T
    sides = weak_sides(
        first, second, np.ones(len(edges), np.int64), np.array(sorted(marked), np.int64), 0, c
    )

    # A cut counts where people of a cell are on one side, others or the absent on the other.
    ends = marked | {0}
    weak = set()
    for part in _connected(edges):
        for size in range(1, len(part)):
            for side in map(set, combinations(part - {0}, size)):
                crossing = sum((one in side) != (two in side) for one, two in edges)
                if 0 < crossing < c and marked & side and ends & part - side:
                    weak.add(frozenset(marked & side))
    assert bool(sides) == bool(weak)
    assert set(sides) <= weak


def test_a_flow_that_took_the_wrong_way_is_turned_back() -> None:
    # The shortest way from 9 to 0 (9 1 2 0) blocks both of the two ways that exist together.
    edges = [(9, 1), (1, 2), (2, 0), (1, 3), (3, 4), (4, 0), (9, 5), (5, 6), (6, 2)]
    first, second = np.array(edges).T
    ones = np.ones(len(edges), np.int64)
    assert weak_sides(first, second, ones, np.array([9]), 0, 2) == []
    assert weak_sides(first, second, ones, np.array([9]), 0, 3) == [frozenset({9})]


def _connected(edges: list[tuple[int, int]]) -> list[set[int]]:
    parts: list[set[int]] = []
    for edge in edges:
        touched = [part for part in parts if part & set(edge)]
        parts = [part for part in parts if part not in touched]
        parts.append(set(edge).union(*touched))
    return parts


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_after_joining_no_cell_is_weak(seed: int, c: int) -> None:
    policy = Policy(across=c)
    pair = Pair.random(seed, policy)
    made = plan_of(pair.later, policy, [pair.overlap()])
    edges = Edges.of(pair.overlap(), made.block_of_unit)
    for of_block, shares in zip(made.cell_of_block, made.share_cell_of_block, strict=True):
        for row in (of_block, shares):
            if row[0] >= 0:
                assert weak_cells(edges, row, c) == []
