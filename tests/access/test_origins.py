"""Origins: one exact form, and every game with addresses refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sos_core.access.origins import clean_origin, clean_origins
from sos_core.errors import InvalidInput

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
PORTS = st.integers(1, 65535)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://intranet.example", "https://intranet.example"),
        (" https://Intranet.Example/ ", "https://intranet.example"),
        ("https://intranet.example:443", "https://intranet.example"),
        ("https://intranet.example:8443", "https://intranet.example:8443"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
    ],
)
def test_an_origin_has_one_form(written: str, kept: str) -> None:
    assert clean_origin(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "*",
        "null",
        "https://*",
        "https://*.example",
        "intranet.example",
        "//intranet.example",
        "http://intranet.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://intranet.example",
        "javascript://intranet.example",
        "https://intranet.example.",
        "https://.example",
        "https://a..example",
        "https://user@intranet.example",
        "https://user:secret@intranet.example",
        "https://intranet.example/path",
        "https://intranet.example?x",
        "https://intranet.example#x",
        "https://intranet.example//",
        "https://intranet.example\\.evil.example",
        "https://intranet.example:0",
        "https://intranet.example:65536",
        "https://intranet.example:0443x",
        "https://intranet.example:08443",
        "https://intranet.example:",
        "https://intranet example",
        "https://intranet.example\nhttps://evil.example",
        "https://intranet.example;script-src *",
        "https://intranet.example 'unsafe-inline'",
        "https://bücher.example",
        "https://intranet\u3002example",
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 130}example",
    ],
)
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_origin(written)
    assert caught.value.code == "origin_wrong"


@given(st.lists(LABELS, min_size=1, max_size=4), PORTS)
def test_cleaning_twice_changes_nothing(labels: list[str], port: int) -> None:
    once = clean_origin(f"https://{'.'.join(labels)}:{port}")
    assert clean_origin(once) == once
    assert (port == 443) == (once.count(":") == 1)


@given(st.text(max_size=60))
def test_anything_else_is_refused_in_words(written: str) -> None:
    try:
        kept = clean_origin(written)
    except InvalidInput:
        return
    assert kept.startswith(("https://", "http://"))
    assert kept.isascii()
    assert not set(kept) & set(" ;,'\"*@\\")


def test_origins_are_a_short_list_without_repetition() -> None:
    wanted = ["https://b.example", "https://a.example/", "https://B.example", ""]
    assert clean_origins(wanted) == ("https://a.example", "https://b.example")
    for wrong in ([], ["", " "], [f"https://{n}.example" for n in range(21)]):
        with pytest.raises(InvalidInput) as caught:
            clean_origins(wrong)
        assert caught.value.code == "origins_count"
