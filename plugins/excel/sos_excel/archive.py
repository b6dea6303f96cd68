"""What a workbook is built of, checked byte by byte before anything parses it."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from sos_excel.messages import refusal

if TYPE_CHECKING:
    from sos_excel.settings import ExcelSettings

MEBIBYTE = 1024 * 1024
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
DIRECTORY_ENTRY = b"PK\x01\x02"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
LOCAL_HEADER = struct.Struct("<4s5HLLL2H")
SIZES_FOLLOW = 0x8
ENCRYPTED = 0x1
BEYOND_32_BITS = 0xFFFFFFFF
PROLOG_BYTES = 64 * 1024
CHUNK_BYTES = MEBIBYTE
SMALL_MEMBER = MEBIBYTE
ACTIVE = ("vbaproject", "activex/", "macrosheets/", "dialogsheets/", "vbadata")
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
MARKUP = (".xml", ".rels", ".vml")
UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)


def check(file: BinaryIO, settings: ExcelSettings) -> None:
    """Raise InvalidInput where ``file`` is no plain .xlsx workbook within the limits.

    Reads the zip directory, every local header and the first 64 KiB of each XML part; parses none.
    """
    with opened(file, settings) as archive:
        members = archive.infolist()
        _check_names(members)
        _check_sizes(members, settings)
        try:
            _check_places(file, archive, members)
            _check_prologs(archive, members)
        except UNPACKING_ERRORS as error:
            raise refusal("file_damaged") from error


def opened(file: BinaryIO, settings: ExcelSettings) -> zipfile.ZipFile:
    """Return the zip archive in ``file``; raise InvalidInput where there is none of a sane size."""
    file.seek(0)
    content = file.read(settings.file_bytes + 1)
    if not content:
        raise refusal("file_empty")
    if len(content) > settings.file_bytes:
        raise refusal("file_too_large", limit=settings.file_bytes // MEBIBYTE)
    if content.startswith(OLE_MAGIC):
        raise refusal("file_encrypted" if ENCRYPTED_PACKAGE in content else "file_is_xls")
    if not content.startswith(ZIP_MAGIC):
        raise refusal("file_mismatch", suffix=".xlsx")
    # Counted before zipfile builds an object an entry: a directory may claim any number of them.
    if content.count(DIRECTORY_ENTRY) > settings.members:
        raise refusal("file_bomb")
    try:
        return zipfile.ZipFile(file)
    except UNPACKING_ERRORS as error:
        raise refusal("file_damaged") from error


def inflated(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's real content in chunks; raise InvalidInput where its header has lied.

    The zip directory is not believed: what comes out is counted, and must end where it says.
    """
    try:
        file.seek(_data_start(file, member))
        left, produced = member.compress_size, 0
        engine = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type else None
        while left:
            packed = file.read(min(left, CHUNK_BYTES // 4))
            if not packed:
                raise refusal("file_damaged")
            left -= len(packed)
            for chunk in _unpack(engine, packed):
                produced += len(chunk)
                if produced > member.file_size:
                    raise refusal("file_bomb")
                yield chunk
        if produced != member.file_size or (engine is not None and not engine.eof):
            raise refusal("file_damaged")
    except UNPACKING_ERRORS as error:
        raise refusal("file_damaged") from error


def _unpack(engine: zlib._Decompress | None, packed: bytes) -> Iterator[bytes]:
    if engine is None:
        yield packed
        return
    while packed and not engine.eof:
        if chunk := engine.decompress(packed, CHUNK_BYTES):
            yield chunk
        packed = engine.unconsumed_tail
    if engine.unused_data:
        raise refusal("file_damaged")


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    names = [member.orig_filename for member in members]
    folded = {name.casefold() for name in names}
    if any(word in name for word in ACTIVE for name in folded):
        raise refusal("file_has_macros")
    if any(name.startswith("xl/externallinks/") for name in folded):
        raise refusal("file_has_external_links")
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise refusal("file_encrypted")
        if _plays_games(member):
            raise refusal("file_unsafe")
    if len(folded) != len(names):
        raise refusal("file_unsafe")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise refusal("file_mismatch", suffix=".xlsx")


def _plays_games(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member's name or kind could lead out of a folder or fool another reader."""
    name = member.orig_filename
    parts = name.rstrip("/").split("/")
    return (
        not name
        or "\\" in name
        or ":" in name
        or any(ord(letter) < 32 for letter in name)
        or any(part in ("", ".", "..") for part in parts)
        or stat.S_ISLNK(member.external_attr >> 16)
        or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    )


def _check_sizes(members: list[zipfile.ZipInfo], settings: ExcelSettings) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > settings.unpacked_bytes:
        raise refusal("file_bomb")
    ratio = settings.compression_ratio
    if unpacked > SMALL_MEMBER and unpacked > ratio * packed:
        raise refusal("file_bomb")
    if any(m.file_size > SMALL_MEMBER and m.file_size > ratio * m.compress_size for m in members):
        raise refusal("file_bomb")


def _check_places(file: BinaryIO, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Raise where members overlap, leave the file, or say other things than the directory."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise refusal("file_unsafe")
        end = _data_start(file, member) + member.compress_size
    if end > archive.start_dir:
        raise refusal("file_unsafe")


def _data_start(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """Return where a member's packed bytes begin; raise where its own header contradicts."""
    file.seek(member.header_offset)
    header = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    magic, flags, method = header[0], header[2], header[3]
    packed, unpacked, name_length, extra_length = header[7:11]
    name = file.read(name_length)
    if magic != ZIP_MAGIC or method != member.compress_type or flags & ENCRYPTED:
        raise refusal("file_unsafe")
    if name != member.orig_filename.encode("utf-8" if flags & 0x800 else "cp437"):
        raise refusal("file_unsafe")
    told = {(member.compress_size, member.file_size), (BEYOND_32_BITS, BEYOND_32_BITS)}
    if flags & SIZES_FOLLOW:
        told.add((0, 0))
    if (packed, unpacked) not in told:
        raise refusal("file_unsafe")
    return int(member.header_offset + LOCAL_HEADER.size + name_length + extra_length)


def _check_prologs(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        if not member.filename.casefold().endswith(MARKUP):
            continue
        with archive.open(member) as part:
            prolog = part.read(PROLOG_BYTES)
        if any(word in prolog for word in DECLARATIONS):
            raise refusal("file_unsafe")
        # UTF-16 would hide the words above; Excel and everybody else write UTF-8.
        if b"\x00" in prolog:
            raise refusal("file_unsafe")
        if member.filename == "[Content_Types].xml" and b"macroEnabled" in prolog:
            raise refusal("file_has_macros")
