"""The groups of response rates: blocks of at least five invited people."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from numpy.typing import NDArray

from sos_core.results.participation import plan_participation
from sos_core.results.publication import Policy
from sos_core.results.tree import Tree
from tests.results.outlines import outline, surveys


def test_small_units_share_a_group() -> None:
    tree, invited = outline("Org 0\n  A 3\n  B 4\n  C 10")
    made = plan_participation(tree, invited, Policy())
    assert made.node_of_unit[1] == made.node_of_unit[2] != made.node_of_unit[3]
    assert made.by_node(invited)[made.node_of_unit].tolist() == [17, 7, 7, 10]


def test_an_organization_under_k_shows_no_rate() -> None:
    tree, invited = outline("Org 1\n  A 3")
    assert not plan_participation(tree, invited, Policy()).allowed


def test_a_forgotten_person_can_be_added_to_a_unit_without_anybody() -> None:
    tree, invited = outline("Org 0\n  North 0\n    A 0\n    B 6\n    C 7\n  South 20")
    made = plan_participation(tree, invited, Policy())
    assert made.block_of_unit[2] == made.block_of_unit[3]
    invited[2] += 1
    assert made.by_node(invited)[made.node_of_unit[1]] == 14


@settings(max_examples=100, deadline=None)
@given(surveys())
def test_every_group_has_five_invited_and_every_unit_a_group(
    survey: tuple[Tree, NDArray, NDArray],
) -> None:
    tree, invited, _ = survey
    made = plan_participation(tree, invited, Policy())
    of_node = made.by_node(invited)
    assert of_node[0] == invited.sum()
    assert not made.allowed or of_node.min() >= 5
    assert (made.block_of_unit >= 0).all()
    assert np.isin(made.node_of_unit, np.arange(made.nodes.size)).all()
