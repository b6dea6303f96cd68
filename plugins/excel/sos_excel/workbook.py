"""Reads a checked workbook in the confined process: its values, and the facts beside them."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sos_core.api import InvalidInput
from sos_excel.archive import MEBIBYTE, inflated, opened
from sos_excel.blocks import Block, Unusual, blocks_of, without_head
from sos_excel.headers import Layout, find_layout
from sos_excel.merges import MergeFill, row_ranges, shortened
from sos_excel.messages import RawNotice, refusal
from sos_excel.quick import QuickSheet, shared_texts
from sos_excel.sheets import SheetFacts, scan_part
from sos_excel.tables import Table

if TYPE_CHECKING:
    import zipfile

    from python_calamine import CalamineSheet

    from sos_excel.loading import Loading
    from sos_excel.settings import ExcelSettings

MARKUP = (".xml", ".rels")
SHEETS = "xl/worksheets/sheet"
SHARED_TEXTS = "xl/sharedStrings.xml"
KEPT_BYTES = 80 * MEBIBYTE
CONTENTS_BYTES = 1024 * 1024
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def open_workbook(
    loading: Loading, path: Path, levels: Sequence[str], settings: ExcelSettings
) -> Table:
    """Return the table of people in the first visible sheet that has the headings.

    ``loading`` has been started. Every part is unpacked, counted and searched before anything is
    handed over, while the library decodes the values beside it, unless the sheet looks as if the
    quick way could read them. Raises InvalidInput.
    """
    with path.open("rb") as file:
        maybe = _looks_quick(file, settings)
        if not maybe:
            loading.decode()
        unpacked = Unpacked(path, settings, keep=maybe)
        facts = _inspect(file, settings, unpacked)
    quick = _quick_table(loading, unpacked, facts, levels) if maybe else None
    if quick is not None:
        return quick
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


def _looks_quick(file: BinaryIO, settings: ExcelSettings) -> bool:
    """Tell whether the beginning of the first sheet is of the kind that the quick way reads."""
    try:
        with opened(file, settings) as archive:
            sheets = [m for m in archive.infolist() if m.filename.startswith(SHEETS)]
        QuickSheet(inflated(file, sheets[0]), [])
    except (Unusual, InvalidInput, IndexError):
        return False
    return True


def _quick_table(
    loading: Loading, unpacked: Unpacked, facts: dict[str, SheetFacts], levels: Sequence[str]
) -> Table | None:
    """Return the table of the first visible sheet where the quick way can read it; else None."""
    loading.opened.wait()
    if loading.failure is not None or not loading.names:
        return None
    name = loading.names[0]
    part = _part_of(unpacked.path, facts, loading, name)
    if part not in facts or not facts[part].plain:
        return None
    try:
        sheet = QuickSheet(unpacked.chunks(part), unpacked.strings())
        blocks = _quick_blocks(sheet, loading, name)
        first, head = _first_rows(blocks, unpacked.settings.header_rows)
        layout = find_layout(head, levels)
    except (Unusual, InvalidInput):
        return None
    others = [other for other in loading.names if other != name]
    rest = without_head(chain(first, blocks), layout.header_index + 1)
    return Table(layout, rest, sheet=name, notices=_ignored(name, others))


def _first_rows(blocks: Iterator[Block], count: int) -> tuple[list[Block], list[tuple[Any, ...]]]:
    """Return the blocks that hold the first rows of a sheet, and these rows."""
    taken: list[Block] = []
    rows: list[tuple[Any, ...]] = []
    while len(rows) < count and (block := next(blocks, None)):
        taken.append(block)
        rows += zip(*block.columns, strict=True)
    return taken, rows[:count]


def _quick_blocks(sheet: QuickSheet, loading: Loading, name: str) -> Iterator[Block]:
    """Yield all rows of a sheet: from the first unusual run of rows on, the library's."""
    done = 0
    try:
        for block in sheet:
            yield block
            done += block.size
    except Unusual:
        loading.join()
        decoded = loading.sheet(name)
        if decoded is None:
            raise as_refusal(loading.failure or RuntimeError()) from loading.failure
        left = [""] * (decoded.start[1] if decoded.start else 0)
        yield from blocks_of(left + cells for cells in islice(_rows(decoded), done, None))


def as_refusal(failure: BaseException) -> InvalidInput:
    """Return what to tell the reader of a file that the library failed on."""
    if isinstance(failure, MemoryError):
        return refusal("file_too_heavy")
    if type(failure).__name__ == "PasswordError":
        return refusal("file_encrypted")
    return refusal("file_damaged")


class Unpacked:
    """Parts of a workbook that have been unpacked once, kept while they are not too large."""

    def __init__(self, path: Path, settings: ExcelSettings, *, keep: bool) -> None:
        self.path = path
        self.settings = settings
        self._room = KEPT_BYTES if keep else 0
        self._kept: dict[str, deque[bytes]] = {}

    def keeping(self, member: zipfile.ZipInfo, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the chunks of a part, and keep those that ``chunks`` and ``strings`` ask for."""
        wanted = member.filename.startswith(SHEETS) or member.filename == SHARED_TEXTS
        if not wanted or member.file_size > self._room:
            yield from chunks
            return
        self._room -= member.file_size
        kept = self._kept[member.filename] = deque()
        for chunk in chunks:
            kept.append(chunk)
            yield chunk

    def chunks(self, part: str) -> Iterator[bytes]:
        """Yield the chunks of a part once, and let go of them; raise KeyError where there is none."""
        if (kept := self._kept.pop(part, None)) is not None:
            while kept:
                yield kept.popleft()
            return
        with self.path.open("rb") as file:
            with opened(file, self.settings) as archive:
                member = archive.getinfo(part)
            yield from inflated(file, member)

    def strings(self) -> list[str]:
        """Return the shared texts; raise Unusual where they are more than text."""
        try:
            return shared_texts(self.chunks(SHARED_TEXTS))
        except KeyError:
            return []


def _inspect(file: BinaryIO, settings: ExcelSettings, unpacked: Unpacked) -> dict[str, SheetFacts]:
    """Unpack every part, and return the facts of those that are sheets, by name."""
    facts: dict[str, SheetFacts] = {}
    with opened(file, settings) as archive:
        for member in archive.infolist():
            chunks = unpacked.keeping(member, inflated(file, member))
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
    notices = _ignored(sheet.name, others)
    last = sheet.end[0] + 1 if sheet.end else 0
    hidden = [row for row in facts.hidden_rows if layout.header_index + 1 < row <= last]
    if hidden:
        values = {"rows": shortened(row_ranges(hidden))}
        notices.append(("file_hidden_rows", hidden[0], sheet.name, values))
    if merged := fill.described():
        notices.append(("file_merged_cells", None, sheet.name, {"ranges": merged}))
    below = layout.header_index + 1
    return Table(
        layout,
        blocks_of(fill.filled(islice(_rows(sheet), below, None), below)),
        sheet=sheet.name,
        first_column=first_column,
        problems=facts.cells,
        notices=notices,
    )


def _ignored(name: str, others: list[str]) -> list[RawNotice]:
    if not others:
        return []
    values = {"sheet": name, "others": shortened(others)}
    return [("file_sheets_ignored", None, name, values)]
