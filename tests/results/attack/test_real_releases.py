"""The attack program over releases that the product itself made, stored and read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.results import release
from sos_core.results.counting import Answered, Counted, Frame, count
from sos_core.results.policy import Policy
from tests.results.attack.crawl import Crawler, Staff
from tests.results.attack.figures import Figure
from tests.results.attack.organizations import SCALES, next_year, random_organization
from tests.results.attack.program import attack, attack_pair
from tests.results.closing_support import World
from tests.results.conftest import found_organization

SEEDS = (12, 13, 17, 19)
FOUND_WHEN_BLIND = 13


@pytest.fixture
def empty_world(sqlite_database: Database, clock: ManualClock, tmp_path: Path) -> World:
    organization_id = found_organization(sqlite_database, clock)
    return World.of(sqlite_database, clock, organization_id, tmp_path)


def two_years(world: World, seed: int) -> tuple[list[Figure], list[Figure]]:
    """Run two surveys of one organization and crawl both releases."""
    earlier = random_organization(seed, skipping=0)
    later, before = next_year(earlier, seed + 1_000_000)
    staff = Staff.hire(world, earlier)
    first = staff.run(earlier)
    then = Crawler.of(staff, first, earlier).figures()
    world.clock.advance(days=365)
    staff.place(later, before)
    second = staff.run(later)
    return then, Crawler.of(staff, second, later).figures()


def blind(frame: Frame, answered: Answered) -> Counted:
    """Count a survey without a look at the earlier ones: a planted fault."""
    return count(replace(frame, earlier=()), answered)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_real_releases_withstand_the_attack(empty_world: World, seed: int) -> None:
    policy = Policy()
    then, now = two_years(empty_world, seed)
    assert len(then) + len(now) > 10
    for figures in (then, now):
        assert attack(figures, SCALES, policy) == []
    assert attack_pair(then, now, policy.across) == []


def test_a_later_survey_that_forgets_the_earlier_one_is_found(
    empty_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "count", blind)
    then, now = two_years(empty_world, FOUND_WHEN_BLIND)
    assert attack_pair(then, now, Policy().across) != []


@pytest.mark.parametrize("seed", range(100, 103))
def test_a_real_release_with_gaps_withstands_the_attack(empty_world: World, seed: int) -> None:
    organization = random_organization(seed)
    staff = Staff.hire(empty_world, organization)
    figures = Crawler.of(staff, staff.run(organization), organization).figures()
    assert attack(figures, SCALES, Policy()) == []
