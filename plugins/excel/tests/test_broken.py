"""Whatever is broken or hostile ends as InvalidInput or as rejections, within the limits."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sos_excel.gateway import ExcelFormat
from sos_excel.loading import Loading
from sos_excel.settings import ExcelSettings
from sos_excel.sheets import SheetScan
from sos_excel.tables import pages
from sos_excel.workbook import open_workbook

from sos_core.api import InvalidInput

LEVELS = ("business_area", "region", "team")
CONFINED = {"far-cell", "two-corners", "understated", "one-long-row", "merge-huge", "deep"}
"""What only the confined process may try; everything else is read here, which is faster."""


def sibling(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"sos_excel_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(raw: Any) -> list[tuple[str, str, bytes]]:
    from io import BytesIO
    from zipfile import ZipFile

    with ZipFile(BytesIO(raw())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return list(sibling("broken").broken_files(parts, lambda changed: raw(None, **full(changed))))


def full(changed: dict[str, bytes]) -> dict[str, bytes | None]:
    names = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    return {name: changed.get(name) for name in (*names, "xl/worksheets/sheet1.xml")} | changed


def read_here(excel: ExcelFormat, path: Path) -> int:
    """Read as the confined process does, in this one; return how many people there were."""
    source = excel.open(path, LEVELS)
    if path.suffix != ".xlsx":
        return sum(len(page.records) for page in source.pull(None))
    loading = Loading(path)
    loading.start()
    try:
        table = open_workbook(loading, path, LEVELS, excel.settings)
        return sum(len(people) for people, *_ in pages(table, excel.settings, set()))
    finally:
        loading.join()


def read_confined(paths: list[Path]) -> tuple[list[Any], int]:
    """Return outcomes and the highest memory of a reading process, as ``measured.py`` tells them."""
    command = [sys.executable, str(Path(__file__).with_name("measured.py")), *map(str, paths)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told["outcomes"], told["memory"]


def test_every_broken_file_ends_well(
    excel: ExcelFormat, tmp_path: Path, files: list[tuple[str, str, bytes]]
) -> None:
    assert len(files) >= 200
    assert len({name for name, _, _ in files}) == len(files)
    told: list[tuple[str, str, str]] = []
    confined: dict[str, Path] = {}
    for name, suffix, content in files:
        path = tmp_path / (f"{name}{suffix}" if name in CONFINED else f"broken{suffix}")
        path.write_bytes(content)
        if name in CONFINED:
            confined[name] = path
            continue
        try:
            people = read_here(excel, path)
        except InvalidInput as error:
            told.append((name, error.code, error.remedy))
        except BaseException as error:
            raise AssertionError(f"{name} ended with {error!r}") from error
        else:
            assert people <= 5000, name
    outcomes, memory = read_confined(list(confined.values()))
    told += [(name, *what) for name, what in zip(confined, outcomes, strict=True)]
    assert set(confined) == CONFINED
    assert [name for name, _, remedy in told if not remedy] == []
    codes = {code for _, code, _ in told}
    assert {code for code in codes if not code.startswith("file_")} == set()
    expected = {"file_damaged", "file_unsafe", "file_bomb", "file_has_macros", "file_mismatch"}
    expected |= {"file_has_external_links", "file_encrypted", "file_too_heavy", "file_is_xls"}
    expected |= {"file_type_unsupported", "file_formulas_unsaved", "file_too_large", "file_empty"}
    assert expected <= codes
    assert memory <= excel.settings.memory_bytes


HOSTILE = {
    "named 'xl/vbaProject.bin'": "file_has_macros",
    "named 'xl/activeX/activeX1.xml'": "file_has_macros",
    "named 'xl/macrosheets/sheet9.xml'": "file_has_macros",
    "macro type": "file_has_macros",
    "named 'xl/externalLinks/externalLink1.xml'": "file_has_external_links",
    "external": "file_has_external_links",
    "named '../evil'": "file_unsafe",
    "named '/etc/passwd'": "file_unsafe",
    "named 'XL/Workbook.xml'": "file_unsafe",
    "symlink": "file_unsafe",
    "overlap": "file_unsafe",
    "doctype xl/workbook.xml": "file_unsafe",
    "doctype xl/worksheets/sheet1.xml": "file_unsafe",
    "late-doctype xl/worksheets/sheet1.xml": "file_unsafe",
    "utf16 xl/worksheets/sheet1.xml": "file_unsafe",
    "many members": "file_bomb",
    "directory bomb": "file_bomb",
    "high ratio": "file_bomb",
    "understated": "file_bomb",
    "two-corners": "file_too_heavy",
    "encrypted": "file_encrypted",
    "old": "file_is_xls",
    "suffix .xls": "file_is_xls",
    "suffix .xlsm": "file_has_macros",
}
REFUSED_LATER = {"external", "late-doctype xl/worksheets/sheet1.xml", "understated", "two-corners"}


def test_hostile_files_are_refused_for_the_right_reason_before_parsing(
    excel: ExcelFormat, tmp_path: Path, files: list[tuple[str, str, bytes]]
) -> None:
    found = {name: (suffix, content) for name, suffix, content in files}
    for name, code in HOSTILE.items():
        suffix, content = found[name]
        path = tmp_path / f"hostile{suffix}"
        path.write_bytes(content)
        with pytest.raises(InvalidInput) as caught:
            source = excel.open(path, LEVELS)
            assert name in REFUSED_LATER, f"{name} was not refused before parsing"
            list(source.pull(None))
        assert (name, caught.value.code) == (name, code)


def test_hyperlinks_are_no_external_links(tmp_path: Path, raw: Any, read: Any) -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Target="mailto:a@b.example" TargetMode="External" Type="http://'
        b'schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>'
    )
    path = tmp_path / "links.xlsx"
    path.write_bytes(raw(None, **{"xl/worksheets/_rels/sheet1.xml.rels": link}))
    assert [person.name for person in read(path).people] == ["Ada"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"file_bytes": 1024}, "file_too_large"),
        ({"unpacked_bytes": 1024}, "file_bomb"),
        ({"rows": 1}, "file_too_many_rows"),
        ({"wait_seconds": 0.001}, "file_too_heavy"),
    ],
)
def test_limits_of_the_settings(read_rows: Any, tmp_path: Path, limits: Any, code: str) -> None:
    row = ["Ada", "ada@company.example"]
    read_rows([["Name", "Email"], row, row])
    tight = ExcelFormat(ExcelSettings().model_copy(update=limits))
    with pytest.raises(InvalidInput) as caught:
        list(tight.open(tmp_path / "rows.xlsx", ()).pull(None))
    assert caught.value.code == code


def test_the_reading_process_gets_no_secrets_and_leaves_nothing_behind(
    excel: ExcelFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOS_SECRET_KEY", "top-secret")
    path = tmp_path / "people.csv"
    # More than the pipe holds, or the process may have ended before anyone looks for it.
    path.write_text("Name,Email\n" + f"{'Ada' * 30},ada@company.example\n" * 60_000)
    pulled = excel.open(path, ()).pull(None)
    next(pulled)
    own = Path(f"/proc/{os.getpid()}/task")
    children = [
        child for task in own.iterdir() for child in (task / "children").read_text().split()
    ]
    readers = [
        c for c in children if b"sos_excel.reader" in Path(f"/proc/{c}/cmdline").read_bytes()
    ]
    assert len(readers) == 1
    environment = Path(f"/proc/{readers[0]}/environ").read_bytes()
    assert b"top-secret" not in environment
    limit, _ = resource.prlimit(int(readers[0]), resource.RLIMIT_AS)
    assert 0 < limit <= excel.settings.memory_bytes
    pulled.close()
    assert not Path(f"/proc/{readers[0]}").exists()


def test_a_system_that_allows_no_wide_pipes_reads_as_well(
    read_rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.fcntl

    def narrow(pipe: Any, command: int, value: Any = 0) -> Any:
        if command == fcntl.F_SETPIPE_SZ:
            raise PermissionError(1, "Operation not permitted")
        return real(pipe, command, value)

    monkeypatch.setattr(fcntl, "fcntl", narrow)
    rows = [["Name", "Email"], ["Ada", "ada@company.example"]]
    assert [person.name for person in read_rows(rows, levels=()).people] == ["Ada"]


@pytest.mark.parametrize("number", ["NaN", "1e999", "-1e999", "1e15"])
def test_numbers_that_are_none(tmp_path: Path, raw: Any, read: Any, number: str) -> None:
    texts = ("Name", "Email", "Employee ID"), ("Ada", "a@company.example", "")
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in zip("ABC", cells, strict=True)
            if text
        )
        + (f'<c r="C2"><v>{number}</v></c></row>' if row == 2 else "</row>")
        for row, cells in enumerate(texts, 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path = tmp_path / "numbers.xlsx"
    path.write_bytes(raw(f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'))
    assert read(path).rejected == [("cell_number_long", 2, "Employee ID")]


def test_searching_stays_linear_in_hostile_sheets() -> None:
    """Count the searches that a hostile sheet takes; four times the size may take about as many."""

    def searches(size: int) -> int:
        scan = SheetScan(b"")
        data = b"<sheetData>" + b"<row r='1' hidden='1'><c r='A1' t='e'><f>" * size
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            for start in range(0, len(data), 1 << 16):
                scan.feed(data[start : start + (1 << 16)])
        finally:
            sys.setprofile(None)
        return calls

    assert searches(40_000) < 5 * searches(10_000)
