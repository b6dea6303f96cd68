"""The linear programme: how far published values confine a group, or one person in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
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
        bounds = self._bounds()
        if bounds is None:
            yield Finding("contradiction", self.variable, int(sizes.sum()), "no answers fit")
            return
        half = (self.high - self.low) / 2
        for size, least, most in zip(sizes.tolist(), *bounds, strict=True):
            if size < k and (most - least) / size < half - SLACK:
                yield Finding("interval", self.variable, size, "a small group is confined")
            lowest = max(self.low, least - (size - 1) * self.high)
            highest = min(self.high, most - (size - 1) * self.low)
            if highest - lowest < half - SLACK:
                yield Finding("interval", self.variable, 1, f"a person in {lowest}…{highest}")

    def _bounds(self) -> tuple[list[float], list[float]] | None:
        """Give the least and largest sum of each atom, or None when the figures contradict.

        All questions are asked at once: one copy of the programme for each, side by side.
        """
        atoms, options = len(self.atoms.sizes), len(self.scale)
        rows = sparse.csr_array(np.array([self._row(i) for i in range(len(self.known))]))
        people = np.array([len(figure.group) for figure in self.known])
        value = people * np.array([figure.value for figure in self.known])
        slack = people * np.array([figure.half_step for figure in self.known]) + SLACK
        copies = sparse.eye_array(2 * atoms)
        every = np.ones(2 * atoms)
        worth = np.kron(np.eye(atoms), self.scale)
        answer = linprog(
            np.concatenate([worth, -worth]).ravel(),
            A_ub=sparse.kron(copies, sparse.vstack([rows, -rows])),
            b_ub=np.kron(every, np.concatenate([value + slack, slack - value])),
            A_eq=sparse.kron(copies, np.kron(np.eye(atoms), np.ones(options))),
            b_eq=np.kron(every, self.atoms.sizes),
            method="highs",
        )
        if answer.status == 2:
            return None
        assert answer.status == 0, answer.message
        found = answer.x.reshape(2 * atoms, atoms, options) @ self.scale
        picked = found[np.arange(2 * atoms), np.tile(np.arange(atoms), 2)]
        return picked[:atoms].tolist(), picked[atoms:].tolist()

    def _row(self, index: int) -> np.ndarray:
        """Say what each (atom, option) adds to a figure's total."""
        figure = self.known[index]
        counts = self.scale
        if figure.kind is Kind.SHARE:
            counts = np.isin(np.arange(len(self.scale)), figure.options).astype(float)
        return np.kron(self.atoms.member[index].astype(float), counts)
