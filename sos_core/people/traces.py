"""By what a person is recognized in texts and in the rows of plans; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sos_core.people.identity import fold


@dataclass(frozen=True)
class Traces:
    """A person's number, and every name, address and employee id that they were known by.

    A word counts where it stands by itself: “Li” is in “Li Wei”, and not in “Lina”.
    """

    person_id: int
    words: frozenset[str]
    _pattern: re.Pattern[str] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        folded = sorted({fold(word) for word in self.words if fold(word)}, key=len, reverse=True)
        # Letters beyond ASCII do not part words: scripts without spaces would hide a name.
        joined = "|".join(re.escape(word) for word in folded)
        pattern = re.compile(f"(?<![a-z0-9_])(?:{joined})(?![a-z0-9_])") if folded else None
        object.__setattr__(self, "_pattern", pattern)

    def in_text(self, text: str) -> bool:
        """Tell whether a text names the person."""
        return self._pattern is not None and self._pattern.search(fold(text)) is not None

    def in_value(self, value: Any) -> bool:
        """Tell whether any text inside a JSON value names the person."""
        return any(self.in_text(text) for text in _texts(value))

    def in_row(self, kind: str, row: Any) -> bool:
        """Tell whether a row of a plan, or of what its undo needs, names the person."""
        return self.person_id in numbers_in(kind, row) or self.in_value(row)


def said_about(person_id: int, kind: str, row: Any) -> set[str]:
    """Return the names, addresses and employee ids that a plan's row gives a person by number."""
    if kind == "was:people" and row[0] == person_id:
        return {word for word in row[3:6] if word}
    if kind in ("changed", "moved", "reactivated") and row[0] == person_id:
        both = (row[4].get(name, ()) for name in ("name", "email", "employee_id"))
        return {word for pair in both for word in pair if word}
    return set()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def numbers_in(kind: str, row: Any) -> Collection[Any]:
    """Return the people whom a row names by number (see draft.py and writing.py for the shapes)."""
    if isinstance(row, int):
        return (row,) if kind in ("made", "touched", "named") else ()
    if kind == "added":
        return (row[9],)
    if kind == "suspect":
        return (row[0], row[2][9])
    if kind in ("changed", "moved", "reactivated"):
        return (row[0], *row[4].get("manager", ()))
    if kind == "was:people":
        return (row[0], row[9])
    if kind in ("leader", "was:leaderships"):
        return (row[1],)
    return (row[0],) if kind in ("deactivated", "digest", "was:memberships") else ()
