"""What an attacker sees: one published number with the group of people behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sos_core.results.policy import Policy


class Kind(StrEnum):
    MEAN = "mean"
    SHARE = "share"
    COMMENTS = "comments"
    RATE = "rate"
    SCORE = "score"


@dataclass(frozen=True)
class Figure:
    """``value`` is known to ± ``half_step``; a share counts the ``options`` (indices) it names.

    ``group`` holds the people counted: those who answered the question, for a rate those invited.
    Figures of one ``variable`` rest on the same answers. A score stands under each of its statements,
    as if an attacker could take it apart; its value is not used.
    """

    variable: str
    group: frozenset[int]
    value: float
    half_step: float
    kind: Kind
    options: tuple[int, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A breach; ``people`` is how many it concerns, ``detail`` tells what was learned."""

    rule: str
    variable: str
    people: int
    detail: str = ""


def by_variable(figures: Iterable[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.variable, []).append(figure)
    return found


@dataclass(frozen=True)
class Atoms:
    """Classes of people whom no group tells apart: their sizes, and ``member[figure, atom]``."""

    sizes: NDArray[np.int64]
    member: NDArray[np.bool_]

    @classmethod
    def of(cls, groups: Iterable[frozenset[int]]) -> Atoms:
        groups = list(groups)
        people = sorted(frozenset().union(*groups))
        if not people:
            return cls(np.zeros(0, np.int64), np.zeros((len(groups), 0), np.bool_))
        index = {person: column for column, person in enumerate(people)}
        member = np.zeros((len(groups), len(people)), np.bool_)
        for row, group in enumerate(groups):
            member[row, [index[person] for person in group]] = True
        classes, sizes = np.unique(member, axis=1, return_counts=True)
        return cls(sizes, classes)


def least_people(policy: Policy) -> Mapping[Kind, int]:
    return {
        Kind.MEAN: policy.k,
        Kind.SHARE: policy.shares,
        Kind.COMMENTS: policy.comments,
        Kind.RATE: policy.k,
        Kind.SCORE: policy.k,
    }
