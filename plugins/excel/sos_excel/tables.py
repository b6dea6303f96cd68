"""A table of people as the reading process sees it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sos_excel.blocks import Block, paged
from sos_excel.headers import Layout
from sos_excel.mapping import RawPage, Translator
from sos_excel.messages import RawNotice, refusal

if TYPE_CHECKING:
    from sos_excel.settings import ExcelSettings

Frame = tuple[object, ...]
"""A page as it travels: see ``RawPage.frame``; the cursor of the last one is None."""


@dataclass
class Table:
    """Rows below the headings, and what is known about them; ``problems`` by row from 1."""

    layout: Layout
    blocks: Iterator[Block]
    sheet: str | None = None
    first_column: int = 0
    problems: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)
    notices: list[RawNotice] = field(default_factory=list)


def pages(table: Table, settings: ExcelSettings, known: set[int]) -> Iterator[Frame]:
    """Yield the people of a table page by page, those whose row's digest is ``known`` left out.

    Raises InvalidInput where there is nobody in it, or more rows than the settings allow.
    """
    translator = Translator(
        table.layout,
        table.sheet,
        first_column=table.first_column,
        problems=table.problems,
        known=known,
    )
    number = table.layout.header_index + 2
    notices = [
        (code, row, table.sheet, values) for code, row, _, values in table.layout.notices
    ] + table.notices
    held = RawPage(notices=notices)
    rows = 0
    for blocks in paged(table.blocks, settings.page_rows):
        found, start = RawPage(), number
        for block in blocks:
            translator.translate(block, number, found)
            number += block.size
        rows += found.count
        if rows > settings.rows:
            raise refusal("file_too_many_rows", limit=settings.rows)
        if found:
            if held.count:
                yield held.frame(str(start - 1))
            else:
                found.notices = held.notices + found.notices
            held = found
    if not rows:
        raise refusal("file_without_people")
    held.notices += translator.closing_notices()
    yield held.frame(None)
