"""Scoring at close, beside a C histogram kernel that only counts: 200,000 people, 2,000 units.

    python benchmarks/scoring.py [respondents] [units]

Prints medians of interleaved runs and their ratios; the goal is scoring <= 5 x the kernel, with the
histogram, every figure of every node and the joint statistics included. The publication plan, the
encoding and the tallies are measured apart. Without a C compiler numpy's bincount stands in.
"""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sos_core.content import questionnaire
from sos_core.results.encoding import encode
from sos_core.results.figures import Figures, Reliability
from sos_core.results.histogram import Counts, count_by_block, histogram
from sos_core.results.instrument import Instrument, instrument_of
from sos_core.results.policy import Policy
from sos_core.results.publication import Cut, Plan, Variables, plan
from sos_core.results.reliability import reliability
from sos_core.results.scoring import score
from sos_core.results.tallies import tally
from sos_core.results.tree import Tree

ROUNDS = 15
GOAL = 5.0
WHOLE = "scoring, all statistics"
KERNEL = """
#include <stdint.h>
void count(const uint8_t *answers, const int32_t *unit, int64_t people, int64_t variables,
           int64_t units, int64_t width, int32_t *out) {
  for (int64_t v = 0; v < variables; v++) {
    const uint8_t *column = answers + v * people;
    int32_t *counts = out + v * units * width;
    for (int64_t i = 0; i < people; i++) counts[unit[i] * width + column[i]]++;
  }
}
"""


def organization(units: int) -> Tree:
    """Return a tree of four levels with about 18 units below each inner one."""
    parents, level = [-1], [0]
    while len(parents) < units:
        below = []
        for above in level:
            for _ in range(min(18, units - len(parents))):
                below.append(len(parents))
                parents.append(above)
        level = below
    return _in_preorder(parents)


def _in_preorder(parents: list[int]) -> Tree:
    children: dict[int, list[int]] = {}
    for unit, above in enumerate(parents):
        children.setdefault(above, []).append(unit)
    ordered, renumbered, stack = [], {-1: -1}, [0]
    while stack:
        unit = stack.pop()
        renumbered[unit] = len(ordered)
        ordered.append(renumbered[parents[unit]])
        stack += reversed(children.get(unit, []))
    ids = tuple(range(1, len(ordered) + 1))
    return Tree.from_parents(ids, tuple(f"Unit {key}" for key in ids), ordered)


