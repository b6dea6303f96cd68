"""Systematically broken and hostile files: (name, file name suffix, bytes)."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

Broken = tuple[str, str, bytes]
SHEET = "xl/worksheets/sheet1.xml"
CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
Parts = dict[str, bytes]


def in_sheet(rows: str) -> str:
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def in_row(cells: str) -> str:
    return in_sheet(f"<row r='1'>{cells}</row>")


SHEETS = {
    "unclosed": "<worksheet><sheetData><row r='1'><c r='A1'>",
    "crossed": "<worksheet><sheetData><row></sheetData></row></worksheet>",
    "no-root": "just words",
    "empty-root": "<worksheet/>",
    "other-root": "<html><body>Name</body></html>",
    "row-zero": in_sheet("<row r='0'><c r='A0'><v>1</v></c></row>"),
    "row-negative": in_sheet("<row r='-5'><c r='A-5'><v>1</v></c></row>"),
    "row-huge": in_sheet("<row r='99999999999'><c r='A99999999999'><v>1</v></c></row>"),
    "row-words": in_sheet("<row r='one'><c r='one'><v>1</v></c></row>"),
    "column-huge": in_row("<c r='ZZZZZZ1'><v>1</v></c>"),
    "column-none": in_row("<c r='11'><v>1</v></c>"),
    "name-empty": in_row("<c r=''><v>1</v></c>"),
    "string-beyond": in_row("<c r='A1' t='s'><v>99</v></c>"),
    "string-negative": in_row("<c r='A1' t='s'><v>-1</v></c>"),
    "type-unknown": in_row("<c r='A1' t='zz'><v>1</v></c>"),
    "style-beyond": in_row("<c r='A1' s='999'><v>1</v></c>"),
    "not-a-number": in_row("<c r='A1'><v>NaN</v></c>"),
    "number-words": in_row("<c r='A1' t='n'><v>many</v></c>"),
    "infinite": in_row("<c r='A1'><v>1e999</v></c>"),
    "bool-odd": in_row("<c r='A1' t='b'><v>7</v></c>"),
    "date-odd": in_row("<c r='A1' t='d'><v>never</v></c>"),
    "nested-rows": in_row("<row r='2'><c r='A1'><v>1</v></c></row>"),
    "far-cell": in_sheet("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "two-corners": in_row(
        "<c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c>"
    ),
    "deep": in_sheet("<row>" * 50_000),
    "deep-text": in_sheet("<row r='1'><c t='inlineStr'>" + "<is>" * 50_000 + "</c></row>"),
    "entity": in_row("<c r='A1' t='str'><v>&boom;</v></c>"),
    "bad-reference": in_row("<c r='A1' t='str'><v>&#xD800;&#99999999;</v></c>"),
    "merge-odd": in_sheet("").replace(
        "</w", "<mergeCells><mergeCell ref='Z9:A1'/><mergeCell ref='x'/></mergeCells></w"
    ),
    "merge-huge": in_sheet("").replace(
        "</w", "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells></w"
    ),
    "dimension-lie": "<worksheet><dimension ref='A1:XFD1048576'/><sheetData/></worksheet>",
    "dimension-odd": "<worksheet><dimension ref='??'/><sheetData/></worksheet>",
    "hidden-everywhere": in_sheet("<row r='9' hidden='1'/>" * 500_000),
    "formulas-everywhere": in_sheet("<row r='1'><c r='A1'><f>1</f></c></row>" * 450_000),
    "formulas-open": in_sheet("<row r='1'>" + "<c r='A1'><f>" * 200_000),
    "formula-nameless": in_row("<c><f>1</f></c>"),
    "one-long-row": in_sheet("<row r='1'>" + "<c r='A1'><v>1</v></c>" * 600_000 + "</row>"),
    "tag-without-end": "<worksheet><sheetData><row " + "x" * 3_000_000,
    "half-letters": in_row("<c r='A1' t='str'><v>\udcff\udcfe</v></c>"),
}
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def broken_files(parts: Parts, zipped: Callable[[Parts], bytes]) -> Iterator[Broken]:
    """Yield every broken file that is made from a correct workbook's ``parts``."""
    whole = zipped(parts)
    yield from _cut(whole)
    yield from _flipped(whole)
    for name, changed in _changed_parts(parts):
        yield name, ".xlsx", zipped(changed)
    for name, text in SHEETS.items():
        sheet = text.replace("<worksheet", f"<worksheet {SPACE}", 1)
        yield name, ".xlsx", zipped({**parts, SHEET: sheet.encode("utf-8", "surrogateescape")})
    yield from _lies(whole, parts)
    yield from _games(parts)
    yield from _bombs(parts)
    yield from _texts()


