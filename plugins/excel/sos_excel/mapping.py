"""Raw rows become people or rejections; pure.

A person travels as a plain tuple in the order of PersonRecord's fields, because the reading process
hands it over in the compact form of ``marshal``, which knows plain tuples only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sos_excel.blocks import Block, Columns, QuickWay, RawPerson, Unusual
from sos_excel.cells import LONGEST_TEXT, UNKNOWN, YES, Meanings, as_text, gap, joined
from sos_excel.digests import row_digests
from sos_excel.headers import Layout
from sos_excel.messages import RawNotice, RawRejection
from sos_excel.sheets import column_letters
from sos_excel.vocabulary import EXAMPLE_EMAIL

PLAIN = ("name", "email", "employee_id", "language", "user_type", "manager_email", "leads")
SPLIT = ("first_name", "last_name")
Rows = Sequence[tuple[Any, ...]]
LEADS = PLAIN.index("leads")
WIDTH = 10
"""Fields of a ``RawPerson``."""


@dataclass(slots=True)
class RawPage:
    """What some rows come to: the columns of ``RawPerson``, with digests, and what is told.

    ``seen`` are the digests of known rows.
    """

    people: list[list[Any]] = field(default_factory=lambda: [[] for _ in range(WIDTH)])
    digests: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    seen_leads: bool = False
    rejections: list[RawRejection] = field(default_factory=list)
    notices: list[RawNotice] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.count or self.notices)

    @property
    def count(self) -> int:
        """Return how many rows are used, known or rejected."""
        return len(self.digests) + len(self.seen) + len(self.rejections)

    def add(self, people: Iterable[Iterable[Any]], digests: Sequence[int]) -> None:
        """Take in the columns of further people."""
        for column, more in zip(self.people, people, strict=True):
            column.extend(more)
        self.digests += digests

    def frame(self, cursor: str | None) -> tuple[object, ...]:
        """Return the fields as they travel, with the next cursor."""
        told = (self.people, self.digests, self.seen, self.seen_leads)
        return (*told, self.rejections, self.notices, cursor)


class Translator:
    """Turns the raw rows of one table, chunk by chunk, into people, rejections and notices.

    Rows whose digest is among ``known`` are left out, the first time that they come.
    """

    def __init__(
        self,
        layout: Layout,
        sheet: str | None,
        *,
        first_column: int = 0,
        problems: dict[int, list[tuple[int, str, str]]] | None = None,
        known: set[int] | None = None,
    ) -> None:
        self._sheet = sheet
        self._layout = layout
        self._first_column = first_column
        self._problems = problems or {}
        self._known = known or set()
        self._levels = layout.level_fields
        self._fields = (*PLAIN, *SPLIT, *self._levels)
        self._places = [layout.columns.get(key) for key in self._fields]
        self._meanings = Meanings()
        self._quick = QuickWay(layout, self._fields, sheet, self._meanings)
        self._managers: tuple[int, int] = (0, 0)

    def translate(self, block: Block, first_row: int, page: RawPage) -> None:
        """Add what raw rows come to; the first is row ``first_row``."""
        numbers: Sequence[int] = range(first_row, first_row + block.size)
        columns, blank = block.columns, ("",) * block.size
        there = len(columns)
        # A column that the table lacks, or these rows, is blank.
        said: Columns = [
            blank if place is None or place >= there else columns[place] for place in self._places
        ]
        rows: Rows = list(zip(*said, strict=True))
        digests: Sequence[int] = row_digests(rows)
        if self._known and not self._known.isdisjoint(digests):
            rows, numbers, digests = self._left_out(rows, numbers, digests, page)
            said = list(zip(*rows, strict=True))
        if rows:
            self._translate(said, rows, numbers, digests, page)

    def _left_out(
        self, rows: Rows, numbers: Sequence[int], digests: Sequence[int], page: RawPage
    ) -> tuple[Rows, Sequence[int], Sequence[int]]:
        """Note the rows that the reader knows, each digest once, and return the others."""
        known = self._known
        leads = "leads" in self._layout.columns
        if not leads and not self._problems and known.issuperset(digests):
            once = set(digests)
            if len(once) == len(digests):
                page.seen += digests
                known -= once
                return (), (), ()
        rest: list[tuple[tuple[Any, ...], int, int]] = []
        for row, number, digest in zip(rows, numbers, digests, strict=True):
            if digest not in known:
                rest.append((row, number, digest))
                continue
            known.discard(digest)
            if number in self._problems:
                rest.append((row, number, digest))
                continue
            page.seen.append(digest)
            if leads and not page.seen_leads:
                page.seen_leads = bool(str(row[LEADS]).strip())
        rows, numbers, digests = zip(*rest, strict=True) if rest else ((), (), ())
        return rows, numbers, digests

    def _translate(
        self,
        said: Columns,
        rows: Rows,
        numbers: Sequence[int],
        digests: Sequence[int],
        page: RawPage,
    ) -> None:
        try:
            if self._problems and not self._problems.keys().isdisjoint(numbers):
                raise Unusual
            page.add(self._quick.people(said, numbers), digests)
        except Unusual:
            for row, number, digest in zip(rows, numbers, digests, strict=True):
                cells = self._cells(row, number, page.rejections)
                person = self._careful(number, cells, page) if any(cells) else None
                if person is not None:
                    page.add(((value,) for value in person), (digest,))

    def _cells(
        self, row: tuple[Any, ...], number: int, rejections: list[RawRejection]
    ) -> list[str]:
        """Return the stripped cells of a row that holds nothing but text or the like; else none."""
        if number in self._problems and self._refuse(number, rejections):
            return []
        return self._texts(row, number, rejections)

    def closing_notices(self) -> list[RawNotice]:
        """Return what can only be said after the last row."""
        count, first = self._managers
        if not count:
            return []
        column = self._layout.headings["manager_email"]
        values = {"column": column, "count": str(count), "row": str(first)}
        return [("file_manager_not_email", first, self._sheet, values)]

    def _careful(self, number: int, cells: list[str], page: RawPage) -> RawPerson | None:
        """Return the person of a row that the quick way does not take, or note why there is none."""
        said = dict(zip(self._fields, cells, strict=True))
        if said["email"] == EXAMPLE_EMAIL:
            page.notices.append(("file_example_ignored", number, self._sheet, {"row": str(number)}))
            return None
        name = said["name"] or joined(said["first_name"], said["last_name"])
        units = tuple(said[key] for key in self._levels)
        fault = self._fault(number, said, name, units)
        if fault is not None:
            page.rejections.append(fault)
            return None
        meanings = self._meanings
        memberships = meanings.memberships[units] or ()
        leader = meanings.leads[said["leads"]]
        return (
            name,
            said["email"] or None,
            said["employee_id"] or None,
            meanings.languages[said["language"]],
            meanings.user_types[said["user_type"]],
            self._manager(number, said["manager_email"]),
            memberships,
            None if leader is None else (memberships if leader == YES else ()),
            number,
            self._sheet,
        )

    def _fault(
        self, number: int, said: dict[str, str], name: str, units: tuple[str, ...]
    ) -> RawRejection | None:
        for key, text in said.items():
            if len(text) > LONGEST_TEXT:
                values = {"length": str(len(text)), "limit": str(LONGEST_TEXT)}
                return self._rejection("cell_text_long", number, key, values)
        if not name:
            return self._rejection("row_name_missing", number, "name")
        if not (said["email"] or said["employee_id"]):
            return self._rejection("row_identity_missing", number, "email")
        if said["email"] and "@" not in said["email"]:
            return self._rejection("cell_email", number, "email", {"value": said["email"]})
        hole = gap(units)
        if hole is not None:
            headings = [self._layout.headings[key] for key in self._levels]
            values = {"named": headings[hole[1]], "missing": headings[hole[0]]}
            return self._rejection("row_unit_gap", number, self._levels[hole[0]], values)
        if self._meanings.user_types[said["user_type"]] == UNKNOWN:
            values = {"value": said["user_type"]}
            return self._rejection("cell_user_type", number, "user_type", values)
        leader = self._meanings.leads[said["leads"]]
        if leader == UNKNOWN:
            return self._rejection("cell_leads", number, "leads", {"value": said["leads"]})
        if leader == YES and not any(units):
            return self._rejection("row_leads_nothing", number, "leads")
        return None

    def _manager(self, number: int, text: str) -> str | None:
        """Return a manager's address; a mere name is counted, since many lists have only that."""
        if text and "@" not in text:
            count, first = self._managers
            self._managers = count + 1, first or number
            return None
        return text or None

    def _texts(
        self, cells: Sequence[object], number: int, rejections: list[RawRejection]
    ) -> list[str]:
        """Return cells as stripped text, empty after noting a cell that cannot be text."""
        result: list[str] = []
        for key, cell in zip(self._fields, cells, strict=True):
            text, fault = as_text(cell, truth=key == "leads")
            if fault:
                rejections.append(self._rejection(fault, number, key, {"value": text}))
                return []
            result.append(text)
        return result

    def _refuse(self, number: int, rejections: list[RawRejection]) -> bool:
        """Note a used cell of the row whose value Excel does not know, and tell whether one is."""
        used = {column: key for key, column in self._layout.columns.items()}
        for column, fault, value in self._problems[number]:
            key = used.get(column - 1 - self._first_column)
            if key is not None:
                rejections.append(self._rejection(fault, number, key, {"value": value}))
                return True
        return False

    def _rejection(
        self, code: str, number: int, key: str, values: dict[str, str] | None = None
    ) -> RawRejection:
        headings = self._layout.headings
        if key not in headings:
            key = {"name": "first_name", "email": "employee_id"}.get(key, key)
        column = self._layout.columns[key] + 1 + self._first_column
        cell = f"{column_letters(column)}{number}"
        told = {name: text[:LONGEST_TEXT] for name, text in (values or {}).items()}
        return (code, number, headings[key], self._sheet, {"cell": cell, **told})
