"""What a single cell or a few of them mean; pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, time, timedelta
from typing import Any, TypeVar

from sos_excel.vocabulary import answers, folded, language_names, user_types

EXACT_NUMBER = 10**15
CJK = range(0x3400, 0xA000)
LONGEST_TEXT = 300
YES, NO, UNKNOWN = "yes", "no", "?"
Paths = tuple[tuple[str, ...], ...]
Value = TypeVar("Value")


class Remembered(dict[Hashable, Value]):
    """A dictionary that works out the meaning of what a cell holds once."""

    def __init__(self, meaning: Callable[[Any], Value]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, cell: Hashable) -> Value:
        meaning = self[cell] = self._meaning(cell)
        return meaning


class Meanings:
    """What the words and unit cells of one table mean; blank is None.

    Looking up a cell that holds no text raises AttributeError, one with too long a text ValueError.
    """

    def __init__(self) -> None:
        self.languages = Remembered(self._language)
        self.user_types = Remembered(self._user_type)
        self.leads = Remembered(self._leads)
        self.memberships = Remembered(self._membership)
        """Unit cells from the top to the paths of the person; None where a level is left out."""

    def _language(self, cell: str) -> str | None:
        word = _usable(cell)
        return language_names().get(folded(word), word) if word else None

    def _user_type(self, cell: str) -> str | None:
        word = _usable(cell)
        return user_types().get(folded(word), UNKNOWN) if word else None

    def _leads(self, cell: str) -> str | None:
        word = _usable(cell)
        if not word:
            return None
        known = answers().get(folded(word))
        return UNKNOWN if known is None else YES if known else NO

    def _membership(self, cells: tuple[str, ...]) -> Paths | None:
        units = [_usable(cell) for cell in cells]
        if gap(units) is not None:
            return None
        path = tuple(name for name in units if name)
        return (path,) if path else ()


def _usable(cell: str) -> str:
    word = cell.strip()
    if len(word) > LONGEST_TEXT:
        raise ValueError(len(word))
    return word


def as_text(value: object, *, truth: bool = False) -> tuple[str, str | None]:
    """Return the text that a cell stands for and None, or what it shows and a rejection's code."""
    if isinstance(value, str):
        return value.strip(), None
    if isinstance(value, bool):
        return str(value), None if truth else "cell_not_text"
    if isinstance(value, int | float):
        if not abs(value) < EXACT_NUMBER:  # what is no number at all is not smaller either
            return str(value), "cell_number_long"
        return str(int(value) if value == int(value) else value), None
    if isinstance(value, date | time | timedelta):
        return str(value), "cell_date"
    return str(value), "cell_not_text"


def joined(first: str, last: str) -> str:
    """Return a whole name: Chinese and Japanese names put the family name first, unspaced."""
    if first and last and ord(first[0]) in CJK and ord(last[0]) in CJK:
        return last + first
    return f"{first} {last}".strip()


def gap(units: Sequence[str]) -> tuple[int, int] | None:
    """Return (level that is missing, deeper level that is named), or None."""
    named = [level for level, name in enumerate(units) if name]
    missing = [level for level, name in enumerate(units) if not name]
    if named and missing and missing[0] < named[-1]:
        return missing[0], named[-1]
    return None
