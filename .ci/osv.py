"""Advisories in the form of the OSV schema: read from an export, and held against a version."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from locks import normalized
from packaging.version import InvalidVersion, Version

LARGEST = 20 * 1024 * 1024
"""Bytes that one advisory may have unpacked; the largest known ones have a fortieth of it."""
SEMVER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
LOWEST: tuple[Any, ...] = ()


class Unreadable(Exception):
    """A file is no export of advisories, or is damaged; the text says where."""


def advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every advisory of a zip of JSON files, or of one JSON file with one or a list of them.

    Raises Unreadable.
    """
    try:
        texts = _members(path) if zipfile.is_zipfile(path) else [(str(path), path.read_bytes())]
        for name, text in texts:
            yield from _parsed(name, text)
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
    ) as error:
        raise Unreadable(f"{path}: {error}") from error


def affects(entry: Mapping[str, Any], ecosystem: str, version: str) -> bool:
    """Return whether an ``affected`` entry holds a version; raise Unreadable where it cannot be told.

    An entry that names neither versions nor a range of them cannot be told.
    """
    if any(_same(ecosystem, version, listed) for listed in entry.get("versions") or ()):
        return True
    ranges = [one for one in entry.get("ranges") or () if one["type"] in {"ECOSYSTEM", "SEMVER"}]
    if not ranges and not entry.get("versions"):
        raise Unreadable("it names no versions")
    return any(_within(one["events"], ecosystem, version) for one in ranges)


def named(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return the ecosystem and the name of the library that an ``affected`` entry is about."""
    package = entry.get("package") or {}
    ecosystem = str(package.get("ecosystem", "")).partition(":")[0]
    name = str(package.get("name", ""))
    return ecosystem, normalized(name) if ecosystem == "PyPI" else name


def _within(events: list[Mapping[str, str]], ecosystem: str, version: str) -> bool:
    at = _key(ecosystem, version)
    limits = [event["limit"] for event in events if "limit" in event]
    if limits and not any(one == "*" or at < _key(ecosystem, one) for one in limits):
        return False
    within = False
    for key, kind in sorted(_turns(events, ecosystem)):
        if kind == "introduced" and at >= key:
            within = True
        elif (kind == "fixed" and at >= key) or (kind == "last_affected" and at > key):
            within = False
    return within


def _turns(events: list[Mapping[str, str]], ecosystem: str) -> Iterator[tuple[Any, str]]:
    for event in events:
        for kind, written in event.items():
            if kind != "limit":
                yield _key(ecosystem, written), kind


def _key(ecosystem: str, written: str) -> tuple[Any, ...]:
    """Return what versions of an ecosystem are compared by; raise Unreadable for what is none."""
    if written == "0":
        return LOWEST
    if ecosystem == "PyPI":
        try:
            return (Version(written),)
        except InvalidVersion as error:
            raise Unreadable(f"“{written}” is no version") from error
    found = SEMVER.fullmatch(written)
    if found is None:
        raise Unreadable(f"“{written}” is no version")
    parts = found[4].split(".") if found[4] else []
    before = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)
    return int(found[1]), int(found[2]), int(found[3]), (0, before) if parts else (1, ())


def _same(ecosystem: str, version: str, listed: str) -> bool:
    try:
        return _key(ecosystem, version) == _key(ecosystem, listed)
    except Unreadable:
        return version == listed


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith(".json"):
                if member.file_size > LARGEST:
                    raise Unreadable(f"{path}: {member.filename} is too large for an advisory")
                yield f"{path}: {member.filename}", archive.read(member)


def _parsed(name: str, text: bytes) -> Iterator[dict[str, Any]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: no JSON") from error
    for one in held if isinstance(held, list) else [held]:
        whole = isinstance(one, dict) and isinstance(one.get("id"), str)
        if not whole or not isinstance(one.get("affected", []), list):
            raise Unreadable(f"{name}: no advisory in the form of OSV")
        yield one
