"""Worked examples of blocks, their neighbors and cells, with figures a person can follow."""

from __future__ import annotations

import numpy as np
import pytest

from sos_core.errors import InvalidInput
from sos_core.results.publication import Cut, Policy, plan
from sos_core.results.tree import Tree
from tests.results.outlines import SCALE, blocks_of, middling, outline, plan_outline, units_in


def test_a_team_with_five_answers_is_its_own_block_and_smaller_ones_are_joined() -> None:
    made = plan_outline(
        """
        North 0
          Team A 7
          Team B 3
          Team C 2
          Team D 5
        """.replace("        ", "")
    )
    assert blocks_of(made) == {
        frozenset({"Team A"}),
        frozenset({"Team D"}),
        frozenset({"Team B", "Team C"}),
    }


def test_loose_pieces_take_the_smallest_one_that_is_enough() -> None:
    # Largest first: P (4) needs 1 more and takes S (1), not Q (3); Q needs 2 and takes R (2).
    made = plan_outline("North 0\n  P 4\n  Q 3\n  R 2\n  S 1")
    assert blocks_of(made) == {frozenset({"P", "S"}), frozenset({"Q", "R"})}


def test_a_piece_that_is_enough_goes_before_several_that_are_not() -> None:
    # A and B (3) each take a 2, not the two 1s; these are left and join the first of the two.
    made = plan_outline("North 0\n  A 3\n  B 3\n  C 2\n  D 2\n  E 1\n  F 1")
    assert blocks_of(made) == {frozenset("ACEF"), frozenset("BD")}


def test_what_remains_joins_the_smallest_block_of_the_unit() -> None:
    made = plan_outline("North 0\n  P 4\n  Q 4\n  R 2\n  S 2\n  T 1\n  Big 30")
    # P + T (5) and Q + R (6) are blocks; S is left and joins the smaller one, not the team Big.
    assert blocks_of(made) == {
        frozenset({"P", "T", "S"}),
        frozenset({"Q", "R"}),
        frozenset({"Big"}),
    }


def test_direct_staff_are_handed_down_to_the_child_with_the_fewest_people() -> None:
    made = plan_outline("North 2\n  Team A 9\n  Team B 6")
    assert blocks_of(made) == {frozenset({"Team A"}), frozenset({"Team B", "North"})}
    team_b = made.tree.names.index("Team B")
    assert units_in(made, int(made.node_of_unit[team_b])) == {"Team B", "North"}
    assert made.nodes.unit.tolist() == [0, -1, 1]


def test_a_small_region_is_handed_up_as_one_piece() -> None:
    made = plan_outline("Org 1\n  West 1\n    Team H 3\n  South 0\n    Team E 6")
    assert blocks_of(made) == {frozenset({"Org", "West", "Team H"}), frozenset({"Team E"})}


def test_an_organization_under_k_shows_nothing() -> None:
    made = plan_outline("Org 1\n  Team A 2\n  Team B 1")
    assert made.nodes.size == 1
    assert not made.shown.any()
    assert made.cell_of_block.tolist() == [[-1]]


def test_an_organization_where_nobody_submitted_shows_nothing() -> None:
    made = plan_outline("Org 0\n  Team A 0")
    assert made.block_of_unit.tolist() == [-1, -1]
    assert not made.shown.any()
    assert not made.comment_shown.any()


def test_neighbors_are_paired_smallest_with_next_smallest() -> None:
    made = plan_outline("North 0\n  A 20\n  B 6\n  C 9\n  D 5\n  E 7")
    pairs = {
        frozenset(units_in(made, node))
        for node in range(made.nodes.size)
        if made.nodes.stop[node] - made.nodes.start[node] > 1
    }
    # D + B and E + C; then A stands alone while the pairs are paired, smallest first.
    assert pairs == {
        frozenset("DB"),
        frozenset("EC"),
        frozenset("DBEC"),
        frozenset("ABCDE"),
    }


def test_blocks_of_a_unit_are_paired_before_its_child_units_join() -> None:
    made = plan_outline("North 6\n  P 3\n  Q 2\n  Team 5")
    inner = [units_in(made, node) for node in np.flatnonzero(made.nodes.right >= 0).tolist()]
    assert inner == [{"North", "P", "Q", "Team"}, {"North", "P", "Q"}]


