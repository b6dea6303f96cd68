"""Every language has every text, in every plural form, with the same placeholders, translated."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import sos_core.content
from sos_core.content import LANGUAGES, catalog
from sos_core.content.catalogs import PLACEHOLDER, Entry
from sos_core.content.languages import locale

FOLDER = Path(sos_core.content.__file__).parent
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
SAME_AS_ENGLISH = {
    "sv": {"Person", "Radar", "Swahili", "{count} person", "{names} ({count} person)"},
    "nb": {"Person", "Radar", "Start", "Swahili", "{count} person", "{names} ({count} person)"},
    "zh-Hans": set[str](),
    "sw": set[str](),
}
"""Texts that a language really writes as English does; names and numbers need no entry."""

NAMES = {"SOS", "CRM", "n", "Excel", "CSV", "UTF", "xlsx", "xls", "csv", "Salesforce", "PDF"}
ENGLISH = re.compile(
    r"\b(the|your|you|with|are|this|people|answers|survey|please|which)\b", re.IGNORECASE
)
HAN = re.compile(r"[一-鿿]")


def forms(entry: Entry) -> dict[str, str]:
    return {"other": entry} if isinstance(entry, str) else dict(entry)


def words(text: str) -> set[str]:
    bare = PLACEHOLDER.sub(" ", text)
    return {word for word in re.findall(r"[^\W\d_]+", bare) if word not in NAMES}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_language_has_the_same_files_and_keys(language: str) -> None:
    def keys(of: str) -> dict[str, set[str]]:
        return {
            path.name: set(json.loads(path.read_text(encoding="utf-8")))
            for path in (FOLDER / of).glob("*.json")
        }

    assert keys(language) == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    names = [
        name
        for path in (FOLDER / language).glob("*.json")
        for name, _ in json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    ]
    assert {name for name in names if names.count(name) > 1} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_flat_and_entries_are_filled(language: str) -> None:
    for key, entry in catalog(language).items():
        assert re.fullmatch(r"[a-z][A-Za-z0-9_\-]*(\.[A-Za-z0-9_\-]+)+", key), key
        for text in forms(entry).values():
            assert text.strip(), key
            assert text == text.strip("\n\t"), key
            assert "  " not in text, f"{key} has two spaces in a row"
            assert text == text.replace("{{", "{").replace("}}", "}"), key
            assert "{" not in PLACEHOLDER.sub("", text), f"{key} has a broken placeholder"


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_texts_have_exactly_the_forms_that_the_language_needs(language: str) -> None:
    needed = {*locale(language).plural_form.tags, "other"}
    for key, entry in catalog(language).items():
        if not isinstance(entry, str):
            assert set(entry) == needed, key
            assert any("{count}" in form for form in entry.values()), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_placeholders_are_those_of_the_english_text(language: str) -> None:
    for key, english in catalog("en").items():
        entry = catalog(language)[key]
        assert isinstance(entry, str) == isinstance(english, str), key
        expected = {name for form in forms(english).values() for name in PLACEHOLDER.findall(form)}
        for category, form in forms(entry).items():
            wanted = expected - ({"count"} if category == "one" else set())
            found = set(PLACEHOLDER.findall(form))
            assert wanted <= found <= expected, f"{key} ({category})"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_nothing_was_left_in_english(language: str) -> None:
    same = {
        text
        for key, entry in catalog(language).items()
        for text in set(forms(entry).values()) & set(forms(catalog("en")[key]).values())
        if words(text)
    }
    assert same - SAME_AS_ENGLISH[language] == set()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_texts_are_written_in_their_own_language(language: str) -> None:
    for key, entry in catalog(language).items():
        for text in forms(entry).values():
            if words(text) and language == "zh-Hans":
                assert HAN.search(text), key
            assert not ENGLISH.search(PLACEHOLDER.sub("", text)), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_lengths_are_near_the_english_ones(language: str) -> None:
    shortest, longest = (0.1, 1.0) if language == "zh-Hans" else (0.4, 2.3)
    for key, english in catalog("en").items():
        size = len(forms(english)["other"])
        if size >= 25:
            ratio = len(forms(catalog(language)[key])["other"]) / size
            assert shortest <= ratio <= longest, f"{key}: {ratio:.2f}"


def test_a_locale_file_stays_within_its_budget_for_the_browser() -> None:
    for path in FOLDER.glob("*/*.json"):
        assert path.stat().st_size < 64 * 1024, path.name
