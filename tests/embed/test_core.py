"""The small parts, called directly in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page


@pytest.fixture
def call(page: Page, gallery_url: str) -> Any:
    """Return a function that runs a body of JavaScript with the parts as ``core``."""
    page.goto(f"{gallery_url}/?body=")

    def run(body: str, argument: object = None) -> Any:
        return page.evaluate(
            "async (argument) => { const core = await import('/gallery/core.js'); " + body + "}",
            argument,
        )

    return run


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("sv-SE", "sv"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("zh_CN", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("sw-KE", "sw"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language_is_taken(call: Any, wanted: str, tag: str) -> None:
    assert call("return core.matchLocale(argument)", wanted) == tag


def test_texts_are_filled_and_counted(call: Any) -> None:
    catalog = {"p": {"one": "{count} answer", "other": "{count} answers"}, "n": "{a} of {b}"}
    body = """const l = new core.Locale('en', argument);
      return [l.t('p', {count: 1}), l.t('p', {count: 1200}), l.t('n', {a: 'x'}), l.t('gone')]"""
    assert call(body, catalog) == ["1 answer", "1,200 answers", "x of {b}", "gone"]


def test_an_instant_has_the_wall_time_of_its_zone_and_names_it_where_it_differs(call: Any) -> None:
    body = """const l = new core.Locale('sv', {}), here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const at = '2026-11-27T16:00:00Z';
      return [l.dateTime(at, 'Asia/Kolkata'), l.dateTime(at, here) === l.dateTime(at),
              l.dateTime(at, 'Mars/Olympus') === l.dateTime(at)]"""
    assert call(body) == ["27 nov. 2026 21:30 (GMT+5:30)", True, True]


def test_a_day_ends_when_it_is_over_in_its_zone(call: Any) -> None:
    body = """const l = new core.Locale('en', {});
      return argument.map((zone) => new Date(l.endOf('2026-11-18', zone)).toISOString())"""
    assert call(body, ["Asia/Shanghai", "America/New_York", "UTC", "Mars/Olympus"]) == [
        "2026-11-18T15:59:59.000Z",
        "2026-11-19T04:59:59.000Z",
        "2026-11-18T23:59:59.000Z",
        "2026-11-18T23:59:59.000Z",
    ]


def test_numbers_are_written_as_the_language_does(call: Any) -> None:
    body = """const l = new core.Locale(argument, {});
      return [l.percent(0.731), l.number(1234.5), l.signed(-3), l.signed(4), l.signed(0),
              l.date('2026-11-22', 'long')]"""
    assert call(body, "sv") == [
        "73\u00a0%",
        "1\u00a0234,5",
        "\u22123",
        "+4",
        "0",
        "22 november 2026",
    ]
    assert call(body, "zh-Hans")[5] == "2026年11月22日"
    assert call(body, "en")[2] == "\u22123"


def test_shares_part_at_the_middle_of_the_neutral(call: Any) -> None:
    pieces = call("return core.parted([0.1, 0.2, 0.3, 0.25, 0.15])")
    assert [piece["option"] for piece in pieces] == [0, 1, 2, 3, 4]
    ends = [(round(piece["from"], 6), round(piece["to"], 6)) for piece in pieces]
    assert ends == [(-0.45, -0.35), (-0.35, -0.15), (-0.15, 0.15), (0.15, 0.4), (0.4, 0.55)]


def test_empty_shares_leave_no_piece(call: Any) -> None:
    pieces = call("return core.parted([0, 0, 0, 0.5, 0.5])")
    assert [(piece["option"], piece["from"], piece["to"]) for piece in pieces] == [
        (3, 0, 0.5),
        (4, 0.5, 1),
    ]


def test_csv_is_quoted_and_harmless(call: Any) -> None:
    model = {
        "caption": "x",
        "columns": [{"label": "Unit, name"}, {"label": "Score"}],
        "rows": [
            [{"text": '=HYPERLINK("x")'}, {"text": "−3", "value": -3}],
            [{"text": "Team A\nB"}, {"text": "Not shown", "value": None}],
        ],
    }
    assert call("return core.toCsv(argument)", model) == (
        '\ufeff"Unit, name",Score\r\n"\'=HYPERLINK(""x"")",-3\r\n"Team A\nB",Not shown\r\n'
    )


def test_a_refusal_keeps_its_words(call: Any) -> None:
    refused = {"__typename": "NotAllowed", "code": "x", "what": "No.", "remedy": "Ask."}
    body = """try { core.expectMember(argument, 'Plan') } catch (f) {
      return [f instanceof core.Failure, f.code, f.what, f.remedy, f.retryable] }"""
    assert call(body, refused) == [True, "x", "No.", "Ask.", False]
    assert call("return core.expectMember(argument, 'Plan').id", {"__typename": "Plan", "id": 7})


def test_the_first_registration_stays(call: Any, page: Page) -> None:
    warned: list[str] = []
    page.on("console", lambda message: warned.append(message.text))
    body = """class A extends HTMLElement { static version = '1' }
      class B extends HTMLElement { static version = '2' }
      core.define('sos-twice', A); core.define('sos-twice', A); core.define('sos-twice', B);
      return customElements.get('sos-twice') === A"""
    assert call(body) is True
    assert warned == ["<sos-twice> of SOS 1 is in use; version 2 was loaded too."]
