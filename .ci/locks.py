"""Reads the locks: every library with its exact version, its hashes, and what it is there for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(
    r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)(?: ; ([^\\\n]+?))?((?: \\\n    --hash=\w+:[0-9a-f]+)+)$",
    re.MULTILINE,
)
HASH = re.compile(r"--hash=(\w+):([0-9a-f]+)")
SCOPES = ("required", "optional", "excluded")
"""What a library is there for: every installation, some systems, or building and tests alone."""


@dataclass(frozen=True, slots=True)
class Library:
    """One version of one library; ``hashes`` are pairs of algorithm and digits, one a file."""

    ecosystem: str
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    scope: str


def libraries(root: Path = ROOT) -> list[Library]:
    """Return what every lock below ``root`` names, each version once, by ecosystem and name."""
    found: dict[tuple[str, str, str], Library] = {}
    for one in _all(root):
        key = (one.ecosystem, one.name, one.version)
        known = found.get(key, one)
        found[key] = replace(
            one,
            hashes=tuple(sorted({*known.hashes, *one.hashes})),
            scope=min(known.scope, one.scope, key=SCOPES.index),
        )
    return [found[key] for key in sorted(found)]


def normalized(name: str) -> str:
    """Return the name of a Python library as the package index compares it.

    >>> normalized("Foo._Bar")
    'foo-bar'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def _all(root: Path) -> Iterator[Library]:
    yield from _python(root / ".ci/lock.txt", excluded=False)
    yield from _python(root / ".ci/lock-test.txt", excluded=True)
    yield from _node(root / "embed/package-lock.json", excluded=False)
    yield from _node(root / "tests/embed/package-lock.json", excluded=True)


def _python(path: Path, *, excluded: bool) -> Iterator[Library]:
    for name, version, marker, hashes in PINNED.findall(path.read_text(encoding="utf-8")):
        scope = "excluded" if excluded else "optional" if marker else "required"
        pairs = tuple((algorithm.upper(), digits) for algorithm, digits in HASH.findall(hashes))
        named = tuple((algorithm.replace("SHA", "SHA-"), digits) for algorithm, digits in pairs)
        yield Library("PyPI", normalized(name), version, named, scope)


def _node(path: Path, *, excluded: bool) -> Iterator[Library]:
    for place, held in json.loads(path.read_text(encoding="utf-8"))["packages"].items():
        name = held.get("name") or place.rpartition("node_modules/")[2]
        if not place or held.get("link"):
            continue
        kept_out = excluded or held.get("dev", False)
        scope = "excluded" if kept_out else "optional" if held.get("optional") else "required"
        algorithm, _, digest = held["integrity"].partition("-")
        digits = base64.b64decode(digest, validate=True).hex()
        named = algorithm.upper().replace("SHA", "SHA-")
        yield Library("npm", name, held["version"], ((named, digits),), scope)
