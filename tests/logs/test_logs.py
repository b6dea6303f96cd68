"""Logs carry no secret, no answer, and on respondents' routes nobody."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from sos_core.log_redaction import STRUCK_OUT, clean, hide_respondents, is_secret_key, redact
from sos_core.logs import configure_logging, request_context
from sos_core.settings import Settings


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "X-Api-Key",
        "Authorization",
        "refreshToken",
        "answers",
        "set-cookie",
        "MY_SECRET",
    ],
)
def test_values_of_secret_keys_are_struck_out(key: str) -> None:
    event = {"event": "x", key: "hunter2", "deep": {"list": [{key: {"a": 5}}]}}
    assert "hunter2" not in str(redact(None, "info", event))
    assert redact(None, "info", event)["deep"] == {"list": [{key: STRUCK_OUT}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer hunter2hunter2", "Authorization"),
        ("eyJhbGciOiJFZERTQSJ9.eyJodW50ZXIyIjoxfQ.hunter2 refused", "refused"),
        ("could not reach postgresql://sos:hunter2@db/sos", "@db/sos"),
        ("GET https://x.example/s/hunter2/page?lang=sv", "/page?lang=sv"),
        ("{'password': 'hunter2', 'a': 1}", "'a': 1"),
        ("token=hunter2&next=1", "next=1"),
        ('"answers": {"trust_1": "hunter2"} in line 3', "in line 3"),
        ("key hunter2" + "a7" * 30 + " is bad", "is bad"),
    ],
)
def test_secrets_inside_texts_are_struck_out(text: str, kept: str) -> None:
    assert "hunter2" not in clean(text)
    assert kept in clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "job ended badly",
        "room.act of 2026-03-02T09:00:00Z took 0.25 s",
        "ORGANIZATION_ID 17, request 7d0f4c1e-8a52-4d3e-9a51-0b6f9d1f3c55",
        'File "sos_core/jobs/broker.py", line 12, in settle',
    ],
)
def test_plain_texts_are_left_alone(text: str) -> None:
    assert clean(text) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_redaction_takes_whatever_comes(value: object) -> None:
    assert redact(None, "info", {"event": "x", "value": value})["event"] == "x"


def test_numbers_and_flags_under_harmless_keys_stay() -> None:
    event = {"event": "x", "job": 5, "wait": 0.5, "ok": True, "missing": None}
    assert redact(None, "info", event) == event
    assert not is_secret_key("organization_id")


def test_respondents_routes_tell_nobody() -> None:
    line = {"event": "answered", "route": "/s/{token}", "user_id": 5, "ip": "127.0.0.1", "ms": 3}
    assert hide_respondents(None, "info", dict(line)) == {
        "event": "answered",
        "route": "/s/{token}",
        "ms": 3,
    }
    elsewhere = line | {"route": "/scim/v2/Users"}
    assert hide_respondents(None, "info", dict(elsewhere)) == elsewhere


def test_own_lines_and_those_of_libraries_take_one_road(out: io.StringIO) -> None:
    with request_context("r-1", "/files/{id}", "GET"):
        structlog.get_logger("sos_core.x").info("opened", size=5, password="hunter2")
        logging.getLogger("library").warning("password=%s", "hunter2")
    own, foreign = lines(out)
    assert "hunter2" not in out.getvalue()
    for line in (own, foreign):
        assert (line["request_id"], line["route"], line["method"]) == ("r-1", "/files/{id}", "GET")
    assert (own["event"], own["size"], own["level"], own["logger"]) == (
        "opened",
        5,
        "info",
        "sos_core.x",
    )
    assert foreign["logger"] == "library"
    assert not [key for line in (own, foreign) for key in line if key.startswith("_")]


def test_tracebacks_are_cleaned_too(out: io.StringIO) -> None:
    try:
        raise RuntimeError("cannot sign in with password=hunter2")
    except RuntimeError:
        structlog.get_logger("a").exception("failed")
        logging.getLogger("b").exception("failed")
    assert ["RuntimeError: cannot" in str(line["exception"]) for line in lines(out)] == [True, True]
    assert "hunter2" not in out.getvalue()


def test_the_servers_own_access_log_is_silent(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /s/link HTTP/1.1"')
    logging.getLogger("uvicorn.error").info("started")
    assert [line["event"] for line in lines(out)] == ["started"]


def test_the_level_of_the_settings_holds() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    stream = io.StringIO()
    configure_logging(Settings(log_level="warning", log_format="console"), stream=stream)
    structlog.get_logger("a").info("quiet")
    structlog.get_logger("a").warning("loud", count=3)
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()
    assert "count=3" in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_value_cannot_begin_a_line_of_its_own(out: io.StringIO, form: str) -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_format=form), stream=stream)
    structlog.get_logger("a").info("opened", name="x\n2026-01-01 [info] forged\r\x1b[2J")
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert "\r" not in written
    assert "\x1b" not in written
