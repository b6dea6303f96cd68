"""Reads sheets of nothing but plain texts in a tenth of the time that a parser takes; pure.

Programs write row after row in one shape. The shape of the first rows becomes one expression of
literal markup with an optional group a cell. It is tried on whole runs of rows, and where even one
of them has anything else (numbers, formulas, comments, other attributes) ``Unusual`` is raised:
the library then reads on from that row, so nothing is ever guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sos_excel.blocks import Block, Unusual
from sos_excel.sheets import column_letters, column_number

PROBE_BYTES = 256 * 1024
RUN_BYTES = 64 * 1024
LONGEST_RUN = 8 * 1024 * 1024
LAST_ROW = 1_048_576
MOST_COLUMNS = 100
ROWS_BEGIN, ROWS_END, ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
# Quicker than str.count for a word of few letters of which the first is everywhere.
ANY_ROW = re.compile("<row")
ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
CELL = re.compile(r'<c r="([A-Z]{1,3})\d{1,7}"([^<>]*)>')
ESCAPED = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&")
LITERAL = re.compile("_x[0-9A-Fa-f]{4}_")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
INLINE = r't="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is></c>'
NARROW_INLINE = r't="inlineStr"><is><t>([^<]*)</t></is></c>'
SHARED = r't="s"><v>(\d{1,9})</v></c>'
STYLE = r'(?: s="\d{1,5}")?+'
EMPTY = r'(?: t="\w{1,9}")?(?: ?/>|></c>)'
STRING = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')


class QuickSheet:
    """The rows of one sheet in blocks of texts, from the first row and column of the sheet on.

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
        self._patterns, self._places = _shape(self._rest)
        self._groups = len(self._places) + 1

    def __iter__(self) -> Iterator[Block]:
        data = self._rest
        while True:
            cut = data.rfind(ROW_END) + len(ROW_END)
            cut = cut if cut >= len(ROW_END) else 0
            end = data.find(ROWS_END, cut)
            if cut or end >= 0:
                yield self._block(data[: end if end >= 0 else cut])
            if end >= 0:
                return
            chunk = next(self._chunks, b"")
            data = data[cut:] + chunk
            if not chunk or len(data) > LONGEST_RUN:
                raise Unusual

    def _block(self, run: bytes) -> Block:
        text = _checked(run)
        found = self._found(text)
        numbers, *columns = zip(*found, strict=True) if found else ([] for _ in range(self._groups))
        if self._strings:
            texts = self._strings
            try:
                columns = [[texts[int(c)] if c else "" for c in column] for column in columns]
            except IndexError as error:
                raise Unusual from error
        elif "&" in text:
            columns = [[unescaped(c) if "&" in c else c for c in column] for column in columns]
        placed = dict(zip(self._places, columns, strict=True))
        blank = ("",) * len(found)
        whole = [placed.get(place, blank) for place in range(self._places[-1] + 1)]
        return self._numbered(list(map(int, numbers)), whole)

    def _found(self, text: str) -> list[tuple[str, ...]]:
        """Return the number and the cells of each row."""
        count = len(ANY_ROW.findall(text))
        for pattern in self._patterns:
            found = re.findall(pattern, text)
            if len(found) == count:
                return found
        raise Unusual

    def _numbered(self, numbers: list[int], columns: list[Sequence[str]]) -> Block:
        """Return the rows with the blank ones that are left out between them."""
        first, self.number = self.number + 1, numbers[-1] if numbers else self.number
        if numbers == list(range(first, first + len(numbers))):
            return Block(len(numbers), columns)
        ascending = all(low < high for low, high in pairwise([first - 1, *numbers]))
        if not ascending or self.number > LAST_ROW:
            raise Unusual
        size = self.number + 1 - first
        whole: list[list[str]] = [[""] * size for _ in columns]
        for column, said in zip(whole, columns, strict=True):
            for number, cell in zip(numbers, said, strict=True):
                column[number - first] = cell
        return Block(size, whole)


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


def _shape(data: bytes) -> tuple[list[str], list[int]]:
    """Return expressions that whole rows are found with, and the column of each of their groups.

    The first knows no more than the first rows have, which is quicker, the second all that it may.
    """
    end = data.find(ROWS_END)
    text = _checked(data[: end if end >= 0 else data.rfind(ROW_END) + len(ROW_END)])
    cells = CELL.findall(text)
    kinds = {kind for _, rest in cells for kind in ('t="s"', 't="inlineStr"') if kind in rest}
    columns = sorted({column_number(letters.encode()) for letters, _ in cells})
    if len(kinds) != 1 or not 0 < len(columns) <= MOST_COLUMNS:
        raise Unusual
    letters = list(map(column_letters, columns))
    inline = kinds == {'t="inlineStr"'}
    found = [_row(letters, STYLE, INLINE if inline else SHARED)]
    styled = any(' s="' in rest for _, rest in cells)
    narrow = NARROW_INLINE if inline and "xml:space" not in text else INLINE if inline else SHARED
    found.insert(0, _row(letters, STYLE if styled else "", narrow))
    return found, [column - 1 for column in columns]


def _row(letters: Iterable[str], style: str, value: str) -> str:
    """Return the expression of a row whose cells are styled or blank or hold a value."""
    cells = "".join(rf'(?:<c r="{letter}\1"{style}(?: {value}|{EMPTY}))?+' for letter in letters)
    return rf'<row r="(\d{{1,7}})"[^<>]*>(?:(?<=/>)|{cells}</row>)'
