"""Numbers, shares, days and instants in the reader's language, by CLDR's rules through Babel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from sos_core.content.languages import locale

Length = Literal["short", "medium", "long", "full"]
Number = int | float | Decimal


def number_text(language: str, value: Number, decimals: int | None = None) -> str:
    """Return ``value`` as text; with ``decimals`` exactly so many, rounded half up."""
    if decimals is None:
        return format_decimal(value, locale=locale(language))
    exact = _half_up(Decimal(str(value)), decimals)
    return format_decimal(exact, format="#,##" + _zeros(decimals), locale=locale(language))


def percent_text(language: str, share: Number, decimals: int = 0) -> str:
    """Return the share (0–1) as a percentage, for example ``73 %`` in Swedish, rounded half up."""
    exact = _half_up(Decimal(str(share)), decimals + 2)
    pattern = locale(language).percent_formats[None].pattern.replace("0", _zeros(decimals))
    return format_percent(exact, format=pattern, locale=locale(language))


def date_text(language: str, day: date, length: Length = "long") -> str:
    """Return a day as text, for example ``22 november 2026``."""
    return format_date(day, format=length, locale=locale(language))


def month_text(language: str, day: date) -> str:
    """Return the month of a day as text, for example ``november 2026``."""
    return format_skeleton("yMMMM", day, locale=locale(language))


def moment_text(language: str, instant: datetime, zone: tzinfo, length: Length = "long") -> str:
    """Return an aware instant as local day and time in ``zone``, to the minute."""
    local = instant.astimezone(zone)
    day = format_date(local.date(), format=length, locale=locale(language))
    clock = format_datetime(local, format="HH:mm", locale=locale(language))
    return f"{day} {clock}"


def list_text(language: str, items: Sequence[str]) -> str:
    """Return the items as an enumeration, for example ``a, b and c``."""
    return format_list(list(items), locale=locale(language))


def level_title(name: str) -> str:
    """Return the name of a level as words: files and settings may know it as a key.

    >>> level_title("business_area")
    'Business area'
    """
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _half_up(value: Decimal, decimals: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return rounded + 0  # makes -0 a plain 0


def _zeros(decimals: int) -> str:
    return "0." + "0" * decimals if decimals else "0"
