"""Rows that the reader knows already: recognized by what they say, wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sos_excel.digests import row_digests
from sos_excel.gateway import ExcelFormat

from sos_core.api import PeoplePage

LEVELS = ("Area", "Team")
HEADER = ("Area", "Team", "Name", "Email", "Employee ID", "Leads")
ROWS: list[tuple[object, ...]] = [
    ("North", "A", "Ann", "ann@x.example", "E1", "yes"),
    ("North", "A", "Bo", "bo@x.example", 7, ""),
    ("North", "B", "Cy", "cy@x.example", 2.5, "no"),
]


def pages_of(
    excel: ExcelFormat, path: Path, rows: Sequence[Sequence[object]], known: set[int]
) -> PeoplePage:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    (page,) = excel.open(path, LEVELS).pull(None).without(lambda: known)
    return page


def test_known_rows_are_named_and_others_read(excel: ExcelFormat, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    whole = pages_of(excel, path, [HEADER, *ROWS], set())
    assert len(whole.digests) == len(whole.records) == 3
    first, second, third = whole.digests
    page = pages_of(excel, path, [HEADER, *ROWS], {first, third})
    assert list(page.seen) == [first, third]
    assert page.seen_leads
    assert page.records == whole.records[1:2]
    assert page.digests == [second]
    assert pages_of(excel, path, [HEADER, *ROWS], {second}).seen_leads is False


def test_the_place_of_rows_and_columns_does_not_matter(excel: ExcelFormat, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    known = pages_of(excel, path, [HEADER, *ROWS], set()).digests
    turned = [("Note", *reversed(row)) for row in (HEADER, *reversed(ROWS))]
    moved = pages_of(excel, path, [("People",), *turned], set(known))
    assert list(moved.seen) == known[::-1]
    assert list(moved.records) == []


def test_another_cell_or_level_is_another_row(excel: ExcelFormat, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    known = set(pages_of(excel, path, [HEADER, *ROWS], set()).digests)
    changed = [(*ROWS[0][:5], "no"), (*ROWS[1][:4], "7", ""), ROWS[2][:5]]
    page = pages_of(excel, path, [HEADER, *changed], known)
    assert list(page.seen) == []
    assert len(page.records) == 3
    without_team = [row[:1] + row[2:] for row in (HEADER, *ROWS)]
    assert list(pages_of(excel, path, without_team, known).seen) == []


def test_a_row_with_an_error_is_always_looked_at(excel: ExcelFormat, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    rows = [(*HEADER, "Note"), (*ROWS[0], "")]
    known = set(pages_of(excel, path, rows, set()).digests)
    rows = [(*HEADER, "Note"), (*ROWS[0], "=1/0"), (*ROWS[0], "")]
    page = pages_of(excel, path, rows, known)
    assert list(page.seen) == []
    assert [record.row for record in page.records] == [2, 3]


CELLS = st.text(max_size=5) | st.integers() | st.floats() | st.booleans() | st.timedeltas()


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_digests_tell_rows_apart(rows: list[tuple[object, ...]]) -> None:
    found = row_digests(rows)
    assert all(-(2**63) <= digest < 2**63 for digest in found)
    shown = [repr(row) for row in rows]
    for row, digest in zip(shown, found, strict=True):
        assert digest == found[shown.index(row)]


def test_a_digest_tells_where_cells_end_and_not_what_stands_beside() -> None:
    rows = [
        ("a\x1fb", "c"),
        ("a", "b\x1fc"),
        ("a", "b"),
        ("ab", ""),
        ("a", 1),
        ("a", "1"),
        ("\ud800", ""),
    ]
    found = row_digests(rows)
    assert len(set(found)) == len(rows)
    assert [row_digests([row])[0] for row in rows] == found
