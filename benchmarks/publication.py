"""The publication plan beside numpy's histogram of the same answers, and beside scoring.

    python benchmarks/publication.py

Prints medians of interleaved runs and their ratios. "Following" plans a survey that must be held
apart from an earlier one of the same organization, a tenth of whose people have changed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sos_core.content import questionnaire
from sos_core.results.histogram import count_by_block, histogram
from sos_core.results.instrument import Instrument, instrument_of
from sos_core.results.publication import Cut, Overlap, Plan, Policy, Variables, plan
from sos_core.results.reliability import reliability
from sos_core.results.scoring import score
from sos_core.results.tree import Tree

ROUNDS = 9
CUTS = 10
SIZES = {"200,000 people in 2,000 units": (200_000, 2_000), "16,000 people": (16_000, 2_000)}


def organization(units: int) -> Tree:
    """Return a tree of four levels: business areas of ten regions of 18 teams."""
    parent = [-1]
    while len(parent) < units:
        area = len(parent)
        parent.append(0)
        for region in count(area + 1, 19):
            if region > area + 1 + 9 * 19 or len(parent) >= units:
                break
            parent += [area] + [region] * 18
    ids = range(1, len(parent) + 1)
    return Tree.from_parents(ids, [f"Unit {key}" for key in ids], parent)


def answered(people: int, instrument: Instrument) -> NDArray[np.uint8]:
    """Return random answers, [variables, people], one in twelve missing."""
    draw = np.random.default_rng(1)
    rows = [draw.integers(1, options + 1, people) for options in instrument.options]
    answers = np.array(rows, np.uint8)
    answers[draw.random(answers.shape) < 1 / 12] = 0
    return answers


def medians(paths: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return each path's median time in ms over interleaved rounds."""
    times: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, run in paths.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def measure(people: int, units: int) -> dict[str, float]:
    """Measure one size of organization."""
    instrument, tree = instrument_of(questionnaire()), organization(units)
    draw = np.random.default_rng(2)
    answers, unit = answered(people, instrument), draw.integers(0, tree.size, people, np.int32)
    counts = histogram(answers, unit, tree.size, instrument)
    submitters = np.bincount(unit, minlength=tree.size)
    groups = draw.random((CUTS, tree.size)) < 0.5
    cuts = [Cut(str(key), np.where(group, submitters, 0)) for key, group in enumerate(groups)]
    values = Variables(instrument.values)
    width = instrument.most_options + 1

    def made(*earlier: Overlap) -> Plan:
        return plan(tree, submitters, counts, values, Policy(), cuts=cuts, earlier=earlier)

    first = made()
    then = np.where(draw.random(people) < 0.1, -1, first.block_of_unit[unit]).astype(np.int32)
    overlap = Overlap(then, unit)

    def scored() -> object:
        by_unit = histogram(answers, unit, tree.size, instrument)
        by_block = count_by_block(by_unit, first.block_of_unit, first.nodes.blocks)
        joint = reliability(answers, instrument, first.shown[:, 0])
        return score(first, by_block, instrument, invited=people, reliability=joint)

    return medians(
        {
            "numpy bincount, counts only": lambda: [
                np.bincount(unit * width + column, minlength=tree.size * width)
                for column in answers
            ],
            "publication plan": made,
            "publication plan, following": lambda: made(overlap),
            "scoring, all statistics": scored,
        }
    )


def main() -> None:
    """Measure and print."""
    for label, size in SIZES.items():
        found = measure(*size)
        limit, scoring = found["numpy bincount, counts only"], found["scoring, all statistics"]
        print(f"{label}, {CUTS} cuts; median of {ROUNDS}")
        for name, took in found.items():
            print(
                f"  {name:30}{took:9.2f} ms {took / limit:7.2f} x counting"
                f" {took / scoring:7.2f} x scoring"
            )


if __name__ == "__main__":
    main()
