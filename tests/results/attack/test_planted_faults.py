"""The attack program finds every planted fault, wherever it changes what is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sos_core.results.publication import Policy
from tests.results.attack.faults import FAULTS
from tests.results.attack.figures import Figure, Kind
from tests.results.attack.organizations import SCALES, random_organization
from tests.results.attack.program import attack, attack_pair
from tests.results.attack.publish import Pair, plan_of
from tests.results.attack.release import rounded

SEEDS = range(1_000, 1_060)
EXPECTED = {
    "unhidden_sibling": {"atom", "combination"},
    "late_answer": {"atom", "combination"},
    "overlapping_filter": {"atom", "combination"},
    "skipped_question": {"atom", "combination"},
    "all_fives": {"interval"},
    "extremes_left_out": {"interval"},
    "small_share": {"atom"},
    "rate_of_few": {"atom", "combination"},
    "comments_of_few": {"atom"},
}


@pytest.mark.parametrize("display", [list, rounded], ids=["exact", "rounded"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(
    fault: str, display: Callable[[list[Figure]], list[Figure]]
) -> None:
    planted = 0
    for seed in SEEDS:
        policy = Policy()
        figures = FAULTS[fault](random_organization(seed), policy)
        if figures is None:
            continue
        rules = {finding.rule for finding in attack(display(figures), SCALES, policy)}
        assert rules >= EXPECTED[fault], (seed, rules)
        planted += 1
        if planted == 12:
            break
    assert planted >= 6


def test_leaving_out_the_rule_across_surveys_is_found() -> None:
    policy = Policy()
    found = changed = 0
    for seed in range(60):
        pair = Pair.random(seed, policy)
        guarded = plan_of(pair.later, policy, [pair.overlap()])
        careless = plan_of(pair.later, policy)
        findings = attack_pair(*pair.figures(guarded=False), policy.across)
        different = bool((guarded.cell_of_block != careless.cell_of_block).any())
        assert different or not findings, seed
        found += bool(findings)
        changed += different
    assert found >= 15
    assert found >= 0.9 * changed


def test_a_published_value_that_cannot_be_is_a_contradiction() -> None:
    people = frozenset(range(6))
    known = [
        Figure("statement", people, 3.0, 0.05, Kind.MEAN),
        Figure("statement", people, 3.4, 0.05, Kind.MEAN),
    ]
    assert [finding.rule for finding in attack(known, SCALES, Policy())] == ["contradiction"]
    assert attack([known[0], replace(known[1], value=3.1)], SCALES, Policy()) == []


def test_equations_are_combined_even_where_no_group_is_small() -> None:
    one, two, three = (frozenset(range(i, i + 2)) for i in (0, 2, 4))
    groups = [one | two, two | three, one | three]
    known = [Figure("statement", group, 3.0, 0.0, Kind.MEAN) for group in groups]
    rules = [finding.rule for finding in attack(known, SCALES, Policy(k=4))]
    assert "combination" in rules
