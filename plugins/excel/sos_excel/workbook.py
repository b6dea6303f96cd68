"""Reads a checked workbook in the confined process: its values, and the facts beside them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sos_core.api import InvalidInput
from sos_excel.archive import inflated, opened
from sos_excel.headers import Layout, find_layout
from sos_excel.merges import MergeFill, row_ranges, shortened
from sos_excel.messages import RawNotice, refusal
from sos_excel.sheets import SheetFacts, scan_part
from sos_excel.tables import Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

    from sos_excel.loading import Loading
    from sos_excel.settings import ExcelSettings

MARKUP = (".xml", ".rels")
CONTENTS_BYTES = 1024 * 1024
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def open_workbook(
    loading: Loading, path: Path, levels: Sequence[str], settings: ExcelSettings
) -> Table:
    """Return the table of people in the first visible sheet that has the headings.

    ``loading`` has been started: while it decodes the values, every part is unpacked once more,
    counted and searched here. Nothing is handed over before both are done. Raises InvalidInput.
    """
    with path.open("rb") as file:
        facts = _inspect(file, settings)
    loading.join()
    first_fault: InvalidInput | None = None
    for name in loading.names:
        sheet = loading.sheet(name)
        if sheet is None:
            break
        try:
            layout = find_layout(list(islice(_rows(sheet), settings.header_rows)), levels)
        except InvalidInput as fault:
            if first_fault is None or first_fault.code == "file_header_missing":
                first_fault = fault
            continue
        found = facts.get(_part_of(path, facts, loading, name), SheetFacts())
        return _table(sheet, layout, found, [other for other in loading.names if other != name])
    if loading.failure is not None:
        raise as_refusal(loading.failure) from loading.failure
    raise first_fault or refusal("file_without_people")


def as_refusal(failure: BaseException) -> InvalidInput:
    """Return what to tell the reader of a file that the library failed on."""
    if isinstance(failure, MemoryError):
        return refusal("file_too_heavy")
    if type(failure).__name__ == "PasswordError":
        return refusal("file_encrypted")
    return refusal("file_damaged")


def _inspect(file: BinaryIO, settings: ExcelSettings) -> dict[str, SheetFacts]:
    """Unpack every part, and return the facts of those that are sheets, by name."""
    facts: dict[str, SheetFacts] = {}
    with opened(file, settings) as archive:
        for member in archive.infolist():
            chunks = inflated(file, member)
            if member.filename.casefold().endswith(MARKUP):
                found = scan_part(member.filename.casefold(), chunks)
                if found is not None:
                    facts[member.filename] = found
            else:
                for _ in chunks:
                    pass
    return facts


def _part_of(path: Path, facts: dict[str, SheetFacts], loading: Loading, name: str) -> str:
    """Return which part holds the sheet ``name``, by the workbook's own table of contents."""
    if len(facts) == 1 and len(loading.all_names) == 1:
        return next(iter(facts))
    try:
        sheets = _parsed(path, "xl/workbook.xml")
        relations = _parsed(path, "xl/_rels/workbook.xml.rels")
        targets = {node.get("Id"): node.get("Target") or "" for node in relations}
        for node in sheets.iter():
            if node.tag.endswith("}sheet") and node.get("name") == name:
                target = targets[node.get(RELATION) or node.get(STRICT_RELATION)]
                return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    except (KeyError, ValueError, SyntaxError, OSError) as error:
        raise refusal("file_damaged") from error
    raise refusal("file_damaged")


def _parsed(path: Path, part: str) -> Any:
    import zipfile

    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        return fromstring(file.read(CONTENTS_BYTES), forbid_dtd=True)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Yield raw rows from the first row of the sheet; columns start at the first used one."""
    return iter(()) if sheet.start is None else sheet.iter_rows()


def _table(sheet: CalamineSheet, layout: Layout, facts: SheetFacts, others: list[str]) -> Table:
    first_column = sheet.start[1] if sheet.start else 0
    fill = MergeFill(sheet.merged_cell_ranges or [], layout, first_column)
    notices: list[RawNotice] = []
    if others:
        values = {"sheet": sheet.name, "others": shortened(others)}
        notices.append(("file_sheets_ignored", None, sheet.name, values))
    last = sheet.end[0] + 1 if sheet.end else 0
    hidden = [row for row in facts.hidden_rows if layout.header_index + 1 < row <= last]
    if hidden:
        values = {"rows": shortened(row_ranges(hidden))}
        notices.append(("file_hidden_rows", hidden[0], sheet.name, values))
    if merged := fill.described():
        notices.append(("file_merged_cells", None, sheet.name, {"ranges": merged}))
    return Table(
        layout,
        islice(_rows(sheet), layout.header_index + 1, None),
        sheet=sheet.name,
        first_column=first_column,
        fill=fill,
        problems=facts.cells,
        notices=notices,
    )
