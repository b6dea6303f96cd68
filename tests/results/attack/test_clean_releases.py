"""Releases of the plan withstand the attack program, exact and as displayed, one and two surveys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sos_core.results.participation import plan_participation
from sos_core.results.publication import Overlap, Plan, Policy, plan
from tests.results.attack.figures import Figure
from tests.results.attack.organizations import (
    SCALES,
    Organization,
    next_year,
    random_organization,
)
from tests.results.attack.program import attack, attack_pair
from tests.results.attack.release import Release, rate_figures, rounded

CHUNKS = 30
EACH = 12


def seeds(chunk: int) -> Iterator[int]:
    return iter(range(chunk * EACH, (chunk + 1) * EACH))


def plan_of(organization: Organization, policy: Policy, earlier: tuple[Overlap, ...] = ()) -> Plan:
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
    participation = plan_participation(organization.tree, organization.invited, policy)
    figures = Release(organization, plan_of(organization, policy)).figures()
    if participation.allowed:
        figures += rate_figures(organization, participation)
    return figures


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_release_withstands_the_attack(chunk: int) -> None:
    published = 0
    for seed in seeds(chunk):
        policy = Policy(k=4 if seed % 5 == 0 else 5)
        figures = everything(random_organization(seed), policy)
        assert attack(figures, SCALES, policy) == [], seed
        assert attack(rounded(figures), SCALES, policy) == [], seed
        published += len(figures)
    assert published > 100
