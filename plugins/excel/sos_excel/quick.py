"""Reads sheets of nothing but plain texts in a tenth of the time that a parser takes; pure.

Programs write row after row in one shape. The shape of the first rows becomes one expression of
literal markup with an optional group a cell. It is tried on whole runs of rows, and where even one
of them has anything else (numbers, formulas, comments, other attributes) ``Unusual`` is raised:
the library then reads on from that row, so nothing is ever guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from operator import itemgetter

from sos_excel.blocks import Unusual
from sos_excel.sheets import column_letters, column_number

PROBE_BYTES = 256 * 1024
RUN_BYTES = 64 * 1024
LONGEST_RUN = 8 * 1024 * 1024
LAST_ROW = 1_048_576
MOST_COLUMNS = 100
ROWS_BEGIN, ROWS_END, ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
CELL = re.compile(r'<c r="([A-Z]{1,3})\d{1,7}"([^<>]*)>')
ESCAPED = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&")
LITERAL = re.compile("_x[0-9A-Fa-f]{4}_")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
INLINE = r't="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>'
SHARED = r't="s"><v>(\d{1,9})</v></c>'
EMPTY = r'(?: t="\w{1,9}")?(?: ?/>|></c>)'
FIRST = itemgetter(0)
STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')


class QuickSheet:
    """The rows of one sheet, as lists of texts from the first row and column of the sheet on.

    ``chunks`` are the bytes of its part, ``strings`` the shared texts. Raises Unusual where the
    beginning of the part has another shape, and later where a row has; ``number`` is then the
    number of the last row of the last whole run.
    """

    def __init__(self, chunks: Iterable[bytes], strings: list[str]) -> None:
        self._chunks = _smaller(chunks)
        self._strings = strings
        self._rest = b""
        self.number = 0
        while len(self._rest) < PROBE_BYTES and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        begin = self._rest.find(ROWS_BEGIN)
        if begin < 0 or ENCODING.search(self._rest, 0, begin):
            raise Unusual
        self._rest = self._rest[begin + len(ROWS_BEGIN) :]
        self._pattern, self._places = _shape(self._rest)
        self._width = self._places[-1] + 1
        self._straight = self._places == list(range(self._width))

    def __iter__(self) -> Iterator[list[object]]:
        return chain.from_iterable(self._runs())

    def _runs(self) -> Iterator[list[list[object]]]:
        data = self._rest
        while True:
            cut = data.rfind(ROW_END) + len(ROW_END)
            cut = cut if cut >= len(ROW_END) else 0
            end = data.find(ROWS_END, cut)
            if cut or end >= 0:
                yield self._rows(data[: end if end >= 0 else cut])
            if end >= 0:
                return
            chunk = next(self._chunks, b"")
            data = data[cut:] + chunk
            if not chunk or len(data) > LONGEST_RUN:
                raise Unusual

    def _rows(self, run: bytes) -> list[list[object]]:
        text = _checked(run)
        found = self._pattern.findall(text)
        if len(found) != text.count("<row"):
            raise Unusual
        rows: list[list[object]] = [cells for _, *cells in found]
        if self._strings:
            texts = self._strings
            try:
                rows = [[texts[int(cell)] if cell else "" for cell in row] for row in rows]
            except IndexError as error:
                raise Unusual from error
        elif "&" in text:
            rows = [[unescaped(cell) if "&" in cell else cell for cell in row] for row in rows]
        if not self._straight:
            rows = list(map(self._placed, rows))
        return self._numbered(list(map(int, map(FIRST, found))), rows)

    def _placed(self, cells: list[object]) -> list[object]:
        row: list[object] = [""] * self._width
        for place, cell in zip(self._places, cells, strict=True):
            row[place] = cell
        return row

    def _numbered(self, numbers: list[int], rows: list[list[object]]) -> list[list[object]]:
        """Return the rows with the blank ones that are left out between them."""
        first, self.number = self.number + 1, numbers[-1] if numbers else self.number
        if numbers == list(range(first, first + len(rows))):
            return rows
        ascending = all(low < high for low, high in pairwise([first - 1, *numbers]))
        if not ascending or self.number > LAST_ROW:
            raise Unusual
        whole: list[list[object]] = [[""] * self._width for _ in range(first, self.number + 1)]
        for number, row in zip(numbers, rows, strict=True):
            whole[number - first] = row
        return whole


def _smaller(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield runs of bytes whose cells stay near the processor."""
    for chunk in chunks:
        for at in range(0, len(chunk), RUN_BYTES):
            yield chunk[at : at + RUN_BYTES]


def shared_texts(chunks: Iterable[bytes]) -> list[str]:
    """Return the shared texts of a workbook; raise Unusual where any of them is more than text."""
    data = b"".join(chunks)
    if ENCODING.search(data, 0, 200):
        raise Unusual
    text = _checked(data)
    found = STRING.findall(text)
    if len(found) != text.count("<si"):
        raise Unusual
    return [unescaped(one) if "&" in one else one for one in found] if "&" in text else found


def unescaped(text: str) -> str:
    """Return a text with XML's own entities replaced; raise Unusual for any other."""
    return ESCAPED.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return NAMED[name]
    if not (decimal or hexadecimal):
        raise Unusual
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code < 32 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise Unusual
    return chr(code)


def _checked(data: bytes) -> str:
    """Return markup as text; raise Unusual where it has what expressions cannot understand."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unusual from error
    # Single letters are found many times faster than words, and most files have none of these.
    if "!" in text and "<!" in text:
        raise Unusual
    if "?" in text and "<?" in text:
        raise Unusual
    if "\r" in text or ("_" in text and LITERAL.search(text)):
        raise Unusual
    return text


def _shape(data: bytes) -> tuple[re.Pattern[str], list[int]]:
    """Return the expression that whole rows are found with, and the column of each of its groups."""
    end = data.find(ROWS_END)
    text = _checked(data[: end if end >= 0 else data.rfind(ROW_END) + len(ROW_END)])
    cells = CELL.findall(text)
    kinds = {kind for _, rest in cells for kind in ('t="s"', 't="inlineStr"') if kind in rest}
    columns = sorted({column_number(letters.encode()) for letters, _ in cells})
    if len(kinds) != 1 or not 0 < len(columns) <= MOST_COLUMNS:
        raise Unusual
    value = SHARED if kinds == {'t="s"'} else INLINE
    groups = "".join(
        rf'(?:<c r="{column_letters(column)}\1"(?: s="\d{{1,5}}")?+(?: {value}|{EMPTY}))?+'
        for column in columns
    )
    row = rf'<row r="(\d{{1,7}})"[^<>]*>(?:(?<=/>)|{groups}</row>)'
    return re.compile(row), [column - 1 for column in columns]
