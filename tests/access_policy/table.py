"""The policy: who may have what, read from the files beside this one.

Each section is a type, or ``routes``; each line of it names an audience and what it may have. An
audience is a list of roles and of names from ``audiences.toml``, with commas between them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.access_policy.cast import ROLES
from tests.access_policy.probing import Field

HERE = Path(__file__).parent
AUDIENCES = "audiences.toml"


@cache
def audiences() -> Mapping[str, frozenset[str]]:
    """Return the roles of each audience that has a name."""
    named: dict[str, frozenset[str]] = {role: frozenset({role}) for role in ROLES}
    written = tomllib.loads((HERE / AUDIENCES).read_text("utf-8"))
    for name, words in written.items():
        named[name] = frozenset().union(*(named[part.strip()] for part in words.split(",")))
    return named


def roles_of(words: str) -> frozenset[str]:
    """Return the roles of an audience as it is written; raise KeyError for an unknown one."""
    return frozenset().union(*(audiences()[part.strip()] for part in words.split(",")))


@cache
def table() -> Mapping[Field, frozenset[str]]:
    """Return who may have what; raise ValueError where a row stands twice."""
    rows: dict[Field, frozenset[str]] = {}
    for file in sorted(HERE.glob("*.toml")):
        if file.name == AUDIENCES:
            continue
        for section, lines in tomllib.loads(file.read_text("utf-8")).items():
            for words, names in lines.items():
                for name in names:
                    if (section, name) in rows:
                        raise ValueError(f"{section}.{name} has two rows.")
                    rows[section, name] = roles_of(words)
    return rows
