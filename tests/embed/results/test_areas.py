"""<sos-areas>: radar, bars and table, compared with one thing at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.embed.results import samples
from tests.embed.results.conftest import SchemaApi

BODY = "<sos-areas unit='u-north'{}></sos-areas>"
Show = Callable[..., Page]


@pytest.fixture
def areas(page: Page, show: Show) -> Page:
    show(page, BODY.format(""))
    expect(page.locator("sos-areas svg.chart")).to_be_visible()
    return page


def test_a_wide_place_gets_radar_and_sorted_bars(areas: Page) -> None:
    areas.set_viewport_size({"width": 1200, "height": 900})
    areas.evaluate(
        "document.adoptedStyleSheets = [new CSSStyleSheet()];"
        "document.adoptedStyleSheets[0].replaceSync('main{max-width:none!important}')"
    )
    expect(areas.locator("sos-areas .pair svg.chart")).to_have_count(2)
    bars = areas.locator("sos-areas .pair svg.chart").nth(1)
    labels = [row.text_content() or "" for row in bars.locator(".choice").all()]
    assert "Growing existing customers" in labels[0]
    assert "Skills and learning" in labels[-1]


def test_a_phone_gets_bars(areas: Page) -> None:
    areas.set_viewport_size({"width": 375, "height": 800})
    expect(areas.get_by_role("button", name="Radar")).to_have_count(0)
    expect(areas.get_by_role("button", name="Bars")).to_have_attribute("aria-pressed", "true")


def test_the_reader_learns_more_by_pointing_and_by_keyboard(areas: Page) -> None:
    told = areas.locator("sos-areas .readout")
    expect(told).to_contain_text("Overall score")
    expect(told).to_contain_text("± 2.6 points")
    row = areas.locator("sos-areas").get_by_role("button", name="Creating new")
    row.focus()
    expect(told).to_contain_text("Creating new opportunities")
    expect(told).to_contain_text("▼ −10 compared with the benchmark's median (58)")
    expect(told).to_contain_text("Better than 35 of 100 sales organizations in Nordic sales 2026")
    areas.locator("sos-areas").get_by_role("button", name="Skills and").hover()
    expect(told).to_contain_text("fewer than three of its statements")


def test_where_nothing_differs_the_two_are_called_level(areas: Page) -> None:
    told = areas.locator("sos-areas .readout")
    areas.locator("sos-areas").get_by_role("button", name="Goals").focus()
    expect(told).to_contain_text("level with the benchmark's median (66)")
    areas.get_by_role("button", name="Previous survey").click()
    areas.get_by_role("button", name="Bars").click()
    areas.locator("sos-areas").get_by_role("button", name="Goals").focus()
    expect(told).to_contain_text("level with Spring 2026 (66)")
    expect(told).not_to_contain_text("compared with")


def test_a_choice_is_told_to_the_host(areas: Page) -> None:
    areas.evaluate("window.drilled = []")
    areas.evaluate("addEventListener('sos-drill', (event) => drilled.push(event.detail))")
    areas.locator("sos-areas").get_by_role("button", name="Winning deals").focus()
    areas.keyboard.press("Enter")
    assert areas.evaluate("drilled") == [{"unit": "u-north", "area": "winning"}]


@pytest.mark.parametrize(
    ("compare", "button", "reference"),
    [
        ("previous", "Previous survey", "Spring 2026"),
        ("parent", "Level above", "Nordic Industrial"),
        ("none", "No comparison", None),
    ],
)
def test_it_is_compared_with_one_thing_at_a_time(
    areas: Page, results_api: SchemaApi, compare: str, button: str, reference: str | None
) -> None:
    asked = len(results_api.asked)
    areas.get_by_role("button", name=button).click()
    expect(areas.locator("sos-areas")).to_have_attribute("compare", compare)
    legend = areas.locator("sos-areas .legend")
    if reference:
        expect(legend).to_contain_text(reference)
    else:
        expect(legend).not_to_contain_text("Benchmark")
        expect(areas.locator("sos-areas .shape.reference")).to_have_count(0)
    assert len(results_api.asked) == asked, "everything that it compares with is there already"


def test_color_needs_more_than_noise(areas: Page) -> None:
    areas.get_by_role("button", name="Previous survey").click()
    areas.get_by_role("button", name="Bars").click()
    rows = areas.locator("sos-areas").get_by_role("button")
    expect(rows.filter(has_text="Winning deals").locator(".delta")).to_have_class("delta good")
    expect(rows.filter(has_text="Winning deals").locator(".delta")).to_have_text("▲ +5")
    expect(rows.filter(has_text="Direction").locator(".delta")).to_have_text("+2")
    expect(rows.filter(has_text="Direction").locator(".delta")).to_have_class("delta ")


def test_a_missing_comparison_is_said(areas: Page, results_api: SchemaApi) -> None:
    for part in ("areas", "overall"):
        found = results_api.units["u-industrial"][part]
        for score in [area["score"] for area in found] if part == "areas" else [found]:
            score["previous"] = None
    areas.locator("sos-areas").evaluate(
        "(one) => { one.compare = 'previous'; one.unit = 'u-industrial' }"
    )
    expect(areas.locator("sos-areas .remark")).to_contain_text("There is no earlier survey")


def test_the_table_tells_margin_answers_and_place(areas: Page) -> None:
    areas.get_by_role("button", name="Table").click()
    table = areas.locator("sos-areas").get_by_role("table")
    row = table.get_by_role("row", name="Growing existing")
    expect(row.get_by_role("cell")).to_have_text(
        [
            "77",
            "± 2.6",
            "141",
            "68",
            "▲ +9",
            "Better than 65 of 100 sales organizations in Nordic sales 2026 (n = 64)",
        ]
    )
    expect(table.get_by_role("row", name="Skills").get_by_role("cell").first).to_have_text(
        "Not shown"
    )
    expect(table.get_by_role("row")).to_have_count(11)


def test_the_table_can_be_saved(areas: Page) -> None:
    with areas.expect_download() as waiting:
        areas.locator("sos-areas").get_by_role("button", name="Save data").click()
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:4] == ["Area", "Score", "Margin (±)", "Answers"]
    assert rows[1][:3] == ["Direction and market focus", "71", "2.6"]


def test_the_score_of_a_larger_group_is_lighter_and_named(
    areas: Page, results_api: SchemaApi
) -> None:
    samples.stood_in(results_api.units["u-industrial"]["areas"][0])
    areas.locator("sos-areas").evaluate("(one) => { one.unit = 'u-industrial' }")
    words = "with Region North + Nord AS (230 people)"
    expect(areas.locator("sos-areas .dot.larger")).to_have_count(1)
    areas.get_by_role("button", name="Bars").click()
    row = areas.locator("sos-areas").get_by_role("button", name="Direction")
    expect(row).to_contain_text("with Region North")
    expect(row.locator(".fill.larger")).to_have_count(1)
    expect(row.locator(".delta")).to_have_count(0)
    areas.get_by_role("button", name="Table").click()
    expect(areas.locator("sos-areas").get_by_role("row", name="Direction")).to_contain_text(words)


def test_many_hidden_areas_share_one_sentence(areas: Page, results_api: SchemaApi) -> None:
    unit = results_api.units["u-industrial"]
    for area in unit["areas"][:2]:
        area["score"] = {**unit["areas"][6]["score"]}
    areas.locator("sos-areas").evaluate("(one) => { one.unit = 'u-industrial' }")
    notes = areas.locator("sos-areas .whys li")
    expect(notes).to_have_text(
        "No score here for Direction and market focus, Customer insight and value, "
        "and Skills and learning, since fewer than three of their statements may be shown."
    )
    for area in unit["areas"]:
        area["score"] = {**unit["areas"][6]["score"]}
    areas.locator("sos-areas").evaluate("(one) => one.refresh()")
    expect(notes).to_contain_text("No area has a score here")
    expect(areas.locator("sos-areas .chart text.score").first).to_have_text("···")
