"""The attacks of the privacy specification, section 2, on any list of figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sos_core.results.policy import Policy
from tests.results.attack.figures import (
    Atoms,
    Figure,
    Finding,
    Kind,
    by_variable,
    least_people,
)
from tests.results.attack.programme import Programme, confined

Scales = Mapping[str, Sequence[float]]


def attack(figures: Iterable[Figure], scales: Scales, policy: Policy) -> list[Finding]:
    """Attack one release; ``scales`` gives the options' values of each question with a mean."""
    findings: list[Finding] = []
    programmes: list[Programme] = []
    for variable, known in by_variable(figures).items():
        findings += small_atoms(variable, known, policy)
        findings += combinations(variable, [figure.group for figure in known], policy.k)
        if variable in scales:
            programmes.append(Programme(variable, known, scales[variable]))
    return [*findings, *confined(programmes, policy.k)]


def attack_pair(earlier: Iterable[Figure], later: Iterable[Figure], c: int) -> list[Finding]:
    """Attack two releases together, as if those who answered both had answered alike.

    Then no combination of all their figures may touch 1 … c-1 people.
    """
    findings: list[Finding] = []
    before, after = by_variable(earlier), by_variable(later)
    for variable in before.keys() & after.keys():
        groups = [
            figure.group
            for figure in before[variable] + after[variable]
            if figure.kind in (Kind.MEAN, Kind.SHARE, Kind.SCORE)
        ]
        findings += combinations(variable, groups, c)
    return findings


def small_atoms(variable: str, known: Sequence[Figure], policy: Policy) -> Iterator[Finding]:
    """Find atoms under the least number of people, over all figures and over shares alone."""
    least = least_people(policy)
    shares = [figure for figure in known if figure.kind is Kind.SHARE]
    for figures, needed in (
        (known, least[known[0].kind] if not shares else policy.k),
        (shares, policy.shares),
    ):
        for size in Atoms.of({figure.group for figure in figures}).sizes.tolist():
            if size < needed:
                yield Finding("atom", variable, size, f"{size} people stand alone")


def combinations(variable: str, groups: Iterable[frozenset[int]], least: int) -> Iterator[Finding]:
    """Find combinations of figures that touch fewer than ``least`` people.

    There is one within a set of atoms if and only if the rank of the group matrix falls when these
    columns are removed; equivalently, their rows of a basis of its null space are dependent.
    """
    atoms = Atoms.of(set(groups))
    small = np.flatnonzero(atoms.sizes < least)
    if not len(small):
        return
    null = _null_space(atoms.member.astype(float))
    sets = _sets_under(small.tolist(), atoms.sizes, least)
    for size, group in groupby(sets, len):
        chosen = np.array(list(group))
        ranks = np.linalg.matrix_rank(null[chosen], tol=1e-8) if null.shape[1] else 0 * chosen[:, 0]
        dependent = np.flatnonzero(ranks < size)
        if len(dependent):
            people = int(atoms.sizes[chosen[dependent[0]]].sum())
            yield Finding("combination", variable, people, f"figures that touch {people} people")
            return


def _null_space(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    _, values, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int((values > 1e-8).sum())
    basis: NDArray[np.float64] = right[rank:].T
    return basis


def _sets_under(
    small: Sequence[int], sizes: NDArray[np.int64], least: int
) -> Iterator[tuple[int, ...]]:
    """Yield the sets of atoms with fewer than ``least`` people in all, smaller sets first."""
    waiting: list[tuple[tuple[int, ...], int, int]] = [((), 0, 0)]
    for chosen, people, position in waiting:
        if chosen:
            yield chosen
        for following in range(position, len(small)):
            more = people + int(sizes[small[following]])
            if more < least:
                waiting.append(((*chosen, small[following]), more, following + 1))
