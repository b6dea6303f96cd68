"""Merged cells: the value of the first row stands for every row that the merge spans; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sos_excel.headers import LEVEL, Layout
from sos_excel.sheets import column_letters

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged range, counted from 0 in the whole sheet."""

SHARED = ("language", "user_type", "manager_email")
NAMED_RANGES = 10
CHUNK_ROWS = 1_000


@dataclass
class _Filling:
    """One column's merged ranges, walked from the top: (first row, last row), ascending."""

    column: int
    ranges: list[tuple[int, int]]
    position: int = 0
    value: object = ""


class MergeFill:
    """Fills merged cells of units and other shared columns downwards, chunk by chunk."""

    def __init__(self, merges: Iterable[Merge], layout: Layout, first_column: int) -> None:
        by_column: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in sorted(merges):
            if bottom > top > layout.header_index:
                known = by_column.setdefault(left - first_column, [])
                if not known or known[-1][1] < top:
                    known.append((top, bottom))
        shared = (
            column
            for key, column in layout.columns.items()
            if key in SHARED or key.startswith(LEVEL)
        )
        self._fillings = [_Filling(c, by_column[c]) for c in shared if c in by_column]
        self._first_column = first_column

    def filled(self, rows: Iterator[list[object]], first_index: int) -> Iterator[list[object]]:
        """Yield the rows with the merged values in them, the first being row ``first_index`` from 0."""
        if not self._fillings:
            yield from rows
        while chunk := list(islice(rows, CHUNK_ROWS)):
            self.fill(chunk, first_index)
            first_index += len(chunk)
            yield from chunk

    def fill(self, rows: Sequence[list[object]], first_index: int) -> None:
        """Write the merged values into ``rows``, the first being row ``first_index`` from 0."""
        for filling in self._fillings:
            self._fill_column(filling, rows, first_index)

    def described(self) -> str:
        """Return the merged ranges in Excel's words, the first few by name; empty for none."""
        names = [
            f"{letters}{top + 1}:{letters}{bottom + 1}"
            for filling in self._fillings
            for letters in [column_letters(filling.column + self._first_column + 1)]
            for top, bottom in filling.ranges
        ]
        return shortened(names)

    def _fill_column(
        self, filling: _Filling, rows: Sequence[list[object]], first_index: int
    ) -> None:
        end = first_index + len(rows)
        column, ranges = filling.column, filling.ranges
        while filling.position < len(ranges):
            top, bottom = ranges[filling.position]
            if top >= end:
                return
            if top >= first_index:
                filling.value = _at(rows[top - first_index], column)
            for row in rows[max(top + 1, first_index) - first_index : bottom + 1 - first_index]:
                if any(cell != "" for cell in row) and _at(row, column) == "":
                    row[column] = filling.value
            if bottom >= end:
                return
            filling.position += 1


def shortened(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are as ``(+5)``."""
    shown = ", ".join(names[:NAMED_RANGES])
    more = len(names) - NAMED_RANGES
    return f"{shown} (+{more})" if more > 0 else shown


def row_ranges(numbers: Iterable[int]) -> list[str]:
    """Return row numbers as ranges, for example ``["3", "5–9"]``."""
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return [str(a) if a == b else f"{a}–{b}" for a, b in ranges]


def _at(row: Sequence[object], column: int) -> object:
    return row[column] if column < len(row) else ""
