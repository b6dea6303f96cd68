"""The quick way for a page of records with nothing unusual: whole columns at a time; pure.

It answers as ``cleaning`` does record by record, or not at all; most pages of most sources are
plain, and then nine tenths of the interpreter's steps are spared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar
from unicodedata import is_normalized

from sos_core.content import normalize_language
from sos_core.people.identity import EMAIL, EMAIL_LENGTH
from sos_core.people.units import BadPath
from sos_core.records import PersonColumns, PersonRecord, UnitPath

NAME_LENGTH = 200
EMPLOYEE_ID_LENGTH = 100
USER_TYPES = frozenset({None, "participant", "viewer"})
Places = Callable[[tuple[UnitPath, ...]], list[int] | None]
Value = TypeVar("Value")


class _Remembered(dict[Any, Value], Generic[Value]):
    """A dictionary that works out a meaning once; it raises ``Unusual`` where there is none."""

    def __init__(self, meaning: Callable[[Any], Value]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, said: Any) -> Value:
        meaning = self[said] = self._meaning(said)
        return meaning


class Unusual(Exception):
    """A record has something that the quick way does not know."""


class PlainWay:
    """Turns pages of plain records into columns of entries.

    ``places`` and ``manager`` tell what unit paths and a manager's address mean.
    """

    def __init__(self, places: Places, manager: Callable[[str], str]) -> None:
        self._places = _Remembered(places)
        self._led = _Remembered(lambda said: None if said is None else tuple(places(said) or ()))
        self._manager = _Remembered(lambda said: manager(said) if said else said)
        self._language = _Remembered(_language)

    def columns(
        self, records: Sequence[PersonRecord], digests: Sequence[int]
    ) -> list[Sequence[Any]] | None:
        """Return the columns of the entries in their order; None where any record is unusual."""
        if not records:
            return None
        said: Iterable[Sequence[Any]] = (
            records.columns if isinstance(records, PersonColumns) else zip(*records, strict=True)
        )
        names, emails, ids, languages, kinds, managers, paths, leads, rows, sheets = said
        try:
            if not USER_TYPES.issuperset(kinds) or not _tidy(names, NAME_LENGTH):
                return None
            addresses = _addresses(emails)
            if ids.count(None) < len(ids) and not _identifies(ids):
                return None
            spoken = list(map(self._language.__getitem__, languages))
            led: Sequence[Any] = [None] * len(leads)
            units = list(map(self._places.__getitem__, paths))
            if leads.count(None) < len(leads):
                led = list(map(self._led.__getitem__, leads))
            bosses = list(map(self._manager.__getitem__, managers))
            kept: Sequence[int | None] = digests
            if None in units or max(map(len, filter(None, units))) > 1:
                placed = [found is not None and len(found) == 1 for found in units]
                kept = [d if one else None for d, one in zip(digests, placed, strict=True)]
            told = (names, addresses, ids, spoken, kinds, bosses, units, led)
        except (Unusual, BadPath):
            return None
        return [*told, rows, sheets, kept]


def _tidy(texts: Sequence[str], longest: int) -> bool:
    """Tell whether every text is as ``identity.tidy`` would leave it, and not too long."""
    joined = f"|{'|'.join(texts)}|"
    return (
        joined.isprintable()
        and not any(gap in joined for gap in ("  ", "| ", " |"))
        and is_normalized("NFC", joined)
        and max(map(len, texts)) <= longest
    )


def _identifies(ids: Sequence[str | None]) -> bool:
    said = [text for text in ids if text is not None]
    return all(said) and _tidy(said, EMPLOYEE_ID_LENGTH)


def _addresses(said: Sequence[str | None]) -> list[str]:
    """Return addresses as they are kept; raise Unusual unless all are there, of ASCII, and right."""
    texts = [text for text in said if text]
    joined = "".join(texts)
    if len(texts) < len(said) or not joined.isascii() or not joined.isprintable():
        raise Unusual
    addresses = list(map(str.lower, texts))
    if max(map(len, addresses)) > EMAIL_LENGTH or not all(map(EMAIL.fullmatch, addresses)):
        raise Unusual
    return addresses


def _language(said: str | None) -> str | None:
    if not said:
        return None
    language = normalize_language(said)
    if language is None:
        raise Unusual
    return language
