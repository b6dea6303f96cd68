"""Published results in the browser, as each role sees them in the demonstration."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sos_core.content import text
from sos_core.surveys.queries import surveys
from tests.flows.house import House, widget

ORGANIZATION = 1
LOOKS = {
    "wide": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
BOARD = ("sos-summary", "sos-areas", "sos-heatmap", "sos-question", "sos-comments")


@pytest.fixture
def results(demo: House, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Return a function that signs a role in and opens the newest results."""

    def go(role: str, **look: object) -> Page:
        page = demo.sign_in(open_page(**look), role, "/app/results")
        for name in BOARD:
            widget(page, name)
        return page

    return go


def published(demo: House) -> list[str]:
    """Return the titles of the two surveys of Nordvik that have results, the newest first."""
    with demo.application.database.read(ORGANIZATION) as session:
        return [view.title for view in surveys(session) if view.state == "sealed"]


@pytest.mark.parametrize("look", LOOKS)
def test_the_board_of_an_administrator(
    demo: House, results: Callable[..., Page], axe: Callable[..., list[str]], look: str
) -> None:
    newest, before = published(demo)
    page = results("admin", **LOOKS[look])
    expect(page.get_by_role("heading", level=1)).to_have_text(newest)
    score = page.locator("sos-summary .kpis .main b").first
    expect(score).to_have_text(re.compile(r"^\d\d$"))
    areas = page.locator("sos-areas")
    areas.get_by_role("button", name="Previous survey").click()
    expect(areas).to_contain_text(before)
    areas.get_by_role("button", name="Table").click()
    expect(areas.get_by_role("row").filter(has_text="Winning deals")).to_be_visible()
    expect(page.locator("sos-summary")).to_contain_text("synthetic")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_first_page_has_the_running_survey_and_the_newest_results(
    demo: House, open_page: Callable[..., Page], axe: Callable[..., list[str]], look: str
) -> None:
    page = demo.sign_in(open_page(**LOOKS[look]), "admin")
    expect(widget(page, "sos-response-rate").locator(".big")).to_be_visible()
    areas = widget(page, "sos-areas")
    expect(areas).to_contain_text(published(demo)[0])
    expect(areas.get_by_role("button", name="Save data")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []


def test_the_heatmap_leads_down_to_a_team_and_back(results: Callable[..., Page]) -> None:
    page = results("admin")
    heatmap = page.locator("sos-heatmap")
    expect(heatmap.get_by_role("rowheader")).to_have_count(2)
    for name in ("Industry", "Nordics"):
        heatmap.get_by_role("rowheader", name=name).get_by_role("button").first.click()
        expect(heatmap.get_by_role("navigation").locator("[aria-current=page]")).to_have_text(name)
    cells = heatmap.get_by_role("gridcell").all_inner_texts()
    assert len(cells) >= 20
    assert all(text.strip() for text in cells)
    heatmap.get_by_role("navigation").get_by_role("button", name="Nordvik").click()
    expect(heatmap.get_by_role("rowheader").first).to_contain_text("Nordvik")


def test_the_whole_page_goes_where_the_heatmap_goes(results: Callable[..., Page]) -> None:
    page = results("admin")
    heatmap, crumbs = page.locator("sos-heatmap"), page.locator("nav.crumbs")
    heatmap.get_by_role("rowheader", name="Industry").get_by_role("button").first.click()
    for name in BOARD:
        expect(page.locator(name).first).to_contain_text("Industry · Sales survey")
    expect(crumbs.locator("[aria-current=page]")).to_have_text("Industry")
    below = page.get_by_role("navigation", name="Units below")
    expect(below.get_by_role("link", name="Overseas")).to_be_visible()
    # The address can be loaded anew, and going back leads back.
    again = page.reload()
    assert again is not None
    assert again.ok
    expect(widget(page, "sos-summary")).to_contain_text("Industry · Sales survey")
    page.go_back()
    expect(crumbs.locator("[aria-current=page]")).to_have_text("Nordvik")
    expect(widget(page, "sos-summary")).to_contain_text("Nordvik · Sales survey")


def test_regions_of_one_name_stand_beside_each_other(results: Callable[..., Page]) -> None:
    page = results("admin")
    cuts = widget(page, "sos-cuts")
    expect(cuts).to_contain_text("do not fit this one closely enough")
    cuts.get_by_role("button", name="Region, across the organization").click()
    expect(cuts).to_contain_text("No two units of this level have the same name")


def test_statements_and_comments_can_be_read(results: Callable[..., Page]) -> None:
    page = results("admin")
    question = page.locator("sos-question")
    expect(question).to_contain_text("Mean")
    comments = page.locator("sos-comments")
    expect(comments.locator("li").first).to_be_visible()
    expect(comments).to_contain_text("never two by one person together")
    comments.get_by_role("searchbox").fill("zzz no such word")
    expect(comments).to_contain_text("No comment contains")


def test_a_leader_reads_their_own_region_in_their_language(results: Callable[..., Page]) -> None:
    page = results("leader")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("header nav a")).to_have_count(2)
    page.locator("main nav").get_by_role("link", name="Industry").click()
    below = page.locator("main nav.crumbs + h1 ~ nav, main nav:not(.crumbs)")
    expect(below.get_by_role("link", name="Nordics")).to_be_visible()
    expect(below.get_by_role("link", name="Overseas")).to_have_count(0)
    below.get_by_role("link", name="Nordics").click()
    expect(widget(page, "sos-comments").locator("li").first).to_be_visible()


def test_a_participant_sees_figures_but_not_comments(results: Callable[..., Page]) -> None:
    page = results("participant")
    expect(page.locator("sos-summary .kpis")).to_be_visible()
    comments = page.locator("sos-comments")
    expect(comments.locator("li")).to_have_count(0)
    language = page.locator("html").get_attribute("lang") or ""
    expect(comments).to_contain_text(text(language, "error.results_not_for_you.what"))


def test_what_one_may_not_see_is_not_there(results: Callable[..., Page], demo: House) -> None:
    page = results("participant")
    with demo.application.database.read(ORGANIZATION) as session:
        [running] = [survey.id for survey in surveys(session) if survey.state == "open"]
    asked = {
        "/app/people": 403,
        "/app/surveys": 403,
        f"/app/surveys/{running}": 403,
        f"/app/results/{running}": 404,
    }
    found = {path: page.request.get(demo.base + path).status for path in asked}
    assert found == asked
