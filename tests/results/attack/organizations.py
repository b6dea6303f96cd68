"""Random organizations with answers, from a seed: small, uneven, with leaders on inner units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from sos_core.results.publication import Cut, Variables
from sos_core.results.tree import Tree

# Two statements (one that nearly everybody agrees with), and an activity question in bands.
SCALES = {"statement": range(1, 6), "agreed": range(1, 6), "meetings": (0, 1, 2.5, 5, 8.5, 13)}
LIKELY = np.array(
    [
        [0.08, 0.17, 0.3, 0.3, 0.15, 0],
        [0.01, 0.01, 0.03, 0.15, 0.8, 0],
        [0.35, 0.3, 0.15, 0.1, 0.06, 0.04],
    ]
)
VALUES = np.array([[*range(1, 6), np.nan], [*range(1, 6), np.nan], [0, 1, 2.5, 5, 8.5, 13]])


@dataclass(frozen=True)
class Organization:
    """Everybody invited: their unit, whether they submitted, answers (0: none), leader or not."""

    tree: Tree
    unit: NDArray[np.int64]
    submitted: NDArray[np.bool_]
    answers: NDArray[np.int64]
    leader: NDArray[np.bool_]
    values: NDArray[np.float64]

    @property
    def invited(self) -> NDArray[np.int64]:
        return np.bincount(self.unit, minlength=self.tree.size)

    @property
    def submitters(self) -> NDArray[np.int64]:
        return np.bincount(self.unit[self.submitted], minlength=self.tree.size)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Count answers by unit, variable and option."""
        counts = np.zeros((self.tree.size, *self.values.shape), np.int64)
        person, variable = np.nonzero((self.answers.T > 0) & self.submitted[:, None])
        np.add.at(counts, (self.unit[person], variable, self.answers[variable, person] - 1), 1)
        return counts

    @property
    def variables(self) -> Variables:
        return Variables(self.values)

    def cuts(self) -> list[Cut]:
        """Register two cuts: leaders against sellers, and a product across all regions."""
        groups = {"leaders": self.leader, "sellers": ~self.leader, "product": self.product()}
        return [
            Cut(key, np.bincount(self.unit[members & self.submitted], minlength=self.tree.size))
            for key, members in groups.items()
        ]

    def product(self) -> NDArray[np.bool_]:
        """Every third unit sells the product, with everybody in it but one person in twenty."""
        return (self.unit % 3 == 0) & (np.arange(len(self.unit)) % 20 != 7)

    def answered(self, variable: int) -> NDArray[np.bool_]:
        return self.submitted & (self.answers[variable] > 0)


def random_tree(rng: Generator, *, deepest: int = 4, widest: int = 4) -> Tree:
    """Grow a tree of two to ``deepest`` levels with one to ``widest`` units below each."""
    depth = int(rng.integers(2, deepest + 1))
    parent: list[int] = []

    def grow(above: int, level: int) -> None:
        unit = len(parent)
        parent.append(above)
        if level < depth and rng.random() < (1 if level == 1 else 0.8):
            for _ in range(int(rng.integers(1, widest + 1))):
                grow(unit, level + 1)

    grow(-1, 1)
    ids = (rng.permutation(len(parent)) + 100).tolist()
    return Tree.from_parents(ids, [f"Unit {number}" for number in ids], parent)


def random_organization(
    seed: int, *, largest_team: int = 12, skipping: float = 0.1
) -> Organization:
    """Make an organization whose teams have 1 to ``largest_team`` people, 50 to 100 % of answers."""
    rng = default_rng(seed)
    tree = random_tree(rng)
    inner = np.array([bool(children) for children in tree.children])
    people = np.where(
        inner,
        rng.integers(0, 4, tree.size),
        rng.integers(1, largest_team + 1, tree.size),
    )
    if rng.random() < 0.3:
        people[0] += rng.integers(3, 9)
    unit = np.repeat(np.arange(tree.size), people)
    submitted = rng.random(len(unit)) < rng.uniform(0.5, 1)
    answers = np.stack([rng.choice(6, len(unit), p=likely) + 1 for likely in LIKELY])
    answers[rng.random(answers.shape) < rng.uniform(0, 2 * skipping)] = 0
    first = np.diff(unit, prepend=-1) > 0
    leader = inner[unit] | (first & (rng.random(len(unit)) < 0.8))
    return Organization(tree, unit, submitted, answers, leader, VALUES)


def next_year(organization: Organization, seed: int) -> tuple[Organization, NDArray[np.int64]]:
    """Let people leave, join, move and miss a survey; those who stay answer alike.

    Returns the organization and, for each person there, who it was before (-1: joined since).
    """
    rng = default_rng(seed)
    size = len(organization.unit)
    stays = rng.random(size) < rng.uniform(0.8, 1)
    before = np.flatnonzero(stays)
    joined = rng.choice(size, int(rng.integers(0, 1 + size // 6)))
    unit = np.concatenate([organization.unit[before], organization.unit[joined]])
    moves = rng.random(len(unit)) < rng.uniform(0, 0.1)
    unit[moves] = rng.integers(0, organization.tree.size, moves.sum())
    answers = np.concatenate(
        [
            organization.answers[:, before],
            np.stack([rng.choice(6, len(joined), p=likely) + 1 for likely in LIKELY]),
        ],
        axis=1,
    )
    submitted = np.concatenate([organization.submitted[before], rng.random(len(joined)) < 0.8]) ^ (
        rng.random(len(unit)) < 0.05
    )
    leader = np.concatenate([organization.leader[before], np.zeros(len(joined), np.bool_)])
    later = replace(organization, unit=unit, submitted=submitted, answers=answers, leader=leader)
    return later, np.concatenate([before, np.full(len(joined), -1)])
