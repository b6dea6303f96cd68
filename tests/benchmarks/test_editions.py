"""When an edition may be frozen, and when compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.benchmarks.editions import (
    Contribution,
    choose,
    freeze,
    recent,
    refusals,
    small_atoms,
    usable,
)
from sos_core.errors import Conflict
from sos_core.records import BenchmarkEdition

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = ("overall", "direction")


def given_by(organization: int, **changes: object) -> Contribution:
    values: dict[str, object] = {
        "organization_id": organization,
        "instrument": "1.0",
        "measured_at": NOW - timedelta(days=100),
        "scores": {"overall": 50.0 + organization, "direction": 40.0, "own.question": 3.0},
    }
    return Contribution(**(values | changes))  # type: ignore[arg-type]


def faults(candidates: list[Contribution], in_force: Iterable[range] = ()) -> list[str]:
    found = refusals(candidates, in_force, instrument="1.0", keys=KEYS, now=NOW)
    return [refusal.fault for refusal in found]


def test_ten_sound_organizations_make_a_first_edition() -> None:
    made = freeze(
        [given_by(i) for i in reversed(range(10))], [],
        key="2026-03", title="Spring", instrument="1.0", keys=KEYS, now=NOW,
    )  # fmt: skip
    assert made.scores == {
        "overall": tuple(50.0 + i for i in range(10)),
        "direction": (40.0,) * 10,
    }
    assert (made.synthetic, made.frozen_at) == (False, NOW)


def test_nine_are_too_few() -> None:
    assert faults([given_by(i) for i in range(9)]) == ["too_few"]
    with pytest.raises(Conflict, match="too_few"):
        freeze([given_by(i) for i in range(9)], [], key="k", title="t", instrument="1.0",
               keys=KEYS, now=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (range(20), []),  # the same organizations again
        (range(24), ["small_change"]),  # four enter
        (range(25), []),  # five enter
        (range(4, 20), ["small_change"]),  # four leave
        (range(5, 20), []),  # five leave
        (range(5, 25), []),  # five leave and five enter
        (range(5, 24), ["small_change"]),  # five leave, four enter
        (range(30, 45), []),  # nobody stays
        (range(17, 40), ["small_change"]),  # three stay, an atom of their own
    ],
)
def test_entering_and_leaving_are_none_or_at_least_five(
    members: range, expected: list[str]
) -> None:
    assert faults([given_by(i) for i in members], [range(20)]) == expected


def test_two_editions_in_force_are_watched_together() -> None:
    # Against each edition alone five enter or leave; together they single out 20–21.
    first, second = range(20), range(22)
    assert small_atoms([first, range(15, 30)]) == []
    assert small_atoms([first, second]) == [20, 21]
    assert faults([given_by(i) for i in range(30)], [range(20), range(25)]) == []


def test_one_organization_above_a_quarter_of_the_weight() -> None:
    rest = [given_by(i) for i in range(1, 10)]
    assert faults([given_by(0, weight=3.0), *rest]) == []
    assert faults([given_by(0, weight=3.5), *rest]) == ["one_too_heavy"]


def test_other_instruments_old_incomplete_and_double_contributions_are_refused() -> None:
    sound = [given_by(i) for i in range(10)]
    assert faults([*sound, given_by(11, instrument="0.9")]) == ["other_instrument"]
    assert faults([*sound, given_by(11, measured_at=NOW - timedelta(days=800))]) == ["too_old"]
    assert faults([*sound, given_by(11, scores={"overall": 3.0})]) == ["incomplete"]
    assert faults([*sound, given_by(9)]) == ["twice"]


def test_twenty_four_months_by_the_calendar() -> None:
    assert recent(datetime(2024, 3, 2, 9, 0, tzinfo=UTC), NOW)
    assert not recent(datetime(2024, 3, 2, 8, 59, tzinfo=UTC), NOW)
    assert not recent(datetime(2024, 3, 1, tzinfo=UTC), NOW)
    assert recent(datetime(2024, 4, 1, tzinfo=UTC), NOW)
    assert not recent(datetime(2024, 2, 29, tzinfo=UTC), NOW)


def edition(key: str, frozen_at: datetime, **changes: object) -> BenchmarkEdition:
    values: dict[str, object] = {"instrument": "1.0", "synthetic": False}
    return BenchmarkEdition(key, key, frozen_at=frozen_at, scores={}, **(values | changes))  # type: ignore[arg-type]


def test_the_newest_usable_edition_is_compared_with_and_measured_ones_first() -> None:
    old = edition("old", NOW - timedelta(days=400))
    new = edition("new", NOW - timedelta(days=30))
    foreign = edition("foreign", NOW, instrument="2.0")
    stale = edition("stale", NOW - timedelta(days=800))
    invented = edition("invented", NOW, synthetic=True)
    assert choose([old, new, foreign, stale, invented], "1.0", NOW) is new
    assert choose([stale, invented], "1.0", NOW) is invented
    assert choose([stale, foreign], "1.0", NOW) is None
    assert usable(edition("invented", NOW - timedelta(days=4000), synthetic=True), "1.0", NOW)


@given(st.lists(st.frozensets(st.integers(0, 25), min_size=1), min_size=1, max_size=4))
def test_small_atoms_against_the_definition(editions: list[frozenset[int]]) -> None:
    """No set made of editions by union, intersection and difference is smaller than five."""
    found = set(small_atoms(editions))
    for organization in frozenset().union(*editions):
        same = [
            other
            for other in frozenset().union(*editions)
            if all((other in one) == (organization in one) for one in editions)
        ]
        assert (organization in found) == (len(same) < 5)
    if not found:
        for one, other in combinations(editions, 2):
            assert len(one - other) == 0 or len(one - other) >= 5
