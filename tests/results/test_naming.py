"""Combined units are named after their parts; nothing is left blank."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from numpy.typing import NDArray

from sos_core.results.naming import Form, Name, name, parts
from sos_core.results.publication import Plan, Policy, plan
from sos_core.results.tree import Tree
from tests.results.outlines import plan_outline, surveys
from tests.results.test_plan_rules import STATEMENTS


def english(plan: Plan, unit: int, people: NDArray[np.int64]) -> str:
    """Word a name as a text in English would."""
    found: Name = name(plan, int(plan.node_of_unit[unit]), people)
    names = plan.tree.names
    staff = [f"direct staff of {names[unit]}" for unit in found.staff]
    whole = [names[unit] for unit in found.units]
    match found.form:
        case Form.UNIT:
            return whole[0]
        case Form.STAFF:
            return staff[0]
        case Form.WITH_STAFF:
            return f"{whole[0]} with {' and '.join(staff)}"
        case Form.JOINED:
            return f"{' + '.join(whole + staff)} ({found.people} people)"
        case Form.MANY:
            return f"{len(whole)} teams of {names[found.within]}"


def test_two_small_teams_are_named_with_the_people_invited() -> None:
    made = plan_outline("Org 0\n  North 0\n    Team A 2\n    Team B 3\n    Team C 8")
    invited = np.array([0, 0, 4, 5, 9])
    assert english(made, 2, invited) == "Team A + Team B (9 people)"
    assert english(made, 3, invited) == "Team A + Team B (9 people)"
    assert english(made, 4, invited) == "Team C"
    assert english(made, 0, invited) == "Org"


def test_a_team_without_answers_is_no_part_of_a_name() -> None:
    made = plan_outline("Org 0\n  Team A 2\n  Team B 3\n  Empty 0\n  Team C 8")
    assert english(made, 1, made.submitters) == "Team A + Team B (5 people)"
    assert english(made, 3, made.submitters) == "Org"


def test_more_than_three_teams_are_counted() -> None:
    made = plan_outline("Org 0\n  North 0\n    A 2\n    B 1\n    C 1\n    D 1\n    E 9\n  South 9")
    people = made.submitters
    assert english(made, 2, people) == "4 teams of North"
    found = name(made, int(made.node_of_unit[2]), people)
    assert found.level == 2
    assert found.people == 5


def test_handed_down_staff_are_named() -> None:
    made = plan_outline("Org 0\n  North 2\n    Team A 6\n    Team B 9\n  South 9")
    assert english(made, 2, made.submitters) == "Team A with direct staff of North"
    assert english(made, 1, made.submitters) == "North"


def test_direct_staff_alone_are_named() -> None:
    made = plan_outline("North 6\n  Team A 6")
    block = int(made.nodes.leaf_of_block[made.block_of_unit[0]])
    found = name(made, block, made.submitters)
    assert (found.form, found.units, found.staff, found.level) == (Form.STAFF, (), (0,), -1)


def test_an_empty_survey_is_named_after_its_organization() -> None:
    made = plan_outline("Org 0\n  Team A 0")
    assert english(made, 1, made.submitters) == "Org"


def test_surveys_are_compared_where_they_publish_the_same_units() -> None:
    then = plan_outline("Org 0\n  A 3\n  B 4\n  C 9")
    now = plan_outline("Org 0\n  A 4\n  B 4\n  C 7")
    later = plan_outline("Org 0\n  A 5\n  B 6\n  C 7")
    joined = parts(then, int(then.node_of_unit[1]))
    assert joined == {(1, True), (2, True)}
    assert parts(now, int(now.node_of_unit[2])) == joined
    assert parts(later, int(later.node_of_unit[1])) == {(1, True)}


@settings(max_examples=100, deadline=None)
@given(surveys())
def test_the_parts_of_a_name_are_exactly_its_people(
    survey: tuple[Tree, NDArray, NDArray],
) -> None:
    tree, submitters, counts = survey
    made = plan(tree, submitters, counts, STATEMENTS, Policy())
    people = made.nodes.sums(made.by_block(submitters))
    for node in range(made.nodes.size):
        found = name(made, node, submitters)
        assert found.people == people[node]
        assert found.units or found.staff
        for unit in (*found.units, *found.staff):
            assert found.within <= unit < tree.stop[found.within]
