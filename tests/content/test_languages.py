"""Languages are recognized however people and systems write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.content import LANGUAGES, endonym, normalize_language, text
from sos_core.content.languages import locale


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("en", "en"), ("EN", "en"), ("en-GB", "en"), ("en_US_POSIX", "en"), ("eng", "en"),
        ("English (United Kingdom)", "en"), ("engelska", "en"), ("英语", "en"), ("Kiingereza", "en"),
        ("sv", "sv"), ("sv-SE", "sv"), ("sv_FI", "sv"), ("Swedish", "sv"), (" SVENSKA ", "sv"),
        ("瑞典语", "sv"), ("Kiswidi", "sv"),
        ("no", "nb"), ("no_NO", "nb"), ("nb-NO", "nb"), ("nn", "nb"), ("norsk", "nb"),
        ("Norsk bokmål", "nb"), ("Norwegian (Bokmål)", "nb"), ("挪威语", "nb"), ("Kinorwe", "nb"),
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh_Hans_CN", "zh-Hans"), ("Chinese", "zh-Hans"),
        ("Chinese (Simplified)", "zh-Hans"), ("中文（简体）", "zh-Hans"), ("普通话", "zh-Hans"),
        ("kinesiska", "zh-Hans"), ("Kichina", "zh-Hans"),
        ("sw", "sw"), ("sw-KE", "sw"), ("sw_TZ", "sw"), ("swahili", "sw"), ("kiswahili", "sw"),
        ("suahili", "sw"), ("斯瓦希里语", "sw"),
    ],
)  # fmt: skip
def test_tags_codes_and_names(written: str, language: str) -> None:
    assert normalize_language(written) == language


@pytest.mark.parametrize(
    "written",
    ["", "  ", "German", "de", "de-SE", "danska", "zh-TW", "zh_Hant_HK", "Chinese (Traditional)",
     "繁體中文", "Norge", "en gång", "no thanks", "?", "(", "s"],
)  # fmt: skip
def test_what_is_not_shipped_is_none(written: str) -> None:
    assert normalize_language(written) is None


@pytest.mark.parametrize("reader", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_in_all_five_languages(reader: str, language: str) -> None:
    code = language.partition("-")[0]
    for name in (text(reader, f"language.{language}"), locale(reader).languages[code]):
        assert normalize_language(name) == language
        assert normalize_language(f" {name.upper()} ") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_names(language: str) -> None:
    assert normalize_language(endonym(language)) == language
    assert normalize_language(language) == language


@given(st.text())
def test_any_text_is_answered(written: str) -> None:
    assert normalize_language(written) in {*LANGUAGES, None}
