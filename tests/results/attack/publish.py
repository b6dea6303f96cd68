"""Runs the product's plan over an organization, alone or as a survey that follows another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.participation import plan_participation
from sos_core.results.publication import Overlap, Plan, Policy, plan
from tests.results.attack.figures import Figure
from tests.results.attack.organizations import Organization, next_year, random_organization
from tests.results.attack.release import Release, rate_figures


def plan_of(organization: Organization, policy: Policy, earlier: Sequence[Overlap] = ()) -> Plan:
    return plan(
        organization.tree,
        organization.submitters,
        organization.counts,
        organization.variables,
        policy,
        cuts=organization.cuts(),
        earlier=earlier,
    )


def everything(organization: Organization, policy: Policy) -> list[Figure]:
    """Give all figures of a release, response rates included."""
    participation = plan_participation(organization.tree, organization.invited, policy)
    figures = Release(organization, plan_of(organization, policy)).figures()
    if participation.allowed:
        figures += rate_figures(organization, participation)
    return figures


@dataclass(frozen=True)
class Pair:
    """Two surveys of one organization; the earlier one's people are named by their index."""

    earlier: Organization
    later: Organization
    before: NDArray[np.int64]
    policy: Policy

    @classmethod
    def random(cls, seed: int, policy: Policy) -> Pair:
        """Make two surveys whose participants answer every question."""
        earlier = random_organization(seed, skipping=0)
        return cls(earlier, *next_year(earlier, seed + 1_000_000), policy)

    def overlap(self) -> Overlap:
        """Say where everybody who submitted in either survey was, and is."""
        block = plan_of(self.earlier, self.policy).block_of_unit
        then = np.where(self.earlier.submitted, block[self.earlier.unit], -1)
        now = np.where(self.later.submitted, self.later.unit, -1)
        left = np.setdiff1d(np.arange(len(then)), self.before)
        return Overlap(
            np.concatenate([np.where(self.before < 0, -1, then[self.before]), then[left]]),
            np.concatenate([now, np.full(len(left), -1)]),
        )

    def figures(self, *, guarded: bool = True) -> tuple[list[Figure], list[Figure]]:
        """Give both releases; ``guarded`` is whether the later one keeps the rule across surveys."""
        names = np.where(
            self.before < 0, len(self.earlier.unit) + np.arange(len(self.before)), self.before
        )
        plan_now = plan_of(self.later, self.policy, [self.overlap()] if guarded else [])
        then = Release(self.earlier, plan_of(self.earlier, self.policy)).figures()
        return then, Release(self.later, plan_now, names).figures()
