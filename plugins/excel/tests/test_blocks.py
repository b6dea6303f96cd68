"""Blocks of columns say what their rows say, and come to the same people in both ways."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sos_excel.blocks import Block, QuickWay, Unusual, blocks_of, paged, without_head
from sos_excel.headers import find_layout
from sos_excel.mapping import RawPage, Translator

HEADINGS = ("Area", "Team", "Name", "Email", "Employee ID", "Language", "User type", "Manager")
CELLS: dict[str, list[object]] = {
    "Area": ["North", "North ", "", "South"],
    "Team": ["A", "", "x" * 301],
    "Name": ["Ann", " Bo ", "", 7, "李"],
    "Email": ["ann@x.example", "Bo@x.example ", "", "cy", "example@example.com"],
    "Employee ID": ["E1", "", 12, 12.5, True],
    "Language": ["sv", "Svenska", "", "Klingon"],
    "User type": ["viewer", "", "boss"],
    "Manager": ["ann@x.example", "", "Ann"],
    "Leads": ["yes", "no", "", "perhaps"],
}
Row = list[object]


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[str, ...], list[Row]]:
    """Return headings in any order, and rows that may end early."""
    headings = tuple(draw(st.permutations([*HEADINGS, *draw(st.sampled_from([[], ["Leads"]]))])))
    usual = st.tuples(*(st.sampled_from(CELLS[heading][:1]) for heading in headings))
    odd = st.tuples(*(st.sampled_from(CELLS[heading]) for heading in headings))
    whole = st.lists(usual | odd, min_size=1, max_size=6)
    rows = [list(row)[: draw(st.integers(0, 12))] for row in draw(whole)]
    return headings, rows


def translated(headings: Sequence[str], rows: list[Row], known: set[int]) -> RawPage:
    translator = Translator(find_layout([headings], ("Area", "Team")), "People", known=set(known))
    page = RawPage()
    for block in blocks_of(rows):
        translator.translate(block, 2, page)
    page.notices += translator.closing_notices()
    return page


def unusual(*_: object) -> list[Any]:
    raise Unusual


@given(tables(), st.sets(st.integers(0, 5)))
@example((HEADINGS, [[CELLS[heading][0] for heading in HEADINGS]] * 3), {1})
def test_people_are_those_that_come_row_by_row(
    table: tuple[tuple[str, ...], list[Row]], places: set[int]
) -> None:
    headings, rows = table
    everybody = translated(headings, rows, set()).digests
    known = {digest for place, digest in enumerate(everybody) if place in places}
    quick = translated(headings, rows, known)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuickWay, "people", unusual)
        assert translated(headings, rows, known) == quick


def cells_of(blocks: Sequence[Block]) -> list[tuple[object, ...]]:
    return [row for block in blocks for row in zip_longest(*block.columns, fillvalue="")]


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(1, 12), st.integers(0, 20))
def test_blocks_are_cut_where_pages_end(sizes: list[int], page: int, head: int) -> None:
    numbers = iter(range(1000))
    blocks = [Block(size, [[next(numbers) for _ in range(size)], ["x"] * size]) for size in sizes]
    rows = cells_of(blocks)[head:]
    found = list(paged(without_head(blocks, head), page))
    assert [row for part in found for row in cells_of(part)] == rows
    held = [sum(block.size for block in part) for part in found]
    assert all(size == page for size in held[:-1])
    assert all(0 < size <= page for size in held[-1:])
