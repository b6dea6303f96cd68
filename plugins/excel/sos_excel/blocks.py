"""The quick way for a block of rows without anything unusual: whole columns at a time; pure.

Most rows of most files are plain. Working column by column spares them nine tenths of the
interpreter's steps; a block with anything to tell goes the careful way of ``mapping`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from sos_excel.cells import LONGEST_TEXT, NO, UNKNOWN, YES, Meanings, Paths
from sos_excel.headers import Layout
from sos_excel.vocabulary import EXAMPLE_EMAIL

RawPerson = tuple[
    str,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
    Paths,
    Paths | None,
    int,
    str | None,
]
"""The fields of PersonRecord, in its order."""


Block = Sequence[Sequence[Any]]


class Unusual(Exception):
    """A block has something that the quick way does not know."""


class QuickWay:
    """Turns blocks of equally long rows into people."""

    def __init__(self, layout: Layout, sheet: str | None, meanings: Meanings) -> None:
        self._columns = layout.columns
        self._levels = [layout.columns[key] for key in layout.level_fields]
        self._sheet = sheet
        self._meanings = meanings

    def people(self, rows: Block, numbers: Sequence[int]) -> list[RawPerson]:
        """Return one person a row; raise Unusual where any row needs more than that."""
        if "name" not in self._columns:
            raise Unusual
        block = list(zip(*rows, strict=True))
        try:
            names = self._texts(block, "name")
            emails = self._addresses(block, "email")
            ids = self._texts(block, "employee_id")
            managers = self._addresses(block, "manager_email")
            meanings = self._meanings
            languages = self._words(block, "language", meanings.languages)
            kinds = self._words(block, "user_type", meanings.user_types)
            leads = self._words(block, "leads", meanings.leads)
            units = zip(*(block[column] for column in self._levels), strict=True)
            cells = units if self._levels else repeat((), len(rows))
            memberships = list(map(meanings.memberships.__getitem__, cells))
        except (AttributeError, TypeError, ValueError) as error:
            raise Unusual from error
        if None in names or (None in emails and None in ids) or None in memberships:
            raise Unusual
        if EXAMPLE_EMAIL in emails or UNKNOWN in kinds or UNKNOWN in leads:
            raise Unusual
        return list(
            zip(
                *(names, emails, ids, languages, kinds, managers, memberships),
                _led(leads, memberships),
                numbers,
                repeat(self._sheet, len(rows)),
                strict=True,
            )
        )

    def _texts(self, block: Block, key: str) -> list[str | None]:
        """Return a column as stripped texts, None where blank."""
        if key not in self._columns:
            return [None] * len(block[0])
        texts = list(map(str.strip, block[self._columns[key]]))
        if max(map(len, texts)) > LONGEST_TEXT:
            raise Unusual
        return [text or None for text in texts] if "" in texts else texts

    def _addresses(self, block: Block, key: str) -> list[str | None]:
        texts = self._texts(block, key)
        if [text for text in texts if text and "@" not in text]:
            raise Unusual
        return texts

    def _words(
        self,
        block: Block,
        key: str,
        meanings: dict[object, str | None],
    ) -> list[str | None]:
        if key not in self._columns:
            return [None] * len(block[0])
        return list(map(meanings.__getitem__, block[self._columns[key]]))


def _led(
    leads: Sequence[str | None], memberships: Sequence[Paths | None]
) -> Iterable[Paths | None]:
    """Return the unit paths that each person leads; None where the file does not say."""
    if YES not in leads and NO not in leads:
        return repeat(None, len(leads))
    led = [
        None if word is None else (paths if word == YES else ())
        for word, paths in zip(leads, memberships, strict=True)
    ]
    if any(word == YES and not paths for word, paths in zip(leads, memberships, strict=True)):
        raise Unusual
    return led
