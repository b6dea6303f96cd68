"""<sos-summary>: a unit's results on one sheet."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.embed.results.conftest import SchemaApi

BODY = "<sos-summary unit='u-north'></sos-summary>"
Show = Callable[..., Page]


@pytest.fixture
def summary(page: Page, show: Show) -> Page:
    show(page, BODY)
    expect(page.locator("sos-summary .headline")).to_be_visible()
    return page


def test_it_tells_everything_in_words(summary: Page) -> None:
    element = summary.locator("sos-summary")
    expect(element.locator(".headline")).to_contain_text("an overall score of 64 of 100")
    figures = element.locator(".kpis")
    for words in ("Strengthen", "± 2.6 points", "73 %", "148 of 203 invited", "Better than 55"):
        expect(figures).to_contain_text(words)
    headings = ["Strengths", "Opportunities", "Suggestions", "Activity in a typical week"]
    for name in headings:
        expect(element.get_by_role("heading", name=name)).to_be_visible()
    expect(element.locator(".strengths li")).to_have_count(3)
    expect(element.locator(".strengths li").first).to_contain_text(
        "9 points above Nordic Industrial. Unchanged since “Spring 2026”."
    )
    expect(element.locator(".suggestions")).to_contain_text("Book two shared prospecting blocks")
    expect(element.locator("section.hidden")).to_contain_text("fewer than three of its statements")
    expect(element.locator("section.hidden")).to_contain_text("synthetic organizations")


def test_changes_are_colored_only_beyond_noise(summary: Page) -> None:
    before, above = summary.locator("sos-summary .kpis .delta").all()
    expect(before).to_have_text("+1")
    expect(before).to_have_class("delta ")
    expect(above).to_have_text("▲ +5")


def test_an_area_leads_on(summary: Page) -> None:
    summary.evaluate("addEventListener('sos-drill', (event) => window.drilled = event.detail)")
    summary.get_by_role("button", name="Creating new opportunities").click()
    assert summary.evaluate("drilled") == {"unit": "u-north", "area": "opportunities"}


def test_no_overall_score_has_a_reason(page: Page, show: Show, results_api: SchemaApi) -> None:
    reason = "There is no overall score here, since it needs all nine areas."
    empty = dict.fromkeys(("value", "interval", "answerCount", "band", "bandName", "parent"))
    results_api.units["u-north"]["overall"] = {
        **empty,
        "missing": [],
        "previous": None,
        "benchmark": None,
        "hidden": reason,
    }
    show(page, BODY)
    expect(page.locator("sos-summary .kpis")).to_contain_text(reason)


def test_a_unit_without_a_rate_of_its_own_shows_none(
    page: Page, show: Show, results_api: SchemaApi
) -> None:
    show(page, "<sos-summary unit='u-industrial'></sos-summary>")
    figures = page.locator("sos-summary .kpis")
    expect(figures.locator(".main")).to_be_visible()
    expect(figures).not_to_contain_text("Answered")


def test_it_fits_on_one_printed_page(summary: Page) -> None:
    sheet = summary.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
