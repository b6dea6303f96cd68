"""The shipped languages, and how people and systems write their names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale

LANGUAGES = ("en", "sv", "nb", "zh-Hans", "sw")
DEFAULT_LANGUAGE = "en"
TAG = re.compile(r"([A-Za-z]{2,3})[-_][A-Za-z0-9_-]+$")


def normalize_language(text: str) -> str | None:
    """Return the shipped language that ``text`` means (tag, code or name), or None.

    Tags may carry a region (``sv-SE``, ``zh_CN``), names may be in any of the five languages and
    may carry a country in brackets. Traditional Chinese is not shipped and gives None.
    """
    name = _fold(text)
    names = _names()
    if name in names:
        return names[name]
    tag = TAG.match(text.strip())
    shortened = tag[1].casefold() if tag else _fold(text.partition("(")[0])
    return names.get(shortened)


def endonym(language: str) -> str:
    """Return a shipped language's name in that language, for example ``Svenska``."""
    return str(_data()[language]["endonym"])


@cache
def locale(language: str) -> Locale:
    """Return Babel's locale of a shipped language."""
    return Locale.parse(language, sep="-")


def _fold(text: str) -> str:
    """Return ``text`` without case, punctuation and width, words separated by one space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@cache
def _data() -> Mapping[str, Any]:
    path = Path(__file__).with_name("languages.json")
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


@cache
def _names() -> Mapping[str, str | None]:
    """Return every known name, folded, with its language; None marks what is not shipped."""
    names: dict[str, str | None] = {_fold(name): None for name in _data()["not_shipped"]}
    for language in LANGUAGES:
        names[_fold(language)] = language
        names.update((_fold(name), language) for name in _data()[language]["names"])
    return MappingProxyType(names)
