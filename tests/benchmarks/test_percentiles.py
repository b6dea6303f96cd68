"""Marks and places: worked by hand, then properties that hold for any edition."""

from __future__ import annotations

import math
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.benchmarks.percentiles import Mark, Reference, place, reference

values = st.lists(st.integers(0, 100).map(float), min_size=11, max_size=80)


def test_ten_others_give_a_median_and_nothing_else() -> None:
    # The rank of the median of ten is 4.5: the mean of the windows 30–70 and 40–80, 50 and 60.
    found = reference([float(i) for i in range(10, 110, 10)])
    assert found is not None
    assert [mark.percent for mark in found.marks] == [50]
    assert found.median.value == 55
    spread = math.sqrt(825)
    error = spread * 0.5 / math.sqrt(10) / (1 / math.sqrt(2 * math.pi))
    assert found.median.half_width == math.ceil(1.96 * error) == 23


def test_quartiles_of_twenty() -> None:
    # Rank 4.5 counts from zero: windows 3–7 and 4–8 of 1…20, hence 5 and 6, hence 5.5, up to 6.
    found = reference([float(i) for i in range(1, 21)])
    assert found is not None
    assert [(mark.percent, mark.value) for mark in found.marks] == [(25, 6), (50, 11), (75, 16)]
    exact = reference([float(i) for i in range(1, 21)], decimals=1)
    assert exact is not None
    assert [mark.value for mark in exact.marks] == [5.5, 10.5, 15.5]


def test_tenths_need_forty() -> None:
    assert _percents(39) == [25, 50, 75]
    assert _percents(40) == [10, 25, 50, 75, 90]


def test_the_own_organization_is_never_counted_towards_the_least_number() -> None:
    assert _percents(10, own=True) == []
    assert _percents(11, own=True) == [50]
    assert _percents(20, own=True) == [50]
    assert _percents(21, own=True) == [25, 50, 75]
    assert _percents(40, own=True) == [25, 50, 75]
    assert _percents(41, own=True) == [10, 25, 50, 75, 90]


def test_no_organization_carries_more_than_a_quarter() -> None:
    numbers = [float(i) for i in range(10)]
    assert reference(numbers, weights=[3.0] + [1.0] * 9) is not None  # exactly a quarter
    assert reference(numbers, weights=[3.1] + [1.0] * 9) is None


def test_weights_move_the_median() -> None:
    numbers = [float(i) for i in range(1, 21)]
    heavy_top = reference(numbers, weights=[1.0] * 10 + [3.0] * 10)
    plain = reference(numbers)
    assert heavy_top is not None
    assert plain is not None
    assert heavy_top.median.value > plain.median.value


def test_a_place_between_two_marks() -> None:
    marks = Reference((Mark(25, 50, 3), Mark(50, 60, 3), Mark(75, 70, 3)), organizations=25)
    # 66 is six tenths of the way from the median to the upper quartile: 50 + 0.6 × 25 = 65;
    # its 95 % interval is ± 196 × √(0.65 × 0.35 / 25) = ± 18.7, outward to steps of five.
    found = place(66, marks)
    assert (found.percentile, found.low, found.high, found.side) == (65, 45, 85, "within")


def test_a_place_outside_the_marks_says_no_more_than_the_mark() -> None:
    marks = Reference((Mark(25, 50, 3), Mark(50, 60, 3), Mark(75, 70, 3)), organizations=25)
    assert place(0, marks) == place(49, marks)
    assert (place(0, marks).percentile, place(0, marks).side) == (25, "below")
    assert (place(99, marks).percentile, place(99, marks).side) == (75, "above")


def test_a_median_alone_tells_above_below_or_equal() -> None:
    marks = Reference((Mark(50, 60, 3),), organizations=12)
    assert [place(v, marks).side for v in (59, 60, 61)] == ["below", "within", "above"]
    assert {place(v, marks).percentile for v in (59, 60, 61)} == {50}


def test_marks_with_one_value_are_met_in_their_middle() -> None:
    marks = Reference((Mark(25, 60, 3), Mark(50, 60, 3), Mark(75, 70, 3)), organizations=25)
    assert place(60, marks).percentile == 40  # 37.5, half up to a step of five
    assert place(59, marks).side == "below"


@given(values)
def test_a_mark_stands_between_the_extremes_and_marks_rise(numbers: list[float]) -> None:
    found = reference(numbers)
    assert found is not None
    marks = [mark.value for mark in found.marks]
    assert marks == sorted(marks)
    assert all(min(numbers) <= value <= max(numbers) for value in marks)


@given(values.flatmap(lambda numbers: st.tuples(st.just(numbers), st.permutations(numbers))))
def test_the_order_of_organizations_says_nothing(two: tuple[list[float], list[float]]) -> None:
    assert reference(two[0]) == reference(two[1])


@given(values, st.integers(0, 79), st.integers(0, 100))
def test_no_organization_moves_a_mark_by_more_than_its_part(
    numbers: list[float], which: int, other: int
) -> None:
    """Five neighbors stand behind a mark, so one organization has at most a fifth of its value."""
    changed = list(numbers)
    changed[which % len(numbers)] = float(other)
    before, after = reference(numbers, decimals=3), reference(changed, decimals=3)
    assert before is not None
    assert after is not None
    moved = _largest_shift(sorted(numbers), sorted(changed))
    for old, new in zip(before.marks, after.marks, strict=True):
        assert abs(old.value - new.value) <= moved + 0.001


@given(values, st.integers(0, 100), st.integers(0, 100))
def test_places_rise_with_the_value(numbers: list[float], one: int, other: int) -> None:
    found = reference(numbers)
    assert found is not None
    low, high = sorted((one, other))
    assert place(low, found).percentile <= place(high, found).percentile
    got = place(low, found)
    assert got.percentile % 5 == 0
    assert 0 <= got.low <= got.percentile <= got.high <= 100


@given(values)
def test_a_place_depends_on_the_marks_alone(numbers: list[float]) -> None:
    """Two editions with the same marks answer every value alike, whatever lies behind them."""
    found = reference(numbers)
    assert found is not None
    assert found.organizations == len(numbers)
    copy = Reference(tuple(found.marks), found.organizations)
    steps = {place(v, copy).percentile for v in range(101)}
    assert len(steps) <= 21
    assert all(mark.half_width >= 0 for mark in found.marks)
    assert (found.median.half_width == 0) == (pstdev(numbers) == 0)


def _largest_shift(before: list[float], after: list[float]) -> float:
    """Return the largest mean shift of five neighbors in the ranking."""
    shifts = [abs(b - a) for b, a in zip(before, after, strict=True)]
    return max(sum(shifts[i : i + 5]) / 5 for i in range(len(shifts) - 4))


def _percents(count: int, *, own: bool = False) -> list[int]:
    found = reference([float(i) for i in range(count)], own=own)
    return [] if found is None else [mark.percent for mark in found.marks]


def test_too_few_give_nothing() -> None:
    assert reference([50.0] * 9) is None
    with pytest.raises(StopIteration):
        _ = Reference((), 0).median
