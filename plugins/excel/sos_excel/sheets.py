"""One pass over the parts of a workbook, for what the reading library does not tell; pure.

It finds hidden rows, formulas without a saved result and error values by searching bytes, never by
expressions that could run away: every search goes forward, so the time is linear in the size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sos_excel.archive import DECLARATIONS, MEBIBYTE
from sos_excel.messages import refusal

LONGEST_ROW = 8 * MEBIBYTE
LONGEST_TAG = 64 * 1024
MOST_FINDINGS = 400_000
OVERLAP = 64
ROW_GOES_ON = (b" ", b">", b"/", b"\t", b"\n", b"\r")
ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]{0,30}):)?worksheet[\s>/]")
HIDDEN = re.compile(rb"[\s]hidden\s*=\s*[\"'](?:1|true)[\"']")
ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,7})[\"']")
CELL_NAME = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
TEXT_TYPE = re.compile(rb"\st\s*=\s*[\"']str[\"']")
ERROR_VALUE = re.compile(rb"#[A-Z0-9/!?_]{1,20}")
EXTERNAL = re.compile(rb"\sTargetMode\s*=\s*[\"']External[\"']")

FORMULA_EMPTY = "cell_formula_empty"
ERROR = "cell_error"


@dataclass
class SheetFacts:
    """What stands in a sheet beside its values; rows and columns count from 1."""

    hidden_rows: list[int] = field(default_factory=list)
    cells: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Row to (column, FORMULA_EMPTY or ERROR, the value shown)."""
    count: int = 0
    special: bool = False
    """Whether there are formulas, errors, merged cells or rows behind the rows."""

    @property
    def plain(self) -> bool:
        """Tell whether nothing but values stands in the sheet."""
        return not (self.special or self.hidden_rows or self.cells)

    def add_cell(self, tag: bytes, kind: str, value: str) -> None:
        """Note a cell that has no usable value; raise InvalidInput where it has no name."""
        found = CELL_NAME.search(tag)
        if found is None:
            raise refusal("file_formulas_unsaved")
        self.tick()
        self.cells.setdefault(int(found[2]), []).append((column_number(found[1]), kind, value))

    def tick(self) -> None:
        """Count a finding; raise InvalidInput where there are more than any real sheet has."""
        self.count += 1
        if self.count > MOST_FINDINGS:
            raise refusal("file_formulas_unsaved" if self.cells else "file_too_heavy")


