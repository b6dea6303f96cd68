"""The executive summary: what it ranks, suggests and says to be hidden."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sos_core.content
from sos_core.benchmarks.built_in import demonstration_edition
from sos_core.content import questionnaire
from sos_core.results.published import Published
from sos_core.results.summary import Note, Rate, Summary, Surroundings, summarize
from tests.results.scoring_support import Survey, random_survey, survey_of, tree_of, worked_survey

ROOT, A, B = 0, 1, 2


def summary_of(survey: Survey, unit: int, **beside: object) -> Summary:
    now = Published(survey.plan, survey.figures)
    around = Surroundings(questionnaire(), survey.instrument, **beside)  # type: ignore[arg-type]
    found = summarize(now, unit, around, rate=Rate(0.75))
    assert found is not None
    return found


def codes(summary: Summary) -> list[str]:
    return [note.code for note in summary.notes]


@pytest.fixture(scope="module")
def graded() -> Survey:
    """Return a survey whose areas score 25, 28, 31 … 50 at the root, in their order."""
    answers = np.full((43, 16), 3, np.uint8)
    for area in range(9):
        answers[4 * area : 4 * area + 4] = 2 + (np.arange(16) < 2 * area)
    return survey_of(tree_of([-1]), answers, np.zeros(16, np.int32), invited=20)


def test_without_anything_beside_it_areas_are_ranked_by_score(graded: Survey) -> None:
    found = summary_of(graded, ROOT)
    assert [standing.score for standing in found.areas] == [25, 28, 31, 34, 38, 41, 44, 47, 50]
    assert found.strongest == ("collaboration", "goals", "skills")
    assert found.weakest == ("direction", "insight", "opportunities")
    assert found.suggestions == (
        "suggestion.direction.build", "suggestion.insight.build", "suggestion.opportunities.build",
    )  # fmt: skip
    assert (found.overall.score, found.overall.band) == (38, "build")  # mean 37.5, half up
    assert found.areas[8].band == "strengthen"
    assert (found.parent, found.overall.parent, found.overall.previous) == (None, None, None)


def test_with_a_benchmark_areas_are_ranked_against_it(graded: Survey) -> None:
    found = summary_of(graded, ROOT, edition=demonstration_edition())
    distance = {
        standing.key: standing.benchmark.difference.value
        for standing in found.areas
        if standing.benchmark is not None
    }
    assert len(distance) == 9
    assert [distance[key] for key in found.strongest] == sorted(distance.values())[::-1][:3]
    assert [distance[key] for key in found.weakest] == sorted(distance.values())[:3]
    assert all(activity.benchmark is not None for activity in found.activities)
    assert "hidden.benchmark" not in codes(found)


def test_a_team_beside_its_parent_and_what_it_lacks() -> None:
    survey = worked_survey()
    found = summary_of(survey, A)
    assert found.parent == ROOT
    assert found.overall.parent is not None
    assert found.rate == Rate(0.75)
    assert found.notes == (
        Note("hidden.area_incomplete",
             {"area": "insight", "count": 1, "statements": ("insight.new_ideas",)}),
        Note("hidden.shares"),
        Note("trend.first"),
    )  # fmt: skip
    assert codes(summary_of(survey, ROOT)) == ["trend.first"]


def test_a_joined_team_says_so_and_where_its_trend_stands() -> None:
    draw = np.random.default_rng(1)

    def held(people: list[int]) -> Survey:
        unit = np.repeat(np.arange(3), people).astype(np.int32)
        answers = draw.integers(2, 5, (43, len(unit))).astype(np.uint8)
        return survey_of(tree_of([-1, 0, 0]), answers, unit, invited=60)

    now, then = held([0, 12, 14]), held([0, 12, 3])
    found = summary_of(now, B, earlier=Published(then.plan, then.figures))
    assert codes(found) == ["trend.other_groups"]
    assert found.notes[0].values == {"unit": B, "shown": ROOT}
    assert found.overall.previous is not None
    assert found.overall.previous.unit == ROOT
    before = summary_of(then, B)
    assert before.notes[0] == Note("hidden.unit_combined", {"node": 0})


def test_no_rate_no_benchmark() -> None:
    survey = worked_survey()
    now = Published(survey.plan, survey.figures)
    scarce = demonstration_edition()
    scarce = type(scarce)(
        scarce.key, scarce.title, scarce.instrument, scarce.frozen_at, True,
        {key: values[:9] for key, values in scarce.scores.items()},
    )  # fmt: skip
    found = summarize(now, ROOT, Surroundings(questionnaire(), survey.instrument, edition=scarce))
    assert found is not None
    assert codes(found) == ["hidden.rate", "hidden.benchmark", "trend.first"]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_a_summary_of_any_unit_holds_together(seed: int) -> None:
    survey, texts = random_survey(seed), catalog_keys()
    now = Published(survey.plan, survey.figures)
    around = Surroundings(questionnaire(), survey.instrument, now, demonstration_edition())
    for unit in range(survey.tree.size):
        found = summarize(now, unit, around)
        if found is None:
            continue
        shown = [standing.key for standing in found.areas if standing.score is not None]
        assert not set(found.strongest) & set(found.weakest)
        assert {*found.strongest, *found.weakest} <= set(shown)
        assert len(found.strongest) == len(found.weakest) == min(3, len(shown) // 2)
        assert len(found.suggestions) == min(3, len(shown))
        hidden = [n.values["area"] for n in found.notes if n.code == "hidden.area_nothing"]
        assert sorted([*shown, *map(str, hidden)]) == sorted(survey.instrument.areas)
        assert {*codes(found), *found.suggestions} <= texts


def catalog_keys() -> set[str]:
    folder = Path(sos_core.content.__file__).parent / "en"
    return {key for path in folder.glob("*.json") for key in json.loads(path.read_text("utf-8"))}
