"""Numbers, shares, days and instants as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import (
    LANGUAGES,
    date_text,
    list_text,
    moment_text,
    month_text,
    number_text,
    percent_text,
)


@pytest.mark.parametrize(
    ("language", "number", "share", "day"),
    [
        ("en", "1,234.5", "73%", "November 22, 2026"),
        ("sv", "1\xa0234,5", "73\xa0%", "22 november 2026"),
        ("nb", "1\xa0234,5", "73\xa0%", "22. november 2026"),
        ("zh-Hans", "1,234.5", "73%", "2026年11月22日"),
        ("sw", "1,234.5", "73%", "22 Novemba 2026"),
    ],
)
def test_each_language_has_its_own_way(language: str, number: str, share: str, day: str) -> None:
    assert number_text(language, 1234.46, 1) == number
    assert percent_text(language, 0.725) == share
    assert date_text(language, date(2026, 11, 22)) == day


@pytest.mark.parametrize(
    ("language", "month"),
    [("en", "November 2026"), ("nb", "november 2026"), ("zh-Hans", "2026年11月")],
)
def test_a_month_is_named(language: str, month: str) -> None:
    assert month_text(language, date(2026, 11, 22)) == month


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(0.5, 0, "1"), (2.5, 0, "3"), (49.5, 0, "50"), (3.25, 1, "3.3"), (3, 1, "3.0"),
     (-0.4, 0, "0"), (-1.5, 0, "-2"), (Decimal("2.675"), 2, "2.68")],
)  # fmt: skip
def test_numbers_are_rounded_half_up(value: float | Decimal, decimals: int, expected: str) -> None:
    assert number_text("en", value, decimals) == expected


def test_shares_keep_the_wanted_decimals() -> None:
    assert percent_text("en", 0.5, 1) == "50.0%"
    assert percent_text("sv", Decimal("0.1239"), 1) == "12,4\xa0%"
    assert percent_text("en", 0) == "0%"
    assert percent_text("en", 1) == "100%"


def test_instants_are_told_in_the_zone_of_the_organization() -> None:
    instant = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    told = moment_text("sv", instant, ZoneInfo("Europe/Stockholm"))
    assert told == "2 juli 2026 00:30"


def test_enumerations() -> None:
    assert list_text("en", ["a", "b", "c"]) == "a, b, and c"
    assert list_text("sv", ["a", "b", "c"]) == "a, b och c"
    assert list_text("zh-Hans", ["a", "b", "c"]) == "a、b和c"
    assert list_text("nb", []) == ""


@given(st.sampled_from(LANGUAGES), st.integers(min_value=-(10**12), max_value=10**12))
def test_no_digit_is_lost(language: str, number: int) -> None:
    told = number_text(language, number)
    assert "".join(filter(str.isdigit, told)) == str(abs(number))