class SheetScan:
    """Collects SheetFacts from the chunks of one sheet's XML."""

    def __init__(self, prefix: bytes) -> None:
        self.facts = SheetFacts()
        self._rest = b""
        self._done = False
        self._behind = b""
        self.facts.special = bool(prefix)
        mark = prefix + b":" if prefix else b""
        self._row, self._cell, self._formula, self._value = (
            b"<" + mark + name for name in (b"row", b"c", b"f", b"v")
        )
        self._cell_end = b"</" + mark + b"c>"
        # Twice as quick as bytes.find for a word of two letters of which the first is everywhere.
        self._any_formula = re.compile(re.escape(self._formula)).search
        self._end = b"</" + mark + b"sheetData"

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk; raise InvalidInput where a row is longer than any real one."""
        if self._done:
            self._search_behind(chunk)
            return
        data = self._rest + chunk
        cut = data.rfind(self._row)
        # Nearly every chunk ends amid the rows, and then the end need not be looked for in it.
        amid = cut >= 0 and data[cut + len(self._row) : cut + len(self._row) + 1] in ROW_GOES_ON
        end = data.find(self._end, cut if amid else 0)
        cut = cut if end < 0 else end
        if cut > 0:
            self._search(data, cut)
            self._rest = data[cut:]
        elif data.startswith(self._row):
            if len(data) > LONGEST_ROW:
                raise refusal("file_unsafe")
            self._rest = data
        else:
            self._rest = data[-OVERLAP:]
        self._done = end >= 0
        if self._done:
            self._search_behind(data[end:])

    def _search_behind(self, data: bytes) -> None:
        """Search what follows the rows for merged cells, and for rows that nobody expects there."""
        window = self._behind + data
        if b"mergeCell" in window or self._row in window:
            self.facts.special = True
        self._behind = window[-OVERLAP:]

    def _search(self, data: bytes, stop: int) -> None:
        """Search the rows that stand before ``stop``."""
        if data.find(b"hidden", 0, stop) >= 0:
            self._find_hidden(data[:stop])
        if self._any_formula(data, 0, stop):
            self.facts.special = True
            self._find_formulas(data[:stop])
        # A single letter is found many times faster than a word; most sheets have no such quotes.
        for mark in (b't="e"', b"t='e'") if b"'" in data else (b't="e"',):
            if data.find(mark, 0, stop) >= 0:
                self.facts.special = True
                self._find_errors(data[:stop], mark)

    def _find_hidden(self, data: bytes) -> None:
        start = data.find(self._row)
        while start >= 0:
            end = data.find(b">", start)
            tag = data[start : end if end >= 0 else len(data)]
            if HIDDEN.search(tag) and (found := ROW_NUMBER.search(tag)):
                self.facts.tick()
                self.facts.hidden_rows.append(int(found[1]))
            start = data.find(self._row, start + len(tag))

    def _find_formulas(self, data: bytes) -> None:
        low, at = 0, data.find(self._formula)
        while at >= 0:
            after = at + len(self._formula)
            if data[after : after + 1] not in (b">", b"/", b" "):
                at = data.find(self._formula, after)
                continue
            end = data.find(self._cell_end, after)
            if end < 0:
                return
            cell = data.rfind(self._cell, low, at)
            tag = data[cell : data.find(b">", cell)] if cell >= 0 else b""
            if not self._has_value(data, after, end) and not TEXT_TYPE.search(tag):
                self.facts.add_cell(tag, FORMULA_EMPTY, "")
            low, at = end, data.find(self._formula, end)

    def _has_value(self, data: bytes, start: int, end: int) -> bool:
        at = data.find(self._value, start, end)
        if at < 0:
            return False
        close = data.find(b">", at, end)
        empty = close < 0 or data[close - 1 : close] == b"/"
        return not empty and data[close + 1 : close + 2] != b"<"

    def _find_errors(self, data: bytes, mark: bytes) -> None:
        low, at = 0, data.find(mark)
        while at >= 0:
            cell = data.rfind(self._cell, low, at)
            close = data.find(b">", at)
            if cell >= 0 and close >= 0 and data.find(b">", cell, at) < 0:
                shown = ERROR_VALUE.search(data, close, close + 200)
                value = shown[0].decode("ascii") if shown else "#?"
                self.facts.add_cell(data[cell:close], ERROR, value)
            low = at
            at = data.find(mark, at + len(mark))


def scan_part(name: str, chunks: Iterable[bytes]) -> SheetFacts | None:
    """Read one XML part to its end and return the facts where it is a sheet.

    Raises InvalidInput for declarations of documents or entities and for external relationships.
    """
    scan: SheetScan | None = None
    relationships = name.endswith(".rels")
    tail = rest = b""
    for position, chunk in enumerate(chunks):
        if position == 0 and (root := ROOT.search(chunk)):
            scan = SheetScan(root[1] or b"")
        # Every declaration has this letter, which is found many times faster than a word.
        if b"!" in chunk or b"!" in tail:
            window = tail + chunk
            if any(word in window for word in DECLARATIONS):
                raise refusal("file_unsafe")
        if scan is not None:
            scan.feed(chunk)
        if relationships:
            rest = _check_relationships(rest + chunk)
        tail = (tail + chunk[-OVERLAP:])[-OVERLAP:]
    if relationships:
        _check_relationships(rest + b"<")
    return scan.facts if scan is not None else None


def _check_relationships(data: bytes) -> bytes:
    """Return the unfinished end; raise where more than hyperlinks lead out of the workbook."""
    *tags, rest = data.split(b"<")
    for tag in tags:
        if b"External" in tag and EXTERNAL.search(tag) and b"/hyperlink" not in tag:
            raise refusal("file_has_external_links")
    if len(rest) > LONGEST_TAG:
        raise refusal("file_unsafe")
    return rest


def column_number(letters: bytes) -> int:
    """Return the number of a column from its letters, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column, 1 being A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
