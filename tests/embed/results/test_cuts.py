"""<sos-cuts>: groups across the organization beside each other, refused ones with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.embed.results import samples
from tests.embed.results.conftest import SchemaApi
from tests.embed.test_gallery import OVERFLOW, VIEWPORTS

BODY = "<sos-cuts loading='eager'{}></sos-cuts>"
Show = Callable[..., Page]


def drawn(page: Page) -> Page:
    expect(page.locator("sos-cuts svg.chart")).to_be_visible()
    return page


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    show: Show,
    theme: str,
    size: str,
) -> None:
    page = drawn(show(open_page(viewport=VIEWPORTS[size]), BODY.format(""), theme=theme))
    assert axe(page) == []
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.locator("sos-cuts table").first).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("query", ["lang=en-XA", "lang=sw&dir=rtl", "lang=zh-Hans", "lang=sv"])
def test_nothing_hangs_over_the_edge_of_a_phone(
    open_page: Callable[..., Page], show: Show, query: str
) -> None:
    wanted = dict(part.split("=") for part in query.split("&"))
    page = drawn(show(open_page(viewport=VIEWPORTS["phone"]), BODY.format(""), **wanted))
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_cut_that_can_be_shown_comes_first(page: Page, show: Show) -> None:
    element = drawn(show(page, BODY.format(""))).locator("sos-cuts")
    chosen = element.get_by_role("button", name="Region, across")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    legend = element.locator(".legend li")
    expect(legend).to_have_text(["North", "South", "Halden Group"])
    # Two groups and one line of the whole in each of ten rows; one area has no score.
    expect(element.locator(".chart .sign")).to_have_count(2 * 9 + 2 * 10)
    expect(element.locator(".chart .mark")).to_have_count(9)
    expect(element.locator(".whys")).to_contain_text("West. Not shown: the groups of people")


def test_the_reader_learns_how_far_groups_are_from_the_whole(page: Page, show: Show) -> None:
    element = drawn(show(page, BODY.format(""))).locator("sos-cuts")
    told = element.locator(".readout")
    expect(told).to_contain_text("Overall score")
    expect(told.locator(".line").nth(0)).to_have_text(
        "North: 66 · +2 compared with Halden Group (64)"
    )
    expect(told.locator(".line").nth(1)).to_have_text(
        "South: 57 · ▼ −7 compared with Halden Group (64)"
    )
    element.get_by_role("button", name="Skills and").focus()
    expect(told).to_contain_text("North: Too few statements.")


def test_a_refused_cut_says_why(page: Page, show: Show) -> None:
    element = drawn(show(page, BODY.format(""))).locator("sos-cuts")
    page.evaluate("window.chosen = []")
    page.evaluate("addEventListener('sos-select', (event) => chosen.push(event.detail))")
    element.get_by_role("button", name="Leaders and").click()
    expect(element.locator("svg.chart")).to_have_count(0)
    expect(element.locator(".state")).to_have_text("These groups cannot be shown.")
    expect(element.locator(".whys")).to_contain_text("Not shown: the groups of people")
    element.get_by_role("button", name="Team", exact=True).click()
    expect(element.locator(".whys")).to_have_text("No two units.")
    assert page.evaluate("chosen") == [{"cut": "leaders"}, {"cut": "level:2"}]


def test_a_survey_without_cuts_says_so(page: Page, show: Show, results_api: SchemaApi) -> None:
    results_api.cuts = {**samples.cuts(), "cuts": []}
    show(page, BODY.format(""))
    expect(page.locator("sos-cuts .state")).to_contain_text("No groups across the organization")


def test_many_groups_come_as_a_table(page: Page, show: Show, results_api: SchemaApi) -> None:
    many = [samples.cut_part(f"level:1:{name}", name, 1) for name in "ABCDEFGHI"]
    results_api.cuts["cuts"][1]["parts"] = many
    show(page, BODY.format(""))
    expect(page.get_by_role("columnheader", name="vs Halden Group")).to_have_count(9)
    expect(page.get_by_role("button", name="Chart")).to_have_count(0)


def test_the_figures_can_be_saved(page: Page, show: Show) -> None:
    element = drawn(show(page, BODY.format(""))).locator("sos-cuts")
    with page.expect_download() as waiting:
        element.get_by_role("button", name="Save data").click()
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["Area", "North", "vs Halden Group", "South", "vs Halden Group"]
    assert rows[1] == ["Overall score", "66", "2", "57", "-7"]


def test_an_area_that_is_chosen_is_told_to_the_host(page: Page, show: Show) -> None:
    drawn(show(page, BODY.format("")))
    page.evaluate("window.drilled = []")
    page.evaluate("addEventListener('sos-drill', (event) => drilled.push(event.detail))")
    page.locator("sos-cuts").get_by_role("button", name="Winning deals").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("drilled") == [{"area": "winning"}]