def answered(
    people: int, tree: Tree, instrument: Instrument
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return random answers [variables, people], one in twelve missing, and everybody's unit."""
    draw = np.random.default_rng(1)
    inner = np.unique(tree.parent[1:])
    leaves = np.setdiff1d(np.arange(tree.size), inner)
    unit = leaves[draw.integers(0, len(leaves), people)].astype(np.int32)
    staff = draw.random(people) < 0.02
    unit[staff] = inner[draw.integers(0, len(inner), int(staff.sum()))]
    answers = np.empty((len(instrument.keys), people), np.uint8)
    lean = draw.normal(0, 0.6, people)
    for variable, options in enumerate(instrument.options.tolist()):
        raw = np.rint(options / 2 + 0.7 + lean + draw.normal(0, 1, people))
        answers[variable] = np.where(draw.random(people) < 1 / 12, 0, np.clip(raw, 1, options))
    return answers, unit


def cuts(submitters: NDArray[np.int64]) -> list[Cut]:
    """Return ten cuts across the tree, each of about half the units."""
    draw = np.random.default_rng(2)
    inside = draw.random((10, len(submitters))) < 0.5
    return [Cut(f"cut {number}", submitters * row) for number, row in enumerate(inside)]


def kernel(
    answers: NDArray[np.uint8], unit: NDArray[np.int32], units: int, width: int
) -> tuple[str, Callable[[], NDArray[np.int32]]]:
    """Return the label and the function of the limit: counts only, [variables, units, width]."""
    variables, people = answers.shape
    compiler = shutil.which("cc")
    if compiler is None:
        start = unit.astype(np.int64) * width

        def stand_in() -> NDArray[np.int32]:
            rows = [np.bincount(start + column, minlength=units * width) for column in answers]
            return np.array(rows, np.int32).reshape(variables, units, width)

        return "numpy bincount (STAND-IN, no C compiler found), counts only", stand_in
    folder = tempfile.mkdtemp()
    source, library = Path(folder, "kernel.c"), Path(folder, "kernel.so")
    source.write_text(KERNEL)
    subprocess.run(
        [compiler, "-O3", "-march=native", "-shared", "-fPIC", str(source), "-o", str(library)],
        check=True,
    )
    count = ctypes.CDLL(str(library)).count
    shutil.rmtree(folder)
    sizes = [ctypes.c_int64(size) for size in (people, variables, units, width)]

    def compiled() -> NDArray[np.int32]:
        out = np.zeros((variables, units, width), np.int32)
        count(
            *(ctypes.c_void_p(a.ctypes.data) for a in (answers, unit)),
            *sizes,
            ctypes.c_void_p(out.ctypes.data),
        )
        return out

    return "C histogram kernel, counts only", compiled


def medians(paths: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return each path's median time in ms over interleaved rounds."""
    times: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, run in paths.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def paths_of(people: int, units: int) -> tuple[str, str, dict[str, Callable[[], object]]]:
    """Return the size in words, the label of the limit, and what is timed by name."""
    instrument, tree = instrument_of(questionnaire()), organization(units)
    answers, unit = answered(people, tree, instrument)
    label, limit = kernel(answers, unit, tree.size, instrument.most_options + 1)
    counts = histogram(answers, unit, tree.size, instrument)
    assert np.array_equal(limit()[:, :, 1:].transpose(1, 0, 2), counts)
    submitters = np.bincount(unit, minlength=tree.size)

    def planned(registered: Sequence[Cut] = ()) -> Plan:
        values = Variables(instrument.values)
        return plan(tree, submitters, counts, values, Policy(), cuts=registered)

    made, cut = planned(), planned(cuts(submitters))

    def grouped(by_unit: Counts) -> Counts:
        return count_by_block(by_unit, made.block_of_unit, made.nodes.blocks)

    def joint() -> Reliability:
        return reliability(answers, instrument, made.shown[:, 0])

    def figures(by_block: Counts, known: Reliability, shown: Plan = made) -> Figures:
        return score(shown, by_block, instrument, invited=people * 4 // 3, reliability=known)

    by_block, known = grouped(counts), joint()
    released = figures(by_block, known)
    size = f"{people:,} people x {len(answers)} questions x {tree.size:,} units"
    paths: dict[str, Callable[[], object]] = {
        label: limit,
        WHOLE: lambda: figures(grouped(histogram(answers, unit, tree.size, instrument)), joint()),
        "  histogram": lambda: histogram(answers, unit, tree.size, instrument),
        "  joint statistics": joint,
        "  counts by block": lambda: grouped(counts),
        "  figures": lambda: figures(by_block, known),
        "  figures, with ten cuts": lambda: figures(by_block, known, cut),
        "publication plan": planned,
        "tallies by cell": lambda: tally(made, by_block),
        "encoding": lambda: encode(released),
    }
    return f"{size}, {len(released.nodes):,} of {made.nodes.size:,} nodes displayed", label, paths


def main(people: int = 200_000, units: int = 2_000) -> None:
    """Measure and print."""
    size, label, paths = paths_of(people, units)
    found = medians(paths)
    print(f"{size}; median of {ROUNDS}")
    for name, took in found.items():
        print(f"{name:62}{took:9.2f} ms {took / found[label]:7.2f} x")
    ratio = found[WHOLE] / found[label]
    print(
        f"scoring {ratio:.2f} x the limit; goal <= {GOAL}: {'met' if ratio <= GOAL else 'MISSED'}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
