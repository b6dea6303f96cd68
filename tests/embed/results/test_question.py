"""<sos-question>: one statement beside the unit above and the survey before."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.embed.results.conftest import SchemaApi

FIXED = "<sos-question unit='u-north' question='winning.dropping_early'></sos-question>"
Show = Callable[..., Page]


@pytest.fixture
def question(page: Page, show: Show) -> Page:
    show(page, FIXED)
    expect(page.locator("sos-question svg.chart")).to_be_visible()
    return page


def test_the_statement_is_the_heading_and_its_figures_are_told(question: Page) -> None:
    element = question.locator("sos-question")
    expect(element.get_by_role("heading")).to_have_text("We drop weak opportunities early.")
    expect(element.locator(".kpis")).to_contain_text("2.9 of 5 ± 0.1")
    expect(element.locator(".kpis")).to_contain_text("35%")
    expect(element.locator(".kpis")).to_contain_text("146 answers")
    expect(element.locator(".kpis")).to_contain_text("of 100 sales organizations")
    expect(element.get_by_role("combobox")).to_have_count(0)


def test_it_stands_beside_above_and_before(question: Page, results_api: SchemaApi) -> None:
    table = question.locator("sos-question").get_by_role("table")
    heads = table.get_by_role("rowheader")
    expect(heads).to_have_text(["Region North", "Nordic Industrial", "Spring 2026"])
    rows = table.get_by_role("row")
    expect(rows.nth(1).get_by_role("cell").first).to_have_text("12%")
    expect(rows.nth(2).get_by_role("cell").first).to_have_text("17%")
    expect(rows.nth(3).get_by_role("cell").first).to_have_text("15%")
    assert results_api.variables == [
        {"unit": "u-north", "key": "winning.dropping_early"},
        {"unit": "u-industrial", "key": "winning.dropping_early"},
    ]


def test_a_change_is_colored_only_beyond_noise(question: Page) -> None:
    before, above = question.locator("sos-question .kpis .delta").all()
    expect(before).to_have_text("−0.1")
    expect(before).to_have_class("delta ")
    expect(above).to_have_text("▲ +0.3")
    expect(above).to_have_class("delta good")


def test_hidden_shares_have_a_reason(page: Page, show: Show) -> None:
    show(page, "<sos-question unit='u-north' question='winning.close_forecast'></sos-question>")
    element = page.locator("sos-question")
    expect(element.locator(".whys")).to_contain_text("shown only for a larger group")
    expect(element.locator("svg .hatched").first).to_be_visible()
    expect(element.locator(".kpis")).to_contain_text("3.6 of 5")
    expect(element.locator(".kpis")).to_contain_text("Not shown")


def test_a_unit_above_that_may_not_be_seen_is_left_out(
    page: Page, show: Show, results_api: SchemaApi
) -> None:
    del results_api.units["u-industrial"]
    show(page, FIXED)
    heads = page.locator("sos-question").get_by_role("table").get_by_role("rowheader")
    expect(heads).to_have_text(["Region North", "Spring 2026"])


def test_the_reader_may_choose_from_all(page: Page, show: Show) -> None:
    show(page, "<sos-question unit='u-north'></sos-question>")
    page.evaluate("addEventListener('sos-select', (event) => window.chosen = event.detail)")
    menu = page.get_by_role("combobox", name="Choose another statement")
    expect(menu.get_by_role("option")).to_have_count(36)
    menu.select_option("skills.rehearsal")
    expect(page.locator("sos-question").get_by_role("heading")).to_contain_text(
        "We practice important"
    )
    expect(menu).to_have_value("skills.rehearsal")
    assert page.evaluate("chosen") == {"question": "skills.rehearsal"}


def test_the_menu_names_what_is_shown_however_it_came_there(page: Page, show: Show) -> None:
    show(page, "<sos-question unit='u-north'></sos-question>")
    menu = page.get_by_role("combobox", name="Choose another statement")
    turn = "(element, area) => { element.area = area }"
    page.locator("sos-question").evaluate(turn, "winning")
    expect(menu).to_have_value(re.compile(r"^winning\."))
    winning = menu.input_value()
    menu.select_option("skills.rehearsal")
    menu.select_option(winning)
    for area in ("skills", "winning"):
        page.locator("sos-question").evaluate(turn, area)
        expect(menu).to_have_value(re.compile(rf"^{area}\."))
    assert menu.input_value() == winning


def test_an_unknown_statement_is_said(page: Page, show: Show) -> None:
    show(page, "<sos-question unit='u-north' question='no.such'></sos-question>")
    expect(page.get_by_role("alert")).to_contain_text("There is no such statement in this survey.")