def _cut(whole: bytes) -> Iterator[Broken]:
    for step in range(30):
        yield f"cut-{step}", ".xlsx", whole[: len(whole) * step // 30]
    yield "doubled", ".xlsx", whole + whole
    yield "prefixed", ".xlsx", b"#!/bin/sh\n" + whole
    yield "suffixed", ".xlsx", whole + bytes(100_000)


def _flipped(whole: bytes) -> Iterator[Broken]:
    chance = random.Random(7)
    for number in range(60):
        content = bytearray(whole)
        for _ in range(1 + number % 3):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        yield f"flip-{number}", ".xlsx", bytes(content)


def _changed_parts(parts: Parts) -> Iterator[tuple[str, Parts]]:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>'
    for name, content in parts.items():
        start, end = content[:55], content[55:]
        yield f"without {name}", {key: value for key, value in parts.items() if key != name}
        for label, changed in {
            "empty": b"",
            "noise": random.Random(name).randbytes(500),
            "unclosed": content[: len(content) // 2],
            "doctype": start + bomb + end,
            "late-doctype": start + b"<!--" + b" " * 70_000 + b"-->" + bomb + end,
            "utf16": content.decode().encode("utf-16"),
            "other": b"<?xml version='1.0'?><x><y/></x>",
        }.items():
            yield f"{label} {name}", {**parts, name: changed}


def _lies(whole: bytes, parts: Parts) -> Iterator[Broken]:
    # Offsets in a directory entry, and in a local header, of what is lied about.
    fields = {"flags": (8, 6), "method": (10, 8), "crc": (16, 14), "packed": (20, 18)}
    fields |= {"unpacked": (24, 22), "name": (28, 26), "extra": (30, 28)}
    for name, (central, local) in fields.items():
        for place, mark, offset in (("central", CENTRAL, central), ("local", LOCAL, local)):
            for value in (1, 9, 0xFFFF):
                content = bytearray(whole)
                at = whole.find(mark) + offset
                content[at : at + 2] = struct.pack("<H", value)
                yield f"lie {place} {name} {value}", ".xlsx", bytes(content)
    yield "overlap", ".xlsx", _patched(whole, 42, struct.pack("<I", 0), last=True)
    yield "far-offset", ".xlsx", _patched(whole, 42, struct.pack("<I", 0x7FFFFFFF))
    yield "understated", ".xlsx", _understated(parts)


def _patched(whole: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    at = (whole.rfind(CENTRAL) if last else whole.find(CENTRAL)) + offset
    return whole[:at] + value + whole[at + len(value) :]


def _understated(parts: Parts) -> bytes:
    """Return a workbook whose sheet claims 1,000 bytes, in both headers, and unpacks to 60 MiB."""
    content = parts[SHEET].replace(b"</sheetData>", b" " * (60 << 20) + b"</sheetData>")
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(content) + engine.flush()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, packed if name == SHEET else part)
    data = bytearray(buffer.getvalue())
    crc = struct.pack("<I", zlib.crc32(content[:1000]))
    for mark, method, check, size, name_offset in (
        (LOCAL, 8, 14, 22, 30),
        (CENTRAL, 10, 16, 24, 46),
    ):
        at = data.find(mark)
        while not data.startswith(SHEET.encode(), at + name_offset):
            at = data.index(mark, at + 1)
        data[at + method : at + method + 2] = struct.pack("<H", 8)
        data[at + check : at + check + 4] = crc
        data[at + size : at + size + 4] = struct.pack("<I", 1000)
    return bytes(data)


def _games(parts: Parts) -> Iterator[Broken]:
    names = ["../evil", "/etc/passwd", "xl\\..\\evil", "C:evil", "a/./b", "a//b", "XL/Workbook.xml"]
    names += ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/activeX/activeX1.xml"]
    names += ["xl/macrosheets/sheet9.xml", "new\nline"]
    for name in names:
        yield f"named {name!r}", ".xlsx", _archive({**parts, name: b"x"})
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16
    yield "symlink", ".xlsx", _archive({**parts, link: b"/etc/passwd"})
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        info = zipfile.ZipInfo("xl/other")
        info.compress_type = method
        yield f"method {method}", ".xlsx", _archive({**parts, info: b"x" * 100})
    relations = "xl/_rels/workbook.xml.rels"
    outside = b'<Relationship Id="x" Type="t/externalLinkPath" Target="h" TargetMode="External"/>'
    end = b"</Relationships>"
    changed = parts[relations].replace(end, outside + end)
    yield "external", ".xlsx", _archive({**parts, relations: changed})
    macro = parts["[Content_Types].xml"].replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    yield "macro type", ".xlsx", _archive({**parts, "[Content_Types].xml": macro})
    for suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".pdf", ""):
        yield f"suffix {suffix}", suffix, _archive({**parts})
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    yield "old", ".xlsx", ole
    yield "encrypted", ".xlsx", ole + "EncryptedPackage".encode("utf-16-le")


def _bombs(parts: Parts) -> Iterator[Broken]:
    yield "many members", ".xlsx", _archive({**parts, **{f"m/{n}": b"" for n in range(300)}})
    yield "high ratio", ".xlsx", _archive({**parts, "xl/big.xml": b" " * (30 << 20)})
    directory = CENTRAL + bytes(42)
    yield "directory bomb", ".xlsx", LOCAL + bytes(60) + directory * 20_000 + b"PK\5\6" + bytes(18)


def _texts() -> Iterator[Broken]:
    chance = random.Random(3)
    yield "csv nul", ".csv", b"Name,Email\nA\x00da,a@company.example\n"
    yield "csv quote", ".csv", b'Name,Email\n"Ada,a@company.example\n' + b"x,y\n" * 5000
    yield "csv field", ".csv", b"Name,Email\n" + b"x" * 500_000 + b",a@company.example\n"
    yield "csv columns", ".csv", b"Name,Email" + b",x" * 100_000 + b"\nAda,a@company.example\n"
    yield "csv half utf8", ".csv", "Namn,E-post\nÅ,å@ö.example\n".encode()[:-9] + b"\xc3\n"
    yield "csv half utf16", ".csv", "Name,Email\nA,a@b.example\n".encode("utf-16")[:-1]
    yield "csv surrogate", ".csv", "Name,Email\n".encode("utf-16") + b"\x00\xd8\x00\xd8"
    yield "csv huge", ".csv", b"Name,Email\n" + b"x" * (21 << 20)
    yield "csv returns", ".csv", b"Name,Email\rAda,a@company.example\r\r\r"
    for number in range(12):
        yield f"csv noise {number}", ".csv", b"Name,Email\n" + chance.randbytes(300)


def _archive(parts: dict[str | zipfile.ZipInfo, bytes] | Parts) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
