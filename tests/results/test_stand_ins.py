"""Scores of larger groups where a unit's own are hidden: who stands in, and that nothing is new."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.results.matrix import with_stand_ins
from sos_core.results.published import Group, Published
from sos_core.results.rounding import HIDDEN
from sos_core.results.views import MatrixColumn
from tests.results.scoring_support import Survey, random_survey, survey_of, tree_of

ROOT, A, B = 0, 1, 2
OVERALL = None


@pytest.fixture(scope="module")
def agreeing() -> Published:
    """Return eight in Team A who all agree fully in one area, ten in Team B; all else is a 3."""
    answers = np.full((43, 18), 3, np.uint8)
    answers[:4, :8] = 5
    unit = np.array([A] * 8 + [B] * 10, np.int32)
    return published(survey_of(tree_of([-1, 0, 0]), answers, unit, invited=20))


def published(survey: Survey) -> Published:
    return Published(survey.plan, survey.figures)


def score_of(group: Group | None, area: int | None) -> int | None:
    if group is None:
        return None
    return group.overall() if area is None else group.score(area)


def walked(now: Published, unit: int, area: int | None) -> tuple[int, int] | None:
    """Walk up the neighbor tree to the first released score: its node and value."""
    areas = now.figures.node_areas
    column = areas.overall if area is None else areas.score[:, area]
    rows = {node: row for row, node in enumerate(now.figures.nodes.tolist())}
    node = int(now.plan.node_of_unit[unit])
    while node >= 0:
        if node in rows and column[rows[node]] != HIDDEN:
            return node, int(column[rows[node]])
        node = int(now.plan.nodes.parent[node])
    return None


def test_a_hidden_score_is_that_of_the_next_larger_group(agreeing: Published) -> None:
    for team in (A, B):
        assert score_of(agreeing.group(team), 0) is None
        found = agreeing.stand_in(team, 0)
        assert found is not None
        node, group = found
        assert node == agreeing.plan.node_of_unit[ROOT]
        assert group.score(0) == 72  # (8 × 100 + 10 × 50) / 18
        overall = agreeing.stand_in(team, OVERALL)
        assert overall is not None
        assert overall[1].overall() == 52  # (72.2 + 8 × 50) / 9


def test_nobody_stands_in_where_the_score_is_shown(agreeing: Published) -> None:
    assert score_of(agreeing.group(A), 1) == 50
    assert agreeing.stand_in(A, 1) is None
    assert agreeing.stand_in(ROOT, 0) is None


def test_columns_point_to_their_larger_groups(agreeing: Published) -> None:
    hidden = [MatrixColumn(str(key), [None, None], None, None, None) for key in range(3)]
    nodes, columns = with_stand_ins(agreeing, [A, B], hidden)
    assert nodes == [agreeing.plan.node_of_unit[ROOT]]
    assert [column.scores for column in columns] == [[52, 52], [72, 72], [None, None]]
    assert [column.larger for column in columns] == [[0, 0], [0, 0], None]
    assert columns[0].own == [None, None]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_unit_below_any_shown_score_has_one_and_it_was_released(seed: int) -> None:
    now = published(random_survey(seed))
    areas = now.figures.node_areas.score.shape[1]
    units = [unit for unit, row in enumerate(now.row_of_unit) if row >= 0]
    keys = [OVERALL, *range(areas)]
    own = [[score_of(now.group(unit), area) for unit in units] for area in keys]
    before = [
        MatrixColumn(str(area), scores, None, None, None)
        for area, scores in zip(keys, own, strict=True)
    ]
    nodes, columns = with_stand_ins(now, units, before)
    for area, column, shown in zip(keys, columns, own, strict=True):
        assert column.own == shown
        for place, unit in enumerate(units):
            wanted, larger = walked(now, unit, area), now.stand_in(unit, area)
            pointed = None if column.larger is None else column.larger[place]
            assert column.scores[place] == (None if wanted is None else wanted[1])
            if wanted is None or wanted[0] == now.plan.node_of_unit[unit]:
                assert larger is None
                assert pointed is None
            else:
                assert larger is not None
                assert pointed is not None
                assert larger[0] == nodes[pointed] == wanted[0]
                assert score_of(larger[1], area) == wanted[1]
