"""One small survey, worked through by hand with its figures written out.

Two teams under a root: eight people in Team A, ten in Team B. Statements 1–4 are the area
"direction"; 5–8 are "insight", whose last one nobody in Team A could judge.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.results.scoring_support import Survey, worked_survey

ROOT, A, B = 0, 1, 2


@pytest.fixture(scope="module")
def survey() -> Survey:
    return worked_survey()


def row(survey: Survey, unit: int) -> int:
    node = survey.plan.node_of_unit[unit : unit + 1]
    found = int(survey.figures.rows(node)[0])
    assert found >= 0
    return found


def test_means_in_tenths_half_up(survey: Survey) -> None:
    figures = survey.figures.node_questions
    assert figures.mean[row(survey, A), :8].tolist() == [34, 29, 40, 20, 30, 35, 25, -1]
    assert figures.mean[row(survey, B), :8].tolist() == [39, 30, 40, 25, 31, 30, 35, 25]
    # 66/18 = 3.67, 53/18 = 2.94, 72/18 = 4.0, 36/16 = 2.25 → 2.3, 55/18 = 3.06, 58/18 = 3.22,
    # 55/18 = 3.06, and of the last only Team B's ten.
    assert figures.mean[row(survey, ROOT), :8].tolist() == [37, 29, 40, 23, 31, 32, 31, 25]
    assert figures.answers[row(survey, ROOT), :8].tolist() == [18, 18, 18, 16, 18, 18, 18, 10]


def test_shares_only_where_ten_stand_behind_them(survey: Survey) -> None:
    figures = survey.figures.node_questions
    assert (figures.shares[row(survey, A)] == -1).all()
    assert (figures.favorable[row(survey, A)] == -1).all()
    # Both teams form one cell of option shares, since Team A has but eight answers.
    assert (figures.shares[row(survey, B), :7] == -1).all()
    root = row(survey, ROOT)
    # The first statement: 1 2 4 8 3 of 18 → 5.6 11.1 22.2 44.4 16.7 %, favorable 11 of 18.
    first = [1, 1, 4, 9, 3]
    assert np.bincount(survey.answers[0], minlength=6)[1:].tolist() == first
    assert figures.shares[root, 0].tolist() == [6, 6, 22, 50, 17, -1]
    assert figures.favorable[root, 0] == 67
    assert figures.share_answers[root, 0] == 18


def test_area_scores_and_what_is_missing(survey: Survey) -> None:
    areas = survey.figures.node_areas
    # Team A, direction: (3.375 + 2.875 + 4.0 + 2.0)/4 = 3.0625 → (3.0625 − 1) × 25 = 51.6.
    # Insight from three statements: (3.0 + 3.5 + 2.5)/3 = 3.0 → 50; the fourth (bit 8) is missing.
    assert areas.score[row(survey, A), :2].tolist() == [52, 50]
    assert areas.missing[row(survey, A), :2].tolist() == [0, 8]
    # Team B: (3.9 + 3.0 + 4.0 + 2.5)/4 = 3.35 → 58.75; (3.1 + 3.0 + 3.5 + 2.5)/4 = 3.025 → 50.6.
    assert areas.score[row(survey, B), :2].tolist() == [59, 51]
    # Root: (66 + 53 + 72)/18 and 36/16: 3.21528 → 55.4, never the mean of the teams' scores.
    assert areas.score[row(survey, ROOT), 0] == 55
    # All other statements are 3: seven areas of 50, and (51.5625 + 50 + 7 × 50)/9 = 50.2.
    assert areas.score[row(survey, A), 2:].tolist() == [50] * 7
    assert areas.overall[row(survey, A)] == 50


def test_activity_levels_are_means_of_band_midpoints(survey: Survey) -> None:
    figures = survey.figures.node_questions
    # Team A: (2 × 1 + 4 × 2.5 + 2 × 5)/8 = 2.75 → 2.8; Team B 2.5; both 47/18 = 2.61.
    assert figures.mean[[row(survey, A), row(survey, B)], 38].tolist() == [28, 25]
    assert figures.mean[row(survey, ROOT), 38] == 26
    assert figures.favorable[row(survey, ROOT), 38] == -1


def test_half_widths_from_the_root(survey: Survey) -> None:
    figures = survey.figures.node_questions
    # First statement at the root: Σv = 66, Σv² = 1 + 4 + 36 + 144 + 75 = 260; the variance is
    # (260 − 66²/18)/17 = 18/17; response 18/24, so a quarter of it is left. Team A: eight answers:
    # 1.96 × √(18/17 × 0.25/8) = 0.3565, shown as 0.36; Team B: ten, 0.3189, shown as 0.32.
    assert figures.half_width[[row(survey, A), row(survey, B)], 0].tolist() == [36, 32]
    # Everybody answered 3 to the tenth statement: no spread, no interval.
    assert figures.half_width[row(survey, A), 9] == 0


def test_area_half_widths_without_a_known_correlation(survey: Survey) -> None:
    # 18 people are too few for alpha, so the statements' errors simply add: the mean of the four
    # half-widths (in points: × 25), computed before rounding.
    values = survey.answers[:4].astype(float)
    errors = []
    for statement, count in zip(values, (8, 8, 8, 8), strict=True):
        given = statement[statement > 0]
        left = 1 - len(given) / 24
        errors.append(1.96 * 25 * np.sqrt(given.var(ddof=1) * left / count))
    expected = np.ceil(10 * np.mean(errors))
    assert survey.figures.node_areas.half_width[row(survey, A), 0] == expected
    assert (survey.figures.reliability.people == 0).all()
