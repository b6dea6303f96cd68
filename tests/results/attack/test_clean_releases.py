"""Releases of the plan withstand the attack program, exact and as displayed, one and two surveys."""

from __future__ import annotations

import pytest

from sos_core.results.publication import Policy
from tests.results.attack.organizations import SCALES, random_organization
from tests.results.attack.program import attack, attack_pair
from tests.results.attack.publish import Pair, everything
from tests.results.attack.release import rounded

# 26 chunks of 12 make 312 organizations; chunks spread over the workers of a parallel run.
CHUNKS = range(26)
EACH = 12


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_release_withstands_the_attack(chunk: int) -> None:
    published = 0
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        policy = Policy(k=4 if seed % 5 == 0 else 5)
        figures = everything(random_organization(seed), policy)
        assert attack(figures, SCALES, policy) == [], seed
        assert attack(rounded(figures), SCALES, policy) == [], seed
        published += len(figures)
    assert published > 100


@pytest.mark.parametrize("c", [2, 3, 5])
@pytest.mark.parametrize("chunk", range(10))
def test_two_surveys_together_withstand_the_attack(chunk: int, c: int) -> None:
    policy = Policy(across=c)
    published = 0
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        earlier, later = Pair.random(seed, policy).figures()
        assert attack_pair(earlier, later, c) == [], seed
        published += len(later)
    assert published > 100


@pytest.mark.parametrize("chunk", range(3))
def test_the_later_of_two_surveys_withstands_the_attack_alone(chunk: int) -> None:
    policy = Policy()
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        for figures in Pair.random(seed, policy).figures():
            assert attack(figures, SCALES, policy) == [], seed
            assert attack(rounded(figures), SCALES, policy) == [], seed