def test_a_question_that_too_few_answered_is_joined_with_the_neighbor() -> None:
    text = "North 0\n  Team A 8\n  Team E 6\n  Team F 7"
    skipped = {2: 2}  # two of the six in Team E left the question out
    made = plan_outline(text, skipped=skipped)
    cells = {frozenset(units_in(made, cell)) for cell in made.cell_of_block[0].tolist()}
    assert cells == {frozenset({"Team E", "Team F"}), frozenset({"Team A"})}
    # The block itself stays: another question may be shown for Team E.
    assert blocks_of(made) == {frozenset({"Team A"}), frozenset({"Team E"}), frozenset({"Team F"})}


@pytest.mark.parametrize(
    ("sum_of_six", "alone"), [(6 * 5, False), (6 * 5 - 2, False), (6 * 5 - 3, True), (8, False)]
)
def test_answers_near_an_end_of_the_scale_are_joined(sum_of_six: int, alone: bool) -> None:
    tree, submitters = outline("North 0\n  Team A 8\n  Team E 6")
    counts = middling(submitters)
    low, rest = divmod(sum_of_six, 6)
    counts[2, 0] = 0
    counts[2, 0, low - 1] = 6 - rest
    if rest:
        counts[2, 0, low] = rest
    made = plan(tree, submitters, counts, SCALE, Policy())
    assert bool(made.shown[0, made.node_of_unit[2]]) is alone
    # Not applied to option shares: these depend on the cells of the mean, and on 2 k people.
    assert not made.share_shown[0, made.node_of_unit[2]]


def test_option_shares_need_twice_as_many_and_comments_ten() -> None:
    made = plan_outline("Org 0\n  A 9\n  B 10\n  C 12")
    shares = {frozenset(units_in(made, cell)) for cell in made.share_cell_of_block[0].tolist()}
    comments = {frozenset(units_in(made, cell)) for cell in made.comment_cell_of_block.tolist()}
    assert shares == comments == {frozenset("AB"), frozenset("C")}


def test_a_cut_is_shown_if_nine_in_ten_fit_both_ways() -> None:
    tree, submitters = outline("Org 0\n  A 20\n  B 20\n  C 20")

    def granted(*members: int) -> set[str]:
        cut = Cut("product", np.array([0, *members]))
        made = plan(tree, submitters, middling(submitters), SCALE, Policy(), cuts=[cut])
        blocks = made.cuts[0].blocks[0]
        return {tree.names[u] for u in range(1, 4) if blocks[made.block_of_unit[u]]}

    assert granted(20, 20, 0) == {"A", "B"}
    assert granted(20, 16, 0) == {"A", "B"}
    assert granted(20, 15, 0) == set()  # only 35 of the 40 counted belong to it
    assert granted(20, 20, 4) == {"A", "B"}
    assert granted(20, 20, 5) == set()  # only 40 of its 45 are counted
    assert granted(0, 0, 0) == set()


def test_a_cell_that_lies_mostly_outside_a_cut_is_not_counted() -> None:
    tree, submitters = outline("Org 0\n  A 60\n  B 5\n  C 20")
    cut = Cut("product", np.array([0, 60, 2, 0]))
    made = plan(tree, submitters, middling(submitters), SCALE, Policy(), cuts=[cut])
    assert made.cuts[0].blocks[0, made.block_of_unit[1:]].tolist() == [True, False, False]


def test_thresholds_have_a_floor() -> None:
    for wrong in ({"k": 3}, {"comments": 9}, {"across": 1}, {"across": 6}):
        with pytest.raises(InvalidInput):
            Policy(**wrong)
    assert Policy(k=4).shares == 8


@pytest.mark.parametrize(
    "parents", [[], [0], [-1, -1], [-1, 0, 0, 1], [-1, 2, 0], [-1, 1]], ids=str
)
def test_a_tree_that_is_not_in_preorder_is_refused(parents: list[int]) -> None:
    with pytest.raises(InvalidInput):
        Tree.from_parents(range(len(parents)), ["x"] * len(parents), parents)
