"""Comparisons worked by hand on the survey of ``worked_survey``, and trends between surveys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sos_core.benchmarks.built_in import demonstration_edition
from sos_core.records import BenchmarkEdition
from sos_core.results.benchmarking import against_benchmark
from sos_core.results.comparison import (
    Difference,
    area_difference,
    area_trend,
    mean_difference,
    overall_difference,
)
from sos_core.results.published import Group, Published, same_group
from tests.results.scoring_support import (
    Survey,
    random_survey,
    survey_of,
    tree_of,
    worked_survey,
)

ROOT, A, B = 0, 1, 2
DIRECTION, INSIGHT = 0, 1


@pytest.fixture(scope="module")
def survey() -> Survey:
    return worked_survey()


def published(survey: Survey) -> Published:
    return Published(survey.plan, survey.figures)


def group(survey: Survey, unit: int) -> Group:
    found = published(survey).group(unit)
    assert found is not None
    return found


def test_a_team_and_its_parent_on_the_same_statements(survey: Survey) -> None:
    team, root = group(survey, A), group(survey, ROOT)
    found = area_difference(survey.instrument, team, root, DIRECTION, part_of=True)
    assert found is not None
    assert (found.value, found.same_statements) == (52 - 55, True)
    widths = [float(g.areas.half_width[g.row, DIRECTION]) / 10 for g in (team, root)]
    # The team is part of the root, hence the difference has the variance of one less the other's.
    assert found.half_width == pytest.approx(sqrt(widths[0] ** 2 - widths[1] ** 2))
    assert not found.beyond_chance


def test_an_area_that_lacks_a_statement_is_compared_on_the_others(survey: Survey) -> None:
    team, root = group(survey, A), group(survey, ROOT)
    found = area_difference(survey.instrument, team, root, INSIGHT, part_of=True)
    # Displayed means: 3.0 3.5 2.5 → 50 against 3.1 3.2 3.1 → 53.3, though the root's score is 49.
    assert found is not None
    assert (found.value, found.same_statements) == (50 - 53, False)
    assert root.score(INSIGHT) == 49


def test_overall_on_the_same_statements(survey: Survey) -> None:
    team, root = group(survey, A), group(survey, ROOT)
    found = overall_difference(survey.instrument, team, root, part_of=True)
    # (51.9 + 50 + 7 × 50)/9 = 50.2 against (55.6 + 53.3 + 7 × 50)/9 = 51.0.
    assert found is not None
    assert (found.value, found.same_statements) == (50 - 51, False)
    same = overall_difference(survey.instrument, group(survey, B), root, part_of=True)
    assert same is not None
    assert same.same_statements
    assert same.value == group(survey, B).overall() - root.overall()  # type: ignore[operator]


def test_means_of_one_question(survey: Survey) -> None:
    team, other = group(survey, A), group(survey, B)
    found = mean_difference(team, other, 0, part_of=False)
    # 3.4 − 3.9; half-widths 0.36 and 0.32 of independent groups: √(0.36² + 0.32²) = 0.48.
    assert found is not None
    assert (found.value, found.half_width) == (-0.5, pytest.approx(sqrt(0.36**2 + 0.32**2)))
    assert found.beyond_chance
    assert mean_difference(team, other, 7, part_of=False) is None


def test_a_difference_is_named_only_beyond_its_interval() -> None:
    assert not Difference(3, 3).beyond_chance
    assert Difference(-4, 3).beyond_chance
    assert not Difference(0, 0).beyond_chance


def survey_with(people: list[int], parents: list[int], answer: int, seed: int = 1) -> Survey:
    """Return a survey with so many respondents a unit, who answer about ``answer``."""
    draw = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(people)), people).astype(np.int32)
    answers = np.clip(answer + draw.integers(-1, 2, (43, len(unit))), 1, 5).astype(np.uint8)
    return survey_of(tree_of(parents), answers, unit, invited=2 * len(unit))


def test_a_trend_of_the_same_teams() -> None:
    now, then = survey_with([2, 9, 12], [-1, 0, 0], 4), survey_with([3, 8, 9], [-1, 0, 0], 2)
    found = area_trend(now.instrument, published(now), published(then), A, DIRECTION)
    assert (found.unit, found.reason) == (A, None)
    assert found.difference is not None
    one, other = group(now, A).score(DIRECTION), group(then, A).score(DIRECTION)
    assert found.difference.value == one - other  # type: ignore[operator]
    assert found.difference.beyond_chance


def test_a_trend_at_the_next_unit_up_where_a_team_was_joined() -> None:
    # Team B had too few answers in the earlier survey and was joined with Team A.
    now, then = survey_with([0, 9, 12], [-1, 0, 0], 4), survey_with([0, 9, 3], [-1, 0, 0], 2)
    for unit in (A, B):
        found = area_trend(now.instrument, published(now), published(then), unit, None)
        assert (found.unit, found.reason) == (ROOT, "other_groups")
        assert found.difference is not None


def test_joined_units_have_a_trend_where_both_surveys_join_the_same() -> None:
    shape = [-1, 0, 0, 0]
    now, then = survey_with([0, 3, 4, 20], shape, 4), survey_with([0, 4, 3, 20], shape, 2)
    assert not published(now).exact[1]
    found = area_trend(now.instrument, published(now), published(then), 1, DIRECTION)
    assert (found.unit, found.reason) == (1, None)


def test_a_new_unit_has_its_parents_trend() -> None:
    now, then = survey_with([0, 9, 12], [-1, 0, 0], 4), survey_with([6, 20], [-1, 0], 2)
    found = area_trend(now.instrument, published(now), published(then), B, DIRECTION)
    assert (found.unit, found.reason) == (ROOT, "other_groups")
    assert same_group(published(now), published(then), A) == A


def test_no_trend_between_different_questionnaires() -> None:
    now, then = survey_with([9], [-1], 4), survey_with([9], [-1], 2)
    other = Published(then.plan, replace(then.figures, instrument="0.9"))
    found = area_trend(now.instrument, published(now), other, ROOT, DIRECTION)
    assert (found.difference, found.unit, found.reason) == (None, None, "other_questionnaire")


def test_no_trend_where_the_earlier_survey_shows_nothing() -> None:
    now, then = survey_with([9], [-1], 4), survey_with([3], [-1], 2)
    found = area_trend(now.instrument, published(now), published(then), ROOT, DIRECTION)
    assert found.difference is None
    assert found.reason in {"other_groups", "not_shown"}


def edition_of(**scores: list[float]) -> BenchmarkEdition:
    values = {key.replace("__", "."): numbers for key, numbers in scores.items()}
    return BenchmarkEdition("e", "E", "1.0", datetime(2026, 1, 1, tzinfo=UTC), False, values)


def test_an_area_against_the_benchmark(survey: Survey) -> None:
    scores = [float(40 + i) for i in range(21)]  # median 50, quartiles 44.75 → 45 and 55.25 → 55
    found = against_benchmark(
        survey.instrument, group(survey, ROOT), edition_of(direction=scores), "direction"
    )
    assert found is not None
    assert (found.median.value, found.difference.value) == (50, 5)
    assert (found.place.percentile, found.organizations) == (75, 21)
    width = float(group(survey, ROOT).areas.half_width[0, 0]) / 10
    expected = sqrt(width**2 + found.median.half_width**2)
    assert found.difference.half_width == pytest.approx(expected)


def test_an_area_that_lacks_a_statement_against_organizations_on_the_others(
    survey: Survey,
) -> None:
    # Every organization's three statements are 3.0, 3.2 and 3.4 → 55, the area itself is 80.
    keys = ("customer_business", "quantified_value", "learning_from_deals", "new_ideas")
    means = dict(zip(keys, (3.0, 3.2, 3.4, 5.0), strict=True))
    edition = edition_of(
        insight=[80.0] * 12, **{f"insight__{key}": [mean] * 12 for key, mean in means.items()}
    )
    found = against_benchmark(survey.instrument, group(survey, A), edition, "insight")
    assert found is not None
    assert (found.median.value, found.difference.value) == (55, 50 - 55)
    whole = against_benchmark(survey.instrument, group(survey, B), edition, "insight")
    assert whole is not None
    assert whole.median.value == 80
    without = edition_of(insight=[80.0] * 12)
    assert against_benchmark(survey.instrument, group(survey, A), without, "insight") is None


def test_benchmarks_of_overall_and_of_variables(survey: Survey) -> None:
    edition = demonstration_edition()
    for key in ("overall", "direction.saying_no", "activity.meetings"):
        found = against_benchmark(survey.instrument, group(survey, B), edition, key)
        assert found is not None
        assert found.synthetic
    # Team A lacks a statement: its overall score rests on fewer than the organizations' does.
    assert against_benchmark(survey.instrument, group(survey, A), edition, "overall") is None
    assert (
        against_benchmark(survey.instrument, group(survey, A), edition, "insight.new_ideas") is None
    )


def test_too_few_organizations_besides_the_own(survey: Survey) -> None:
    edition = edition_of(direction=[50.0 + i for i in range(10)])
    root = group(survey, ROOT)
    assert against_benchmark(survey.instrument, root, edition, "direction") is not None
    assert against_benchmark(survey.instrument, root, edition, "direction", own=True) is None


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_comparisons_never_speak_where_a_side_is_hidden(seed: int) -> None:
    survey = random_survey(seed)
    shown = published(survey)
    for unit in range(survey.tree.size):
        one, upper = shown.group(unit), shown.above(unit)
        if one is None or upper is None:
            continue
        other = shown.group(upper)
        assert other is not None
        assert shown.plan.node_of_unit[upper] != shown.plan.node_of_unit[unit]
        for area in range(9):
            found = area_difference(survey.instrument, one, other, area, part_of=True)
            if one.score(area) is None or other.score(area) is None:
                assert found is None
            elif one.missing(area) == other.missing(area):
                assert found is not None
                assert found.value == one.score(area) - other.score(area)  # type: ignore[operator]
        for area in (None, *range(9)):
            trend = area_trend(survey.instrument, shown, shown, unit, area)
            assert trend.difference is None or trend.difference.value == 0
