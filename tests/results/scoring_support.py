"""Random surveys for the tests of scoring, and scores computed the slow and obvious way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

from sos_core.content import questionnaire
from sos_core.results.figures import Figures
from sos_core.results.histogram import count_by_block, histogram
from sos_core.results.instrument import Instrument, OwnQuestion, instrument_of
from sos_core.results.policy import Policy
from sos_core.results.publication import Cut, Plan, Variables, plan
from sos_core.results.reliability import reliability
from sos_core.results.scoring import score
from sos_core.results.tree import Tree

OWN = (
    OwnQuestion("own.recommend", 7, tuple(float(v) for v in range(7)), favorable_from=6),
    OwnQuestion("own.channel", 3),
)


@dataclass(frozen=True)
class Survey:
    """One survey with everything that scoring needs, the answers still open."""

    tree: Tree
    instrument: Instrument
    answers: NDArray[np.uint8]
    unit: NDArray[np.int32]
    invited: int
    plan: Plan
    counts: NDArray[np.int32]
    figures: Figures


def tree_of(parents: list[int]) -> Tree:
    ids = tuple(range(1, len(parents) + 1))
    return Tree.from_parents(ids, tuple(f"Unit {key}" for key in ids), parents)


def survey_of(
    tree: Tree,
    answers: NDArray[np.uint8],
    unit: NDArray[np.int32],
    *,
    invited: int,
    instrument: Instrument | None = None,
    cuts: dict[str, NDArray[np.bool_]] | None = None,
) -> Survey:
    """Plan and score a survey whose respondents all submitted; ``cuts`` say who belongs to each."""
    instrument = instrument or instrument_of(questionnaire())
    by_unit = histogram(answers, unit, tree.size, instrument)
    submitters = np.bincount(unit, minlength=tree.size)
    registered = [
        Cut(key, np.bincount(unit[inside], minlength=tree.size))
        for key, inside in (cuts or {}).items()
    ]
    made = plan(
        tree, submitters, by_unit.astype(np.int64), Variables(instrument.values), Policy(),
        cuts=registered,
    )  # fmt: skip
    counts = count_by_block(by_unit, made.block_of_unit, made.nodes.blocks)
    joint = reliability(answers, instrument, made.shown[:, 0])
    figures = score(made, counts, instrument, invited=invited, reliability=joint)
    return Survey(tree, instrument, answers, unit, invited, made, counts, figures)


def random_survey(seed: int) -> Survey:
    """Return a survey of 8–240 people in 1–25 units, with gaps, extremes, own questions and cuts."""
    draw = np.random.default_rng(seed)
    instrument = instrument_of(questionnaire(), OWN)
    path, parents = [0], [-1]
    for unit in range(1, int(draw.integers(1, 26))):
        del path[int(draw.integers(1, len(path) + 1)) :]
        parents.append(path[-1])
        path.append(unit)
    people = int(draw.integers(8, 240))
    unit = draw.integers(0, len(parents), people).astype(np.int32)
    gaps = float(draw.choice([0.02, 0.3, 0.9], p=[0.6, 0.3, 0.1]))
    middle = draw.uniform(1, 5)
    answers = np.zeros((len(instrument.keys), people), np.uint8)
    for variable, options in enumerate(instrument.options.tolist()):
        raw = np.clip(np.rint(draw.normal(middle, 1, people)), 1, options)
        missing = draw.random(people) < (gaps if variable % 4 else min(1.0, 3 * gaps))
        answers[variable] = np.where(missing, 0, raw)
    leaders = np.isin(unit, draw.integers(0, len(parents), 3)) ^ (draw.random(people) < 0.02)
    return survey_of(
        tree_of(parents), answers, unit, invited=int(people * draw.uniform(1, 2)),
        instrument=instrument, cuts={"some": leaders, "everybody": np.ones(people, bool)},
    )  # fmt: skip


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def naive_question(
    values: list[int], points: list[float], options: int, favorable: list[bool]
) -> tuple[int, list[int], int]:
    """Return (mean in tenths, shares in percent, favorable percent) of the answers ``values``."""
    n = len(values)
    mean = -1
    if points:
        mean = half_up(10 * sum(Fraction(points[v - 1]) for v in values) / n)
    shares = [half_up(Fraction(100 * values.count(o), n)) for o in range(1, options + 1)]
    good = half_up(Fraction(100 * sum(favorable[v - 1] for v in values), n))
    return mean, shares, good if any(favorable) else -1


def people_of_node(survey: Survey, node: int) -> NDArray[np.bool_]:
    """Return which respondents stand behind a node, through the block of each one's unit."""
    block = survey.plan.block_of_unit[survey.unit]
    nodes = survey.plan.nodes
    inside: NDArray[np.bool_] = (block >= nodes.start[node]) & (block < nodes.stop[node])
    return inside


TEAM_A = [
    [1, 2, 3, 3, 4, 4, 5, 5],  # sum 27: mean 3.375
    [2, 2, 2, 3, 3, 3, 4, 4],  # 23: 2.875
    [4, 4, 4, 4, 5, 5, 3, 3],  # 32: 4.0
    [1, 2, 1, 2, 3, 3, 2, 2],  # 16: 2.0
    [3, 3, 4, 4, 2, 2, 3, 3],  # 24: 3.0
    [3, 4, 4, 4, 4, 3, 3, 3],  # 28: 3.5
    [2, 2, 3, 3, 2, 2, 3, 3],  # 20: 2.5
    [0, 0, 0, 0, 0, 0, 0, 0],  # nobody could judge
]
TEAM_B = [
    [4, 4, 4, 4, 3, 3, 4, 4, 4, 5],  # 39: 3.9
    [3, 3, 3, 3, 3, 3, 2, 2, 4, 4],  # 30: 3.0
    [4, 4, 4, 4, 4, 4, 4, 4, 4, 4],  # 40: 4.0
    [2, 2, 2, 2, 3, 3, 3, 3, 0, 0],  # 20 of eight: 2.5
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 4],  # 31: 3.1
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3],  # 30: 3.0
    [4, 4, 4, 4, 4, 3, 3, 3, 3, 3],  # 35: 3.5
    [2, 3, 2, 3, 2, 3, 2, 3, 2, 3],  # 25: 2.5
]


def worked_survey() -> Survey:
    """Return eight people in Team A and ten in Team B, all else answered with 3."""
    instrument = instrument_of(questionnaire())
    answers = np.full((43, 18), 3, np.uint8)
    answers[:8, :8], answers[:8, 8:] = TEAM_A, TEAM_B
    # Meetings held (midpoints 0 1 2.5 5 8.5 13): Team A 2 × 1, 4 × 2.5, 2 × 5; Team B 10 × 2.5.
    answers[38, :8] = [2, 2, 3, 3, 3, 3, 4, 4]
    unit = np.array([1] * 8 + [2] * 10, np.int32)
    return survey_of(tree_of([-1, 0, 0]), answers, unit, invited=24, instrument=instrument)
