"""Response rates: blocks of invited people, limits at the ends, and values that move calmly."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sos_core.results.participation import Participation, plan_participation, rates, refresh
from sos_core.results.publication import Policy
from sos_core.results.tree import Tree
from tests.results.outlines import outline, surveys


def start(text: str) -> tuple[Participation, NDArray[np.int64]]:
    tree, invited = outline(text)
    return plan_participation(tree, invited, Policy()), invited


def test_a_rate_is_shown_for_five_invited_people_at_least() -> None:
    made, invited = start("Org 0\n  A 3\n  B 4\n  C 10")
    done = made.by_node(np.array([0, 1, 3, 4]))
    shown = rates(made, invited, done)
    nodes = made.node_of_unit
    assert nodes[1] == nodes[2]
    assert shown.rate[nodes].tolist() == [8 / 17, 4 / 7, 4 / 7, 0.4]
    assert shown.limit.tolist() == [0, 0, 0]


def test_nobody_and_everybody_are_shown_as_limits() -> None:
    made, invited = start("Org 0\n  A 10\n  B 10\n  C 20\n  D 20")
    shown = rates(made, invited, made.by_node(np.array([0, 0, 10, 1, 19])))
    nodes = made.node_of_unit[1:]
    assert shown.rate[nodes].tolist() == [0.1, 0.9, 0.1, 0.9]
    assert shown.limit[nodes].tolist() == [-1, 1, -1, 1]
    assert (shown.rate[0], shown.limit[0]) == (0.5, 0)
    nobody = rates(made, invited, made.by_node(invited * 0))
    assert set(nobody.limit) == {-1}
    everybody = rates(made, invited, made.by_node(invited))
    assert set(everybody.limit) == {1}


def test_an_organization_under_k_shows_no_rate() -> None:
    made, invited = start("Org 1\n  A 3")
    assert not made.allowed
    assert np.isnan(rates(made, invited, made.by_node(invited)).rate).all()


def test_a_forgotten_person_can_be_added_to_a_unit_without_anybody() -> None:
    made, invited = start("Org 0\n  North 0\n    A 0\n    B 6\n    C 7\n  South 20")
    assert made.block_of_unit[2] == made.block_of_unit[3]
    invited[2] += 1
    assert made.by_node(invited)[made.node_of_unit[1]] == 14


def test_a_live_value_waits_for_a_minute_and_for_three_people() -> None:
    made, _ = start("Org 0\n  A 20\n  B 20")
    shown = made.by_node(np.array([0, 5, 5]))
    a, b = made.node_of_unit[1:]

    def after(*done: int, seconds: float = 60, day_ended: bool = False) -> list[int]:
        now = refresh(made, shown, np.array([0, *done]), seconds=seconds, day_ended=day_ended)
        return now[[0, a, b]].tolist()

    assert after(9, 9, seconds=59) == [10, 5, 5]
    assert after(6, 6) == [10, 5, 5]
    assert after(8, 5) == [13, 8, 5]
    assert after(8, 8) == [16, 8, 8]
    # One more in B: the total may move, the teams may not, or B's one person would be told.
    assert after(8, 6) == [14, 5, 5]
    assert after(6, 5, seconds=1, day_ended=True) == [11, 6, 5]


@settings(max_examples=100, deadline=None)
@given(surveys(), st.data())
def test_numbers_shown_at_any_two_times_never_differ_by_one_or_two(
    survey: tuple[Tree, NDArray, NDArray], data: st.DataObject
) -> None:
    tree, invited, _ = survey
    made = plan_participation(tree, invited, Policy())
    done = np.zeros(tree.size, np.int64)
    shown = made.by_node(done)
    for _ in range(4):
        rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
        done = done + rng.binomial(invited - done, 0.3)
        before, shown = shown, refresh(made, shown, done, seconds=60, day_ended=False)
        change = shown - before
        assert ((change == 0) | (change >= 3)).all()
        for node in range(made.nodes.size):
            if made.nodes.right[node] >= 0:
                rest = shown[node] - shown[node + 1] - shown[made.nodes.right[node]]
                assert rest == 0 or rest >= 3
