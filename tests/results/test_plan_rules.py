"""What holds for every publication plan, whatever the organization and the answers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sos_core.results.publication import Cut, Plan, Policy, Variables, plan
from sos_core.results.tree import Tree
from tests.results.outlines import node_range, surveys

Survey = tuple[Tree, NDArray, NDArray]
STATEMENTS = Variables(np.tile(np.arange(1.0, 6.0), (3, 1)))
POLICIES = st.builds(Policy, k=st.integers(4, 7))
few = settings(max_examples=120, deadline=None)


def make(survey: Survey, policy: Policy) -> Plan:
    tree, submitters, counts = survey
    return plan(tree, submitters, counts, STATEMENTS, policy)


@few
@given(surveys(), POLICIES)
def test_every_block_has_at_least_k_people(survey: Survey, policy: Policy) -> None:
    made = make(survey, policy)
    people = made.by_block(survey[1])
    assert people.sum() == survey[1].sum()
    assert (people >= policy.k).all() or (made.nodes.blocks == 1 and not made.shown.any())


@few
@given(surveys(), POLICIES)
def test_nodes_are_a_binary_tree_of_ranges(survey: Survey, policy: Policy) -> None:
    nodes = make(survey, policy).nodes
    assert nodes.size == 2 * nodes.blocks - 1
    assert node_range(nodes, 0) == set(range(nodes.blocks))
    assert sorted(np.concatenate(nodes.levels)) == list(range(nodes.size))
    for node in range(nodes.size):
        children = np.flatnonzero(nodes.parent == node).tolist()
        assert len(children) in (0, 2)
        if children:
            assert children == [node + 1, nodes.right[node]]
            first, second = (node_range(nodes, child) for child in children)
            assert first | second == node_range(nodes, node)
            assert not first & second


@few
@given(surveys(), POLICIES)
def test_every_unit_gets_the_smallest_node_with_its_people(survey: Survey, policy: Policy) -> None:
    made, (tree, submitters, _) = make(survey, policy), survey
    people = made.nodes.sums(made.by_block(submitters))
    for unit in range(tree.size):
        own = set(made.block_of_unit[unit : tree.stop[unit]].tolist()) - {-1}
        node = int(made.node_of_unit[unit])
        if own:
            holding = [n for n in range(made.nodes.size) if own <= node_range(made.nodes, n)]
            assert node == max(holding)
        else:
            assert node == (made.node_of_unit[tree.parent[unit]] if unit else 0)
        if made.nodes.unit[node] == unit:
            assert people[node] == tree.subtree_sums(submitters)[unit]


@few
@given(surveys(), POLICIES)
def test_cells_are_disjoint_and_hold_no_or_at_least_k_answers(
    survey: Survey, policy: Policy
) -> None:
    made = make(survey, policy)
    answers = made.nodes.sums(made.by_block(survey[2].sum(axis=2)))
    maps = [
        (made.cell_of_block, made.shown, answers, policy.k),
        (made.share_cell_of_block, made.share_shown, answers, policy.shares),
        (
            made.comment_cell_of_block[None],
            made.comment_shown[None],
            made.nodes.sums(made.by_block(survey[1]))[:, None],
            policy.comments,
        ),
    ]
    for cells, shown, counted, least in maps:
        for variable, of_block in enumerate(cells):
            refused = of_block[0] < 0
            assert (of_block < 0).all() == refused
            assert not (refused and shown[variable].any())
            for cell in set(of_block.tolist()) - {-1}:
                assert set(np.flatnonzero(of_block == cell)) == node_range(made.nodes, cell)
                assert counted[cell, variable] == 0 or counted[cell, variable] >= least
            for node in np.flatnonzero(shown[variable]):
                whole = set().union(
                    *(node_range(made.nodes, of_block[b]) for b in node_range(made.nodes, node))
                )
                assert whole == node_range(made.nodes, node)
                assert counted[node, variable] >= least


@few
@given(surveys(), POLICIES)
def test_no_shown_mean_lies_near_an_end_of_the_scale(survey: Survey, policy: Policy) -> None:
    made = make(survey, policy)
    counts = made.nodes.sums(made.by_block(survey[2]))
    answers, sums = counts.sum(axis=2), counts @ np.arange(1, 6)
    distance = np.minimum(5 * answers - sums, sums - answers)
    assert (distance.T[made.shown] >= 3).all()


@few
@given(surveys(), POLICIES)
def test_share_cells_are_unions_of_mean_cells(survey: Survey, policy: Policy) -> None:
    made = make(survey, policy)
    for cells, larger in zip(made.cell_of_block, made.share_cell_of_block, strict=True):
        for cell, above in zip(cells.tolist(), larger.tolist(), strict=True):
            assert above < 0 or node_range(made.nodes, cell) <= node_range(made.nodes, above)


@few
@given(surveys(), st.randoms(use_true_random=False))
def test_the_order_of_units_makes_no_difference(survey: Survey, random: object) -> None:
    tree, submitters, counts = survey
    order: list[int] = []

    def visit(unit: int) -> None:
        order.append(unit)
        children = list(tree.children[unit])
        random.shuffle(children)
        for child in children:
            visit(child)

    visit(0)
    place = {unit: position for position, unit in enumerate(order)}
    shuffled = Tree.from_parents(
        [tree.ids[unit] for unit in order],
        [tree.names[unit] for unit in order],
        [place.get(int(tree.parent[unit]), -1) for unit in order],
    )
    one = make(survey, Policy())
    two = make((shuffled, submitters[order], counts[order]), Policy())
    assert (one.block_of_unit[order] == two.block_of_unit).all()
    assert (one.node_of_unit[order] == two.node_of_unit).all()
    assert (one.cell_of_block == two.cell_of_block).all()
    assert (one.shown == two.shown).all()


@few
@given(surveys(), st.data())
def test_a_cut_is_whole_cells_that_are_nearly_the_cut(survey: Survey, data: st.DataObject) -> None:
    tree, submitters, counts = survey
    members = np.array([data.draw(st.integers(0, size)) for size in submitters.tolist()])
    made = plan(tree, submitters, counts, STATEMENTS, Policy(), cuts=[Cut("own", members)])
    (cut,) = made.cuts
    inside, people = made.by_block(members), made.by_block(submitters)
    for blocks, cells in (
        (cut.blocks, made.cell_of_block),
        (cut.share_blocks, made.share_cell_of_block),
    ):
        for chosen, of_block in zip(blocks, cells, strict=True):
            if not chosen.any():
                continue
            assert set(of_block[chosen]).isdisjoint(of_block[~chosen])
            assert inside[chosen].sum() >= 0.9 * people[chosen].sum()
            assert inside[chosen].sum() >= 0.9 * members.sum()


@few
@given(surveys())
def test_the_nearest_shown_node_is_the_lowest_one_above(survey: Survey) -> None:
    made = make(survey, Policy())
    nearest = made.nearest_shown(made.shown)
    for variable, shown in enumerate(made.shown):
        for node in range(made.nodes.size):
            above = node
            while above >= 0 and not shown[above]:
                above = int(made.nodes.parent[above])
            assert nearest[variable, node] == above
