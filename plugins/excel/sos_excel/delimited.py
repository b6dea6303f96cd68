"""CSV files as HR systems export them: encoding and separator are recognized."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sos_core.api import InvalidInput
from sos_excel.blocks import blocks_of
from sos_excel.headers import Layout, find_layout
from sos_excel.messages import refusal
from sos_excel.tables import Table

if TYPE_CHECKING:
    from sos_excel.settings import ExcelSettings

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
BINARY = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
TRIGGERS = "=+-@\t\r"
DEFUSED = frozenset("'" + trigger for trigger in TRIGGERS)


def check_delimited(content: bytes, suffix: str) -> None:
    """Raise InvalidInput where ``content``, the beginning of a file, is no text at all."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise refusal("file_empty")
    if BINARY.search(content[:4096]) and not _is_utf16(content):
        raise refusal("file_mismatch", suffix=suffix)


def open_delimited(path: Path, levels: Sequence[str], settings: ExcelSettings) -> Table:
    """Return the table in a CSV file; raise InvalidInput where no headings are found."""
    content = path.read_bytes()
    check_delimited(content, path.suffix)
    encoding = encoding_of(content)
    sample = content[:SAMPLE_BYTES].decode(encoding, "ignore")
    separator, layout = _separator_of(sample, levels, settings)
    rows = _rows(path, encoding, separator, layout.header_index + 1)
    return Table(layout, blocks_of(rows))


def encoding_of(content: bytes) -> str:
    """Return the Python name of the encoding; raise InvalidInput where none fits.

    UTF-8 and UTF-16 prove themselves. Of the older ones, Chinese text comes in pairs of high
    bytes, while in Western text high bytes (å, é) mostly stand alone.
    """
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in content:
        return "utf-16-le" if _zeros(content, 1) > _zeros(content, 0) else "utf-16-be"
    if _decodes(content, "utf-8"):
        return "utf-8"
    runs = HIGH_RUN.findall(content[:SAMPLE_BYTES])
    pairs = sum(len(run) % 2 == 0 for run in runs)
    western_first = pairs * 2 < len(runs)
    for encoding in ("cp1252", "gb18030") if western_first else ("gb18030", "cp1252"):
        if _decodes(content, encoding):
            return encoding
    raise refusal("file_encoding")


def defuse(text: str) -> str:
    """Return a text for a CSV cell that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] and text[0] in TRIGGERS else text


def _rows(path: Path, encoding: str, separator: str, skip: int) -> Iterator[list[object]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            for row in islice(csv.reader(file, delimiter=separator), skip, None):
                yield [cell[1:] if cell[:2] in DEFUSED else cell for cell in row]
    except csv.Error as error:
        raise refusal("file_damaged") from error
    except UnicodeError as error:
        raise refusal("file_encoding") from error


def _separator_of(
    sample: str, levels: Sequence[str], settings: ExcelSettings
) -> tuple[str, Layout]:
    """Return the separator under which most headings are understood, and their layout."""
    found: list[tuple[int, str, Layout]] = []
    faults: list[InvalidInput] = []
    for separator in SEPARATORS:
        try:
            reader = csv.reader(StringIO(sample, newline=""), delimiter=separator)
            layout = find_layout(list(islice(reader, settings.header_rows)), levels)
            found.append((len(layout.columns), separator, layout))
        except InvalidInput as fault:
            faults.append(fault)
        except csv.Error:
            continue
    if found:
        _, separator, layout = max(found, key=lambda item: item[0])
        return separator, layout
    faults.sort(key=lambda fault: fault.code == "file_header_missing")
    raise faults[0] if faults else refusal("file_damaged")


def _is_utf16(content: bytes) -> bool:
    """Tell whether the zeros among the bytes lie as they do in UTF-16: nearly all on one side."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    few, many = sorted((_zeros(content, 0), _zeros(content, 1)))
    return many * 10 > len(content[:4096]) and few * 4 < many


def _zeros(content: bytes, start: int) -> int:
    return content[start:4096:2].count(0)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
