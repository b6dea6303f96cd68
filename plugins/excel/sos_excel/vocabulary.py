"""How people write headings, languages and answers, in five languages; read once from texts/."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "sv", "nb", "zh-Hans", "sw")
FIELDS = (
    "name",
    "first_name",
    "last_name",
    "email",
    "employee_id",
    "language",
    "user_type",
    "manager_email",
    "leads",
)
EXAMPLE_EMAIL = "kim.example@company.example"
"""Marks the example row of a template: nobody can have an address that ends with .example."""


SIGNS = str.maketrans({"#": "no", "✓": "yes", "✔": "yes"})


def folded(text: str) -> str:
    """Return letters and digits of ``text`` without case, width, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", text.translate(SIGNS)).casefold()
    return "".join(c for c in plain if c.isalnum())


@cache
def texts(language: str) -> Mapping[str, Any]:
    """Return the words and template texts of a language, those of English where it is unknown."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    path = Path(__file__).with_name("texts") / f"{known}.json"
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


@cache
def field_names() -> Mapping[str, str]:
    """Return every known heading, folded, with the field that it means."""
    return _reversed("fields")


@cache
def level_kinds() -> Mapping[str, str]:
    """Return every known heading of a level, folded, with the kind of level that it means."""
    return _reversed("levels")


@cache
def language_names() -> Mapping[str, str]:
    """Return every known name and tag of a language, folded, with its shipped tag."""
    return _reversed("languages")


@cache
def user_types() -> Mapping[str, str]:
    """Return every known word for a user type, folded, with ``participant`` or ``viewer``."""
    return _reversed("user_types")


@cache
def answers() -> Mapping[str, bool]:
    """Return every known word for yes and no, folded."""
    return {word: kind == "yes" for word, kind in _reversed("answers").items()}


@cache
def unit_words() -> frozenset[str]:
    """Return every heading, folded, that means a unit without saying of which level."""
    return frozenset(folded(word) for name in LANGUAGES for word in texts(name)["any_level"])


def _reversed(group: str) -> Mapping[str, str]:
    return MappingProxyType(
        {
            folded(word): key
            for name in LANGUAGES
            for key, words in texts(name)[group].items()
            for word in (key, *words)
        }
    )
