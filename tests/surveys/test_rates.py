"""Response rates by example and at random: limits at the ends, and values that move calmly (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sos_core.results.rate_nodes import rate_nodes
from sos_core.results.tree import Tree
from sos_core.surveys.rates import RateNodes, displayed, refreshed
from tests.results.outlines import outline, surveys

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def nodes_of(tree: Tree, invited: Sequence[int]) -> RateNodes:
    return rate_nodes(tree.parent.tolist(), list(invited), 5)


def start(text: str) -> tuple[RateNodes, list[int]]:
    tree, invited = outline(text)
    return nodes_of(tree, invited.tolist()), invited.tolist()


def sums(nodes: RateNodes, counts: Sequence[int]) -> list[int]:
    return nodes.sums(dict(enumerate(counts)))


def after(
    nodes: RateNodes,
    shown: Sequence[int],
    done: Sequence[int],
    seconds: float = 60,
    *,
    day_ended: bool = False,
) -> list[int]:
    later = NOW + timedelta(seconds=seconds)
    actual = sums(nodes, done)
    return refreshed(nodes, shown, actual, shown_at=NOW, now=later, day_ended=day_ended)


def test_a_rate_is_shown_for_five_invited_people_at_least() -> None:
    nodes, invited = start("Org 0\n  A 3\n  B 4\n  C 10")
    figures = displayed(nodes, sums(nodes, invited), sums(nodes, [0, 1, 3, 4]))
    at = nodes.node_of_unit
    assert at[1] == at[2]
    assert [figures[at[unit]].share for unit in range(4)] == [8 / 17, 4 / 7, 4 / 7, 0.4]
    assert {figure.bound for figure in figures} == {"exact"}


def test_nobody_and_everybody_are_shown_as_limits() -> None:
    nodes, invited = start("Org 0\n  A 10\n  B 10\n  C 20\n  D 20")
    asked = sums(nodes, invited)
    figures = displayed(nodes, asked, sums(nodes, [0, 0, 10, 1, 19]))
    shown = [(figures[node].bound, figures[node].share) for node in nodes.node_of_unit[1:]]
    assert shown == [("at_most", 0.1), ("at_least", 0.9)] * 2
    assert (figures[0].bound, figures[0].share) == ("exact", 0.5)
    assert {f.bound for f in displayed(nodes, asked, [0] * len(asked))} == {"at_most"}
    assert {f.bound for f in displayed(nodes, asked, asked)} == {"at_least"}


def test_everybody_above_teams_that_are_not_up_to_date_is_a_limit_too() -> None:
    nodes, invited = start("Org 0\n  A 20\n  B 20")
    shown = sums(nodes, [0, 16, 18])
    now = after(nodes, shown, [0, 20, 20])
    assert now == [40, 16, 18], "B waits for a third person, and A with it"
    figures = displayed(nodes, sums(nodes, invited), now)
    assert [(f.finished, f.bound) for f in figures] == [
        (None, "at_least"),
        (16, "exact"),
        (None, "at_least"),
    ]


def test_a_forgotten_person_can_be_added_to_a_unit_without_anybody() -> None:
    nodes, invited = start("Org 0\n  North 0\n    A 0\n    B 6\n    C 7\n  South 20")
    assert nodes.block(2) == nodes.block(3)
    invited[2] += 1
    assert sums(nodes, invited)[nodes.node_of_unit[1]] == 14


def test_a_live_value_waits_for_a_minute_and_for_three_people() -> None:
    nodes, _ = start("Org 0\n  A 20\n  B 20")
    shown = sums(nodes, [0, 5, 5])
    three = [0, *nodes.node_of_unit[1:]]

    def then(*done: int, seconds: float = 60, day_ended: bool = False) -> list[int]:
        now = after(nodes, shown, [0, *done], seconds, day_ended=day_ended)
        return [now[node] for node in three]

    assert then(9, 9, seconds=59) == [10, 5, 5]
    assert then(6, 6) == [10, 5, 5]
    assert then(8, 5) == [13, 8, 5]
    assert then(8, 8) == [16, 8, 8]
    # One more in B: the total may move, the teams may not, or B's one person would be told.
    assert then(8, 6) == [14, 5, 5]
    assert then(6, 5, seconds=1, day_ended=True) == [11, 6, 5]


@settings(max_examples=100, deadline=None)
@given(surveys(), st.data())
def test_numbers_shown_at_any_two_times_never_differ_by_one_or_two(
    survey: tuple[Tree, NDArray, NDArray], data: st.DataObject
) -> None:
    tree, invited, _ = survey
    nodes = nodes_of(tree, invited.tolist())
    done = np.zeros(tree.size, np.int64)
    shown = sums(nodes, done.tolist())
    children = [[c for c, p in enumerate(nodes.parent) if p == n] for n in range(len(shown))]
    for _ in range(4):
        rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
        done = done + rng.binomial(invited - done, 0.3)
        before, shown = shown, after(nodes, shown, done.tolist())
        for node, below in enumerate(children):
            change = shown[node] - before[node]
            assert change == 0 or change >= 3
            rest = shown[node] - sum(shown[child] for child in below)
            assert not below or rest == 0 or rest >= 3
