"""The linear programme: how far published values confine a group, or one person in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

    def findings(self, k: int) -> Iterator[Finding]:
        """Find contradictions, and atoms under k or single people confined to half the scale."""
        sizes = self.atoms.sizes
        if not len(sizes):
            return
        possible = self._possible()
        if possible is None:
            yield Finding("contradiction", self.variable, int(sizes.sum()), "no answers fit")
            return
        half = (self.high - self.low) / 2
        doubtful = np.flatnonzero((sizes < k) | ~self._leave_everybody_free(possible))
        for atom, least, most in zip(doubtful.tolist(), *self._bounds(doubtful), strict=True):
            size = int(sizes[atom])
            if size < k and (most - least) / size < half - SLACK:
                yield Finding("interval", self.variable, size, "a small group is confined")
            lowest = max(self.low, least - (size - 1) * self.high)
            highest = min(self.high, most - (size - 1) * self.low)
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
    def _equations(self) -> tuple[sparse.csr_array, NDArray[np.float64], sparse.csr_array]:
        """Give what all answers have to fulfill: rows at most a bound, and rows for atoms' sizes."""
        atoms, options = len(self.atoms.sizes), len(self.scale)
        rows = sparse.csr_array(self._rows())
        people = np.array([len(figure.group) for figure in self.known])
        value = people * np.array([figure.value for figure in self.known])
        slack = people * np.array([figure.half_step for figure in self.known]) + SLACK
        at_most = np.concatenate([value + slack, slack - value])
        each = sparse.csr_array(np.kron(np.eye(atoms), np.ones(options)))
        return sparse.vstack([rows, -rows]), at_most, each

    def _possible(self) -> NDArray[np.float64] | None:
        """Give sums of the atoms that some answers have, or None when the figures contradict."""
        rows, at_most, each = self._equations
        nothing = np.zeros(rows.shape[1])
        answer = linprog(
            nothing, A_ub=rows, b_ub=at_most, A_eq=each, b_eq=self.atoms.sizes, method="highs"
        )
        if answer.status == 2:
            return None
        assert answer.status == 0, answer.message
        found: NDArray[np.float64] = answer.x.reshape(-1, len(self.scale)) @ self.scale
        return found

    def _bounds(self, chosen: NDArray[np.int64]) -> tuple[list[float], list[float]]:
        """Give the least and the largest sum of some atoms.

        All questions are asked at once: one copy of the programme for each, side by side.
        """
        if not len(chosen):
            return [], []
        rows, at_most, each = self._equations
        atoms, options, asked = len(self.atoms.sizes), len(self.scale), len(chosen)
        copies = sparse.eye_array(2 * asked)
        every = np.ones(2 * asked)
        worth = np.kron(np.eye(atoms)[chosen], self.scale)
        answer = linprog(
            np.concatenate([worth, -worth]).ravel(),
            A_ub=sparse.kron(copies, rows),
            b_ub=np.kron(every, at_most),
            A_eq=sparse.kron(copies, each),
            b_eq=np.kron(every, self.atoms.sizes),
            method="highs",
        )
        assert answer.status == 0, answer.message
        found = answer.x.reshape(2 * asked, atoms, options) @ self.scale
        picked = found[np.arange(2 * asked), np.tile(chosen, 2)]
        return picked[:asked].tolist(), picked[asked:].tolist()

    def _rows(self) -> NDArray[np.float64]:
        """Say what each (atom, option) adds to the total of each figure."""
        counts = np.tile(np.asarray(self.scale, float), (len(self.known), 1))
        for row, figure in enumerate(self.known):
            if figure.kind is Kind.SHARE:
                counts[row] = 0
                counts[row, list(figure.options)] = 1
        spread = self.atoms.member[:, :, None] * counts[:, None, :]
        return spread.reshape(len(self.known), -1)
