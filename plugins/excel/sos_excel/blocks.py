"""The quick way for a block of rows without anything unusual: whole columns at a time; pure.

Most rows of most files are plain. Working column by column spares them nine tenths of the
interpreter's steps; a block with anything to tell goes the careful way of ``mapping`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat, zip_longest
from typing import Any, NamedTuple

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

Columns = Sequence[Sequence[Any]]
Said = dict[str, Sequence[Any]]
BLOCK_ROWS = 250


class Block(NamedTuple):
    """Some rows of a table, as columns of that many cells; a column may be missing at the end."""

    size: int
    columns: Columns

    def part(self, start: int, stop: int) -> Block:
        """Return the rows from ``start`` to before ``stop``."""
        if start == 0 and stop == self.size:
            return self
        return Block(stop - start, [column[start:stop] for column in self.columns])


def blocks_of(rows: Iterable[Sequence[Any]]) -> Iterator[Block]:
    """Yield rows of any lengths in blocks; what is missing at the end of a row is blank."""
    left = iter(rows)
    while block := list(islice(left, BLOCK_ROWS)):
        yield Block(len(block), list(zip_longest(*block, fillvalue="")))


def without_head(blocks: Iterable[Block], rows: int) -> Iterator[Block]:
    """Yield the blocks of a table without its first ``rows``."""
    for block in blocks:
        skipped = min(rows, block.size)
        rows -= skipped
        if skipped < block.size:
            yield block.part(skipped, block.size)


def paged(blocks: Iterable[Block], size: int) -> Iterator[list[Block]]:
    """Yield the blocks of ``size`` rows at a time, of fewer at the end."""
    page: list[Block] = []
    room = size
    for block in blocks:
        start = 0
        while start < block.size:
            part = block.part(start, min(block.size, start + room))
            page.append(part)
            start, room = start + part.size, room - part.size
            if not room:
                yield page
                page, room = [], size
    if page:
        yield page


class Unusual(Exception):
    """A block has something that the quick way does not know."""


class QuickWay:
    """Turns blocks of rows into people, ``fields`` being what their columns mean."""

    def __init__(
        self, layout: Layout, fields: Sequence[str], sheet: str | None, meanings: Meanings
    ) -> None:
        self._present = layout.columns.keys()
        self._fields = fields
        self._levels = layout.level_fields
        self._sheet = sheet
        self._meanings = meanings

    def people(self, columns: Columns, numbers: Sequence[int]) -> list[Iterable[Any]]:
        """Return the columns of ``RawPerson``; raise Unusual where any row needs more than that."""
        if "name" not in self._present:
            raise Unusual
        said = dict(zip(self._fields, columns, strict=True))
        try:
            names = self._texts(said, "name")
            emails = self._addresses(said, "email")
            ids = self._texts(said, "employee_id")
            managers = self._addresses(said, "manager_email")
            meanings = self._meanings
            languages = self._words(said, "language", meanings.languages)
            kinds = self._words(said, "user_type", meanings.user_types)
            leads = self._words(said, "leads", meanings.leads)
            units = zip(*(said[level] for level in self._levels), strict=True)
            cells = units if self._levels else repeat((), len(names))
            memberships = list(map(meanings.memberships.__getitem__, cells))
        except (AttributeError, TypeError, ValueError) as error:
            raise Unusual from error
        if None in names or (None in emails and None in ids) or None in memberships:
            raise Unusual
        if EXAMPLE_EMAIL in emails or UNKNOWN in kinds or UNKNOWN in leads:
            raise Unusual
        told = (names, emails, ids, languages, kinds, managers, memberships)
        return [*told, _led(leads, memberships), numbers, repeat(self._sheet, len(names))]

    def _texts(self, said: Said, key: str) -> list[str | None]:
        """Return a column as stripped texts, None where blank."""
        if key not in self._present:
            return [None] * len(said[key])
        texts: list[str] = list(map(str.strip, said[key]))
        if max(map(len, texts)) > LONGEST_TEXT:
            raise Unusual
        return [text or None for text in texts] if "" in texts else [*texts]

    def _addresses(self, said: Said, key: str) -> list[str | None]:
        texts = self._texts(said, key)
        if [text for text in texts if text and "@" not in text]:
            raise Unusual
        return texts

    def _words(
        self,
        said: Said,
        key: str,
        meanings: dict[object, str | None],
    ) -> list[str | None]:
        if key not in self._present:
            return [None] * len(said[key])
        return list(map(meanings.__getitem__, said[key]))


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
