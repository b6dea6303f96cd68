"""The linear programme: how far published values confine a group, or one person in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from tests.results.attack.figures import Atoms, Figure, Finding, Kind

SLACK = 1e-6


class Programme:
    """How many people of each atom chose each option, under all values known of one question."""

    def __init__(self, variable: str, known: Sequence[Figure], scale: Sequence[float]) -> None:
        self.variable = variable
        self.known = [
            figure for figure in dict.fromkeys(known) if figure.kind in (Kind.MEAN, Kind.SHARE)
        ]
        self.low, self.high = min(scale), max(scale)
        # Means alone cannot tell options apart: the two ends of the scale stand for all of them.
        shares = any(figure.kind is Kind.SHARE for figure in self.known)
        self.scale = np.array(scale if shares else (self.low, self.high))
        self.atoms = Atoms.of(figure.group for figure in self.known)

    def doubtful(self, k: int, possible: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the atoms whose bounds have to be known, given sums that are possible."""
        small = self.atoms.sizes < k
        return np.flatnonzero(small | ~self._leave_everybody_free(possible))

    def findings(
        self, k: int, chosen: NDArray[np.int64], least: Sequence[float], most: Sequence[float]
    ) -> Iterator[Finding]:
        """Find atoms under k, and single people, confined to half the scale by the atoms' bounds."""
        half = (self.high - self.low) / 2
        for atom, lower, upper in zip(chosen.tolist(), least, most, strict=True):
            size = int(self.atoms.sizes[atom])
            if size < k and (upper - lower) / size < half - SLACK:
                yield Finding("interval", self.variable, size, "a small group is confined")
            lowest = max(self.low, lower - (size - 1) * self.high)
            highest = min(self.high, upper - (size - 1) * self.low)
            if highest - lowest < half - SLACK:
                yield Finding("interval", self.variable, 1, f"a person in {lowest}…{highest}")

    def _leave_everybody_free(self, sums: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell of which atoms these possible sums of answers prove that nobody in them is confined.

        With the least sum no larger, and the most no smaller, one person may have said anything.
        """
        others = self.atoms.sizes - 1
        found: NDArray[np.bool_] = (sums + SLACK < self.low + others * self.high) & (
            sums - SLACK > self.high + others * self.low
        )
        return found

    @cached_property
    def equations(self) -> tuple[sparse.csr_array, NDArray[np.float64], sparse.csr_array]:
        """Give what all answers have to fulfill: rows at most a bound, and rows for atoms' sizes."""
        atoms, options = len(self.atoms.sizes), len(self.scale)
        rows = sparse.csr_array(self._rows())
        people = np.array([len(figure.group) for figure in self.known])
        value = people * np.array([figure.value for figure in self.known])
        slack = people * np.array([figure.half_step for figure in self.known]) + SLACK
        at_most = np.concatenate([value + slack, slack - value])
        each = sparse.csr_array(np.kron(np.eye(atoms), np.ones(options)))
        return sparse.vstack([rows, -rows]), at_most, each

    def _rows(self) -> NDArray[np.float64]:
        """Say what each (atom, option) adds to the total of each figure."""
        counts = np.tile(np.asarray(self.scale, float), (len(self.known), 1))
        for row, figure in enumerate(self.known):
            if figure.kind is Kind.SHARE:
                counts[row] = 0
                counts[row, list(figure.options)] = 1
        spread = self.atoms.member[:, :, None] * counts[:, None, :]
        return spread.reshape(len(self.known), -1)

    def sums(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of each atom, given how many chose each option; copies stand in rows."""
        found: NDArray[np.float64] = answers.reshape(-1, len(self.atoms.sizes), len(self.scale))
        return found @ self.scale


def confined(programmes: Iterable[Programme], k: int) -> Iterator[Finding]:
    """Find contradictions, and whom the figures confine, in the programmes of several questions.

    The questions have nothing to do with each other; they are asked side by side because the
    solver takes longer to begin than to solve.
    """
    asked = [programme for programme in programmes if len(programme.atoms.sizes)]
    doubts = []
    for programme, sums in zip(asked, possible(asked), strict=True):
        if sums is None:
            people = int(programme.atoms.sizes.sum())
            yield Finding("contradiction", programme.variable, people, "no answers fit")
        elif len(chosen := programme.doubtful(k, sums)):
            doubts.append((programme, chosen))
    for (programme, chosen), found in zip(doubts, bounds(doubts), strict=True):
        yield from programme.findings(k, chosen, *found)


def possible(programmes: Sequence[Programme]) -> list[NDArray[np.float64] | None]:
    """Give, for each, sums of the atoms that some answers have, or None where figures contradict."""
    found = solved(programmes, [(1, np.zeros(p.equations[0].shape[1])) for p in programmes])
    if found is not None:
        return [programme.sums(x)[0] for programme, x in zip(programmes, found, strict=True)]
    return [None] if len(programmes) == 1 else [possible([each])[0] for each in programmes]


def bounds(
    doubts: Sequence[tuple[Programme, NDArray[np.int64]]],
) -> list[tuple[list[float], list[float]]]:
    """Give the least and the largest sums of chosen atoms: a copy of the programme for each."""
    wanted = []
    for programme, chosen in doubts:
        worth = np.kron(np.eye(len(programme.atoms.sizes))[chosen], programme.scale)
        wanted.append((2 * len(chosen), np.concatenate([worth, -worth]).ravel()))
    answers = solved([programme for programme, _ in doubts], wanted)
    assert answers is not None, "it was possible a moment ago"
    found = []
    for (programme, chosen), x in zip(doubts, answers, strict=True):
        count = len(chosen)
        picked = programme.sums(x)[np.arange(2 * count), np.tile(chosen, 2)]
        found.append((picked[:count].tolist(), picked[count:].tolist()))
    return found


def solved(
    programmes: Sequence[Programme], wanted: Sequence[tuple[int, NDArray[np.float64]]]
) -> list[NDArray[np.float64]] | None:
    """Give the answers with the least of what is wanted of each: (copies, worth); None if none fit."""
    if not programmes:
        return []
    upper, at_most, equal, sizes = [], [], [], []
    for programme, (copies, _) in zip(programmes, wanted, strict=True):
        rows, limits, each = programme.equations
        upper.append(sparse.kron(sparse.eye_array(copies), rows))
        at_most.append(np.tile(limits, copies))
        equal.append(sparse.kron(sparse.eye_array(copies), each))
        sizes.append(np.tile(programme.atoms.sizes, copies))
    answer = linprog(
        np.concatenate([worth for _, worth in wanted]),
        A_ub=sparse.block_diag(upper, format="csr"),
        b_ub=np.concatenate(at_most),
        A_eq=sparse.block_diag(equal, format="csr"),
        b_eq=np.concatenate(sizes),
        method="highs",
    )
    if answer.status == 2:
        return None
    assert answer.status == 0, answer.message
    ends = np.cumsum([len(worth) for _, worth in wanted])
    return list(np.split(answer.x, ends[:-1]))
