from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sos_excel.gateway import ExcelFormat
from sos_excel.settings import ExcelSettings

from sos_core.api import Notice, PeoplePage, PersonRecord, Rejection

LEVELS = ("business_area", "region", "team")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADER = ("Business area", "Region", "Team", "Name", "Email", "Employee ID")


class Read:
    """What came out of a file."""

    def __init__(self, pages: Sequence[PeoplePage]) -> None:
        self.people: list[PersonRecord] = [r for page in pages for r in page.records]
        self.rejections: list[Rejection] = [r for page in pages for r in page.rejections]
        self.notices: dict[str, Notice] = {n.code: n for page in pages for n in page.notices}
        self.rejected = [(r.code, r.row, r.column) for r in self.rejections]


@pytest.fixture
def excel() -> ExcelFormat:
    return ExcelFormat(ExcelSettings())


@pytest.fixture
def read(excel: ExcelFormat) -> Callable[..., Read]:
    def run(path: Path, levels: Sequence[str] = LEVELS) -> Read:
        return Read(list(excel.open(path, levels).pull(None)))

    return run


@pytest.fixture
def read_rows(tmp_path: Path, read: Callable[..., Read]) -> Callable[..., Read]:
    """Write rows with openpyxl, change the sheet where asked, and read the workbook."""

    def run(
        rows: Sequence[Sequence[Any]],
        change: Callable[[Any], None] | None = None,
        levels: Sequence[str] = LEVELS,
    ) -> Read:
        import openpyxl

        workbook = openpyxl.Workbook()
        sheet: Any = workbook.active
        for row in rows:
            sheet.append(list(row))
        if change is not None:
            change(sheet)
        path = tmp_path / "rows.xlsx"
        workbook.save(path)
        return read(path, levels)

    return run


def cell(name: str, text: str) -> str:
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_xml(rows: str = "", *, after: str = "") -> str:
    head = "".join(cell(f"{letter}1", text) for letter, text in zip("ABCDEF", HEADER, strict=True))
    return (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{head}</row>{rows}</sheetData>'
        f"{after}</worksheet>"
    )


GOOD_ROW = (
    '<row r="2">'
    + cell("A2", "Industry")
    + cell("B2", "North")
    + cell("C2", "Aurora")
    + cell("D2", "Ada")
    + cell("E2", "ada@company.example")
    + cell("F2", "7")
    + "</row>"
)


def parts_of(sheet: str) -> dict[str, bytes]:
    """Return the parts of a small correct workbook."""
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return {name: (start + text).encode() for name, text in texts.items()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def raw() -> Callable[..., bytes]:
    """Return a function that gives the bytes of a workbook with hand-written parts."""

    def build(sheet: str | None = None, /, **changes: bytes | None) -> bytes:
        parts: dict[str, bytes] = parts_of(sheet if sheet is not None else sheet_xml(GOOD_ROW))
        for name, content in changes.items():
            if content is None:
                parts.pop(name)
            else:
                parts[name] = content
        return zipped(parts)

    return build
