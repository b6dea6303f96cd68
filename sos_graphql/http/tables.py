"""Tables to save as CSV or workbook; no cell can ever be run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from starlette.responses import Response

from sos_core.content.cells import defused
from sos_core.errors import InvalidInput
from sos_graphql.http.rendering import PRIVATE

Cell = str | int | float | None
ENDINGS = ("xlsx", "csv")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def table_file(
    ending: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> bytes:
    """Return a table as a file; raise InvalidInput for an ending that is neither csv nor xlsx."""
    if ending == "csv":
        return _csv(headings, rows)
    if ending == "xlsx":
        return _workbook(title, headings, rows)
    raise InvalidInput(
        "Tables are saved as one of {suffixes}.",
        "Choose one of them.",
        code="table_kind_unknown",
        values={"suffixes": ", ".join(f".{ending}" for ending in ENDINGS)},
    )


def download(body: bytes, name: str, media_type: str) -> Response:
    """Return a file to save."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(
        body,
        media_type=media_type,
        headers={**PRIVATE, "Content-Disposition": disposition},
    )


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    for row in (headings, *rows):
        writer.writerow([_plain(cell) for cell in row])
    # Excel takes a CSV file for UTF-8 only where it begins so.
    return file.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) else "" if cell is None else cell


def _workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in title if c not in "[]:*?/\\'")[:31] or "SOS")
    sheet.freeze_panes = "A2"

    def cell(value: Cell, *, bold: bool = False) -> object:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # else a text that begins with = would become a formula
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
