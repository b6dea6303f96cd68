"""A table of people as the reading process sees it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from sos_excel.blocks import RawPerson
from sos_excel.headers import Layout
from sos_excel.mapping import Translator
from sos_excel.merges import MergeFill
from sos_excel.messages import RawNotice, RawRejection, refusal

if TYPE_CHECKING:
    from sos_excel.settings import ExcelSettings

Frame = tuple[list[RawPerson], list[RawRejection], list[RawNotice], str | None]
"""People, rejections, notices and next cursor of a page; the cursor of the last one is None."""


@dataclass
class Table:
    """Rows below the headings, and what is known about them; ``problems`` by row from 1."""

    layout: Layout
    rows: Iterator[list[object]]
    sheet: str | None = None
    first_column: int = 0
    fill: MergeFill | None = None
    problems: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)
    notices: list[RawNotice] = field(default_factory=list)


def pages(table: Table, settings: ExcelSettings) -> Iterator[Frame]:
    """Yield the people of a table page by page.

    Raises InvalidInput where there is nobody in it, or more rows than the settings allow.
    """
    translator = Translator(
        table.layout, table.sheet, first_column=table.first_column, problems=table.problems
    )
    number = table.layout.header_index + 2
    notices = [
        (code, row, table.sheet, values) for code, row, _, values in table.layout.notices
    ] + table.notices
    held: Frame = ([], [], notices, None)
    while chunk := list(islice(table.rows, settings.page_rows)):
        if table.fill is not None:
            table.fill.fill(chunk, number - 1)
        found = translator.translate(chunk, number)
        if translator.seen > settings.rows:
            raise refusal("file_too_many_rows", limit=settings.rows)
        if any(found):
            if held[0] or held[1]:
                yield (*held[:3], str(number - 1))
                held = (*found, None)
            else:
                held = (found[0], found[1], held[2] + found[2], None)
        number += len(chunk)
    if not translator.seen:
        raise refusal("file_without_people")
    yield (held[0], held[1], held[2] + translator.closing_notices(), None)
