"""Scores against the same computed person by person with fractions, on random surveys."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sos_core.results.figures import AreaFigures, QuestionFigures
from sos_core.results.rounding import HIDDEN
from sos_core.results.scoring import displayed
from tests.results.scoring_support import (
    Survey,
    half_up,
    naive_question,
    people_of_node,
    random_survey,
)

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_every_figure_of_every_node(seed: int) -> None:
    survey = random_survey(seed)
    figures, plan = survey.figures, survey.plan
    for row, node in enumerate(figures.nodes.tolist()):
        people = people_of_node(survey, node)
        groups = [people] * len(survey.instrument.keys)
        check_questions(
            survey, figures.node_questions, row, groups, groups,
            plan.shown[:, node], plan.share_shown[:, node],
        )  # fmt: skip
        check_areas(survey, figures.node_areas, row, groups, plan.shown[:, node])


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_every_figure_of_every_cut(seed: int) -> None:
    survey = random_survey(seed)
    block = survey.plan.block_of_unit[survey.unit]
    for row, cut in enumerate(survey.plan.cuts):
        groups = [blocks[block] for blocks in cut.blocks]
        share_groups = [blocks[block] for blocks in cut.share_blocks]
        shown, share_shown = cut.blocks.any(axis=1), cut.share_blocks.any(axis=1)
        figures = survey.figures
        check_questions(
            survey, figures.cut_questions, row, groups, share_groups, shown, share_shown
        )
        check_areas(survey, figures.cut_areas, row, groups, shown)
    assert survey.figures.cut_keys == ("some", "everybody")


def check_questions(
    survey: Survey,
    figures: QuestionFigures,
    row: int,
    groups: list[NDArray[np.bool_]],
    share_groups: list[NDArray[np.bool_]],
    shown: NDArray[np.bool_],
    share_shown: NDArray[np.bool_],
) -> None:
    instrument = survey.instrument
    for variable, options in enumerate(instrument.options.tolist()):
        points = [p for p in instrument.values[variable].tolist() if p == p]
        favorable = instrument.favorable[variable].tolist()
        answers = answered(survey, variable, groups[variable])
        shares = answered(survey, variable, share_groups[variable])
        mean = HIDDEN
        if shown[variable] and answers:
            mean = naive_question(answers, points, options, favorable)[0]
        distribution, good, behind = [HIDDEN] * options, HIDDEN, HIDDEN
        if share_shown[variable] and shares:
            _, distribution, good = naive_question(shares, points, options, favorable)
            behind = len(shares)
        assert figures.mean[row, variable] == mean
        assert (figures.half_width[row, variable] == HIDDEN) == (mean == HIDDEN)
        assert figures.shares[row, variable, :options].tolist() == distribution
        assert (figures.shares[row, variable, options:] == HIDDEN).all()
        assert figures.favorable[row, variable] == good
        assert figures.share_answers[row, variable] == behind
        if shown[variable] or share_shown[variable]:
            assert figures.answers[row, variable] == len(answers)
        else:
            assert figures.answers[row, variable] == HIDDEN


def check_areas(
    survey: Survey,
    figures: AreaFigures,
    row: int,
    groups: list[NDArray[np.bool_]],
    shown: NDArray[np.bool_],
) -> None:
    scores: list[Fraction | None] = []
    for area in range(len(survey.instrument.areas)):
        means = []
        for variable in survey.instrument.statements(area).tolist():
            answers = answered(survey, variable, groups[variable])
            visible = bool(shown[variable]) and bool(answers)
            means.append(Fraction(sum(answers), len(answers)) if visible else None)
        known = [mean for mean in means if mean is not None]
        score = (sum(known, Fraction(0)) / len(known) - 1) * 25 if len(known) >= 3 else None
        scores.append(score)
        assert figures.score[row, area] == (HIDDEN if score is None else half_up(score))
        missing = sum(1 << place for place, mean in enumerate(means) if mean is None)
        assert figures.missing[row, area] == missing
        assert (figures.half_width[row, area] == HIDDEN) == (score is None)
    if None in scores:
        assert figures.overall[row] == figures.overall_half_width[row] == HIDDEN
    else:
        overall = sum((s for s in scores if s is not None), Fraction(0)) / len(scores)
        assert figures.overall[row] == half_up(overall)


def answered(survey: Survey, variable: int, people: NDArray[np.bool_]) -> list[int]:
    return [int(v) for v in survey.answers[variable, people] if v]


@settings(deadline=None, max_examples=15)
@given(seeds)
def test_the_displayed_nodes_are_all_that_anybody_is_led_to(seed: int) -> None:
    plan = random_survey(seed).plan
    found = set(displayed(plan).tolist())
    own = {int(node) for node in plan.node_of_unit if node >= 0}
    led_to = set(own)
    for shown in (plan.shown, plan.share_shown):
        nearest = plan.nearest_shown(shown)[:, sorted(own)]
        led_to |= set(nearest[nearest >= 0].tolist())
    assert own <= led_to <= found


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_wider_intervals_for_fewer_answers_and_nothing_of_the_groups_own_spread(seed: int) -> None:
    """At one survey the half-width of a question is a function of the number of answers alone."""
    figures = random_survey(seed).figures.node_questions
    for variable in range(figures.mean.shape[1]):
        shown = figures.mean[:, variable] != HIDDEN
        pairs = sorted(
            zip(figures.answers[shown, variable], figures.half_width[shown, variable], strict=True)
        )
        widths = [width for _, width in pairs]
        assert widths == sorted(widths, reverse=True)
        assert len({n for n, _ in pairs}) == len(set(pairs))


def test_random_surveys_are_worth_testing_on() -> None:
    """Figures are hidden and shown in them, or the tests above would compare nothing."""
    surveys = [random_survey(seed) for seed in range(12)]
    for pick in (
        lambda figures: figures.node_questions.mean,
        lambda figures: figures.node_questions.favorable,
        lambda figures: figures.node_areas.score,
        lambda figures: figures.cut_questions.mean,
    ):
        arrays = [pick(survey.figures) for survey in surveys]
        assert any((array == HIDDEN).any() for array in arrays)
        assert any((array != HIDDEN).any() for array in arrays)
    scored = [survey.figures.node_areas for survey in surveys]
    assert any(((part.missing > 0) & (part.score != HIDDEN)).any() for part in scored)
