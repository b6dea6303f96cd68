"""The message catalogs: one flat mapping a language, read once from ``<language>/*.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sos_core import errors
from sos_core.content.formats import date_text, moment_text, number_text
from sos_core.content.languages import DEFAULT_LANGUAGE, LANGUAGES, locale

Entry = str | Mapping[str, str]
"""A text, or a text for each plural category of ``count`` (``one``, ``other`` ...)."""

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
MESSAGE_KINDS = ("error", "rejection", "notice")
GENERAL_CODES = frozenset(
    kind.code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.SosError)
)
"""The codes of the error classes themselves: what they say in English is only in the error."""


@cache
def catalog(language: str) -> Mapping[str, Entry]:
    """Return all texts of a shipped language by key; read from disk once, then shared."""
    if language not in LANGUAGES:
        raise errors.NotFound(
            "There are no texts in the language {language}.",
            "Choose one of the shipped languages.",
            code="unknown_language",
            values={"language": language},
        )
    entries: dict[str, Entry] = {}
    for path in sorted((Path(__file__).parent / language).glob("*.json")):
        entries.update(json.loads(path.read_text(encoding="utf-8")))
    return MappingProxyType(entries)


def text(language: str, key: str, /, **values: object) -> str:
    """Return the text ``key`` with its placeholders filled, in English where it is not translated.

    ``count`` chooses the plural form. Numbers, days and aware instants are written as the language
    writes them; everything else, names and years included, must come as a string. A key or a value
    that is missing is a mistake in the program: KeyError.
    """
    used, entry = _find(language, key)
    template = entry if isinstance(entry, str) else _plural(used, key, entry, values)
    return PLACEHOLDER.sub(lambda match: _fill(used, key, match[1], values), template)


def paragraphs(language: str, key: str, /, **values: object) -> list[str]:
    """Return the filled text ``key`` cut at its blank lines; paragraphs that stay empty are left out.

    So a mail without an introduction has no hole where the introduction would stand.
    """
    parts = re.split(r"\n\s*\n", text(language, key, **values))
    return [part.strip() for part in parts if part.strip()]


def message(
    language: str, code: str, values: Mapping[str, object], kind: str | None = None
) -> tuple[str, str] | None:
    """Return (what, remedy) of an error, rejection or notice; None where ``code`` has no text.

    ``kind`` is one of MESSAGE_KINDS; without it the first of them that knows ``code`` is used.
    None also means that the error's own English serves: where ``values`` lacks a placeholder, and
    in English for the general code of a class, since the error itself is more exact.
    """
    if language == DEFAULT_LANGUAGE and code in GENERAL_CODES and kind in {None, "error"}:
        return None
    for name in (kind,) if kind else MESSAGE_KINDS:
        what = f"{name}.{code}.what"
        remedy = f"{name}.{code}.remedy"
        known = catalog(DEFAULT_LANGUAGE)
        if what in known:
            try:
                next_step = text(language, remedy, **values) if remedy in known else ""
                return text(language, what, **values), next_step
            except KeyError:
                return None
    return None


def _find(language: str, key: str) -> tuple[str, Entry]:
    """Return the language that has ``key``, the wanted one before English, and the entry."""
    for candidate in (language, DEFAULT_LANGUAGE):
        entry = catalog(candidate).get(key)
        if entry is not None:
            return candidate, entry
    raise KeyError(f"no text has the key {key}")


def _plural(language: str, key: str, forms: Mapping[str, str], values: Mapping[str, object]) -> str:
    """Return the form for ``count``, which may be a number or the digits of one."""
    try:
        count = Decimal(str(values["count"]))
        category = locale(language).plural_form(count)
    except (KeyError, InvalidOperation) as error:
        raise KeyError(f"the text {key} needs a number as count") from error
    return forms.get(category, forms["other"])


def _fill(language: str, key: str, name: str, values: Mapping[str, object]) -> str:
    if name not in values:
        raise KeyError(f"the text {key} needs a value for {name}")
    value = values[name]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number_text(language, value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return moment_text(language, value, value.tzinfo)
    if isinstance(value, date) and not isinstance(value, datetime):
        return date_text(language, value)
    return str(value)
