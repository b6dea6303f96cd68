"""The quick way reads what the library reads, or says that it cannot."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sos_excel.blocks import Unusual
from sos_excel.gateway import ExcelFormat
from sos_excel.quick import QuickSheet, shared_texts

HEAD = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
PIECES = (
    *("Ann", "Å sa", "李", "a&amp;b", "&lt;x&gt;", "&#252;", "&#x41;", "  ", "two\nlines"),
    *("A_x0041_", "q?!", ""),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
CELLS = st.one_of(st.none(), TEXTS, st.just("<empty>"))
ROWS = st.lists(
    st.tuples(
        st.integers(1, 3), st.lists(CELLS, min_size=1, max_size=4), st.sampled_from(["", ' s="1"'])
    ),
    min_size=1,
    max_size=8,
)


def row_xml(number: int, cells: Iterable[str | None], style: str, shared: list[str] | None) -> str:
    xml = f'<row r="{number}" spans="1:4">'
    for letter, text in zip("ABCD", cells, strict=False):
        name = f"{letter}{number}"
        if text == "<empty>":
            xml += f'<c r="{name}"{style}/>'
        elif text is not None and shared is not None:
            shared.append(text)
            xml += f'<c r="{name}"{style} t="s"><v>{len(shared) - 1}</v></c>'
        elif text is not None:
            xml += f'<c r="{name}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"{xml}</row>"


def sheet_of(rows: Iterable[tuple[int, list[str | None], str]], shared: list[str] | None) -> str:
    number, xml = 0, ""
    for step, cells, style in rows:
        number += step
        xml += row_xml(number, cells, style, shared)
    return f"{HEAD}<sheetData>{xml}</sheetData></worksheet>"


def quickly(sheet: str, strings: list[str]) -> list[list[object]]:
    data = sheet.encode()
    found = QuickSheet([data[at : at + 100] for at in range(0, len(data), 100)], strings)
    return [list(row) for block in found for row in zip(*block.columns, strict=True)]


def by_library(workbook: bytes) -> list[list[object]]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    left: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    return [left + row for row in sheet.iter_rows()] if sheet.start else []


def trimmed(rows: list[list[object]]) -> list[list[object]]:
    """Return rows of stripped texts, without the blanks at their ends and at the end of all."""
    whole = []
    for row in rows:
        cells: list[Any] = [cell.strip() if isinstance(cell, str) else cell for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        whole.append(cells)
    while whole and not whole[-1]:
        whole.pop()
    return whole


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, in_table=st.booleans())
def test_it_reads_what_the_library_reads(
    raw: Callable[..., bytes], rows: list[tuple[int, list[str | None], str]], in_table: bool
) -> None:
    shared: list[str] | None = [] if in_table else None
    sheet = sheet_of(rows, shared)
    strings: list[str] = []
    parts: dict[str, bytes] = {}
    if shared is not None:
        items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in shared)
        table = (
            f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
        )
        parts = with_table(table.encode())
        try:
            strings = shared_texts([table.encode()])
        except Unusual:
            return
    try:
        found = quickly(sheet, strings)
    except Unusual:
        return
    assert trimmed(found) == trimmed(by_library(raw(sheet, **parts)))


def with_table(table: bytes) -> dict[str, bytes]:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    )
    return {"xl/sharedStrings.xml": table, "xl/_rels/workbook.xml.rels": relations.encode()}


PLAIN = '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row>'
SECOND = '<row r="2"><c r="A2" t="inlineStr"><is><t>Ann</t></is></c></row>'


@pytest.mark.parametrize(
    "odd",
    [
        '<row r="2"><c r="A2"><v>5</v></c></row>',
        '<row r="2"><c r="A3" t="inlineStr"><is><t>Ann</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><r><t>A</t></r></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A&eacute;</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>&#xD800;</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>a\rb</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>a_x000D_b</t></is></c></row>',
        f"<!-- {SECOND} -->",
        f"{SECOND}{SECOND}",
        '<row r="2000000"></row>',
        "<row><c><v>1</v></c></row>",
    ],
)
def test_what_is_unusual_is_left_to_the_library(odd: str) -> None:
    assert quickly(f"{HEAD}<sheetData>{PLAIN}</sheetData></worksheet>", []) == [["Name"]]
    with pytest.raises(Unusual):
        quickly(f"{HEAD}<sheetData>{PLAIN}{odd}</sheetData></worksheet>", [])


def test_rows_of_a_later_kind_are_read_as_well() -> None:
    texts = ["A", " b", "c"]
    plain = "".join(row_xml(n, ["x" * 90], "", None) for n in range(1, 3_000)).replace(
        ' xml:space="preserve"', ""
    )
    later = row_xml(3_000, texts, ' s="7"', None) + row_xml(3_001, ["<empty>", "d"], "", None)
    assert quickly(f"{HEAD}<sheetData>{plain}</sheetData></worksheet>", [])[-1] == ["x" * 90]
    first = row_xml(1, ["A", "B", "C"], "", None).replace(' xml:space="preserve"', "")
    wide = plain.replace(
        row_xml(1, ["x" * 90], "", None).replace(' xml:space="preserve"', ""), first
    )
    found = quickly(f"{HEAD}<sheetData>{wide}{later}</sheetData></worksheet>", [])
    assert found[-2:] == [texts, ["", "d", ""]]


def test_the_library_reads_on_where_a_later_row_is_unusual(
    excel: ExcelFormat, tmp_path: Path
) -> None:
    import openpyxl

    rows: list[list[object]] = [["Team", "Name", "Email"]]
    rows += [["A", f"Person {i}", f"p{i}@x.example"] for i in range(9_000)]
    rows[8_000][1] = 8_000
    rows[4_000] = []
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("People")
    for row in rows:
        sheet.append(row)
    path = tmp_path / "people.xlsx"
    workbook.save(path)
    records = [record for page in excel.open(path, ("Team",)).pull(None) for record in page.records]
    assert [record.row for record in records] == [n for n in range(2, 9_002) if n != 4_001]
    assert [record.name for record in records if record.row == 8_001] == ["8000"]
    assert [record.email for record in records[-2:]] == ["p8998@x.example", "p8999@x.example"]
