"""The worked example of docs/publication.md is what the plan does."""

from __future__ import annotations

import re
from pathlib import Path

from sos_core.results.publication import Policy, plan
from tests.results.outlines import SCALE, middling, outline, units_in
from tests.results.test_naming import english

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "publication.md").read_text("utf-8")
EXAMPLE = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL).group(1)
ROWS = re.findall(
    r"^\| ((?:Nordic|North|South|West|Team .)) \| (.+) \| (\d+) \|$", PAGE, re.MULTILINE
)


def test_every_unit_is_shown_as_the_page_says() -> None:
    tree, submitters = outline(EXAMPLE)
    made = plan(tree, submitters, middling(submitters), SCALE, Policy())
    people = made.nodes.sums(made.by_block(submitters))
    assert [row[0] for row in ROWS] == list(tree.names)
    for unit, (_, shown, answers) in enumerate(ROWS):
        name = re.sub(r" \(\d+ people\)$", "", english(made, unit, submitters))
        assert (name, people[made.node_of_unit[unit]]) == (shown, int(answers))
    assert made.shown.all()


def test_a_question_that_two_in_team_e_cannot_judge_is_shown_with_team_f() -> None:
    tree, submitters = outline(EXAMPLE)
    team_e, team_f = tree.names.index("Team E"), tree.names.index("Team F")
    counts = middling(submitters, {team_e: 2})
    made = plan(tree, submitters, counts, SCALE, Policy())
    cell = int(made.cell_of_block[0, made.block_of_unit[team_e]])
    assert units_in(made, cell) == {"Team E", "Team F"}
    assert cell == made.cell_of_block[0, made.block_of_unit[team_f]]
    assert made.nodes.sums(made.by_block(counts.sum(axis=2)))[cell, 0] == 9
    assert not made.shown[0, made.node_of_unit[team_e]]
    assert made.shown[0, made.node_of_unit[tree.names.index("South")]]
