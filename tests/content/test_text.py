"""Texts are looked up, fall back to English, choose plural forms and fill placeholders safely."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import LANGUAGES, catalog, message, paragraphs, text
from sos_core.content import catalog as catalog_function
from sos_core.content.catalogs import GENERAL_CODES, PLACEHOLDER
from sos_core.errors import NotFound

KEYS = sorted(catalog("en"))


def values_for(key: str, value: object) -> dict[str, object]:
    entry = catalog("en")[key]
    joined = entry if isinstance(entry, str) else " ".join(entry.values())
    names = dict.fromkeys(PLACEHOLDER.findall(joined), value)
    return names if isinstance(entry, str) else {**names, "count": 2}


@given(st.sampled_from(LANGUAGES), st.sampled_from(KEYS), st.text())
def test_every_text_takes_any_value_as_it_is(language: str, key: str, value: str) -> None:
    values = values_for(key, value)
    filled = text(language, key, **values)
    entry = catalog(language)[key]
    template = entry if isinstance(entry, str) else entry["other"]
    assert filled == PLACEHOLDER.sub(lambda match: str(values[match[1]]), template)


@given(st.sampled_from(LANGUAGES), st.integers(min_value=0, max_value=10**7))
def test_counts_choose_a_form_and_are_written_in_the_language(language: str, count: int) -> None:
    filled = text(language, "results.people", count=count)
    digits = "".join(character for character in filled if character.isdigit())
    assert int(digits) == count


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "1 person"),
        ("en", 0, "0 people"),
        ("en", 1234, "1,234 people"),
        ("sv", 1234, "1\xa0234 personer"),
        ("nb", 2, "2 personer"),
        ("zh-Hans", 1, "1 人"),
        ("sw", 1, "Mtu 1"),
        ("sw", "5", "Watu 5"),
    ],
)
def test_plural_forms(language: str, count: object, expected: str) -> None:
    assert text(language, "results.people", count=count) == expected


def test_values_may_be_called_key_and_language_and_are_never_formatted_twice() -> None:
    filled = text("en", "error.unknown_language.what", language="{key}", key="x")
    assert filled == "SOS does not speak the language “{key}”."


def test_days_and_instants_and_numbers_are_written_in_the_language() -> None:
    day = text("sv", "form.welcome.closes", closes=date(2026, 11, 22))
    assert day == "Undersökningen är öppen till 22 november 2026."
    instant = text("nb", "form.welcome.closes", closes=datetime(2026, 11, 22, 7, 5, tzinfo=UTC))
    assert instant == "Undersøkelsen er åpen til 22. november 2026 07:05."
    assert text("sv", "results.per_week", value=Decimal("2.5")) == "2,5 i veckan"


def test_a_missing_key_or_value_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError, match="no text has the key"):
        text("en", "no.such.key")
    with pytest.raises(KeyError, match="needs a value for closes"):
        text("en", "form.welcome.closes")
    with pytest.raises(KeyError, match="needs a number as count"):
        text("en", "results.people", count="many")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(NotFound) as caught:
        catalog("de")
    assert caught.value.code == "unknown_language"


def test_what_a_language_lacks_is_given_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = dict(catalog("sv"))
    del lacking["results.people"]

    def partly(language: str) -> object:
        return lacking if language == "sv" else catalog_function(language)

    monkeypatch.setattr("sos_core.content.catalogs.catalog", partly)
    assert text("sv", "results.people", count=1234) == "1,234 people"
    assert text("sv", "results.overall") == "Totalpoäng"


def test_catalogs_are_read_once_and_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = catalog("nb")

    def refuse(path: Path, *_: object, **__: object) -> str:
        raise AssertionError(f"{path} is read again")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert catalog("nb") is first
    with pytest.raises(TypeError):
        first["x.y"] = "z"  # type: ignore[index]


def test_paragraphs_leave_out_what_stays_empty() -> None:
    values = values_for("mail.invitation.body", "x")
    whole = paragraphs("en", "mail.invitation.body", **{**values, "introduction": "One.\n\nTwo."})
    assert whole[1:3] == ["One.", "Two."]
    without = paragraphs("en", "mail.invitation.body", **{**values, "introduction": " "})
    assert without == [whole[0], *whole[3:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_of_errors_are_found_by_code(language: str) -> None:
    what, remedy = message(language, "unknown_time_zone", {"zone": "Mars/North"}) or ("", "")
    assert "Mars/North" in what
    assert "Europe/Stockholm" in remedy


def test_a_message_without_its_values_or_of_an_unknown_code_is_none() -> None:
    assert message("sv", "unknown_time_zone", {}) is None
    assert message("sv", "no_such_code", {}) is None
    assert message("sv", "conflict", {}, kind="rejection") is None
    assert message("sv", "conflict", {}, kind="error") is not None


def test_a_general_code_leaves_the_exact_english_sentence_to_the_error() -> None:
    assert message("en", "not_found", {}) is None
    assert message("en", "unknown_time_zone", {"zone": "x"}) is not None
    for code in GENERAL_CODES:
        for language in LANGUAGES[1:]:
            assert message(language, code, {}) is not None
