"""<sos-comments>: to read by area, and to search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.embed.results.conftest import SchemaApi

BODY = "<sos-comments unit='u-north'></sos-comments>"
Show = Callable[..., Page]


@pytest.fixture
def comments(page: Page, show: Show) -> Page:
    show(page, BODY)
    expect(page.locator("sos-comments .count")).to_have_text("20 comments")
    return page


def test_they_stand_below_their_prompts(comments: Page) -> None:
    part = comments.get_by_role("region", name="Direction and market focus")
    expect(part).to_contain_text("Where are we spending effort on the wrong customers?")
    expect(part.get_by_role("listitem")).to_have_count(4)
    expect(comments.locator("sos-comments .foot")).to_contain_text("in random order")


def test_long_lists_open_on_request(comments: Page) -> None:
    part = comments.get_by_role("region", name="Winning deals")
    expect(part.get_by_role("listitem")).to_have_count(8)
    part.get_by_role("button", name="Show 5 more").click()
    expect(part.get_by_role("listitem")).to_have_count(13)


@pytest.mark.parametrize(
    ("words", "found", "marked"),
    [
        ("SPREADSHEETS", 1, ["spreadsheets"]),
        ("manga kundbesok", 1, ["många", "kundbesök"]),
        ("الوقت", 1, ["الوقت"]),
        ("number 1", 5, None),
        (".", 20, None),
    ],
)
def test_searching_forgives_case_and_accents(
    comments: Page, words: str, found: int, marked: list[str] | None
) -> None:
    comments.get_by_role("searchbox").fill(words)
    expect(comments.locator("sos-comments .count")).to_have_text(f"{found} of 20 comments found")
    if marked:
        expect(comments.locator("sos-comments mark")).to_have_text(marked)


def test_nothing_found_is_said_with_the_next_step(comments: Page) -> None:
    comments.get_by_role("searchbox").fill("zzz")
    expect(comments.locator("sos-comments .content")).to_contain_text("No comment contains “zzz”.")
    expect(comments.locator("sos-comments .content")).to_contain_text("Try fewer or shorter words")


def test_an_area_can_be_chosen(comments: Page) -> None:
    comments.get_by_role("combobox", name="Area").select_option("leadership")
    expect(comments.locator("sos-comments .count")).to_have_text("3 comments")
    expect(comments.get_by_role("region")).to_have_count(1)


def test_all_areas_are_chosen_again_where_another_unit_is_shown(comments: Page) -> None:
    menu = comments.get_by_role("combobox", name="Area")
    for chosen in ("leadership", "", "leadership"):
        menu.select_option(chosen)
    expect(comments.get_by_role("region")).to_have_count(1)
    comments.locator("sos-comments").evaluate("(element) => { element.unit = 'u-industrial' }")
    expect(comments.locator("sos-comments .note").first).to_contain_text("Nordic Industrial")
    expect(menu).to_have_value("")


def test_what_is_written_stays_text(page: Page, show: Show, results_api: SchemaApi) -> None:
    text = "<img src=x onerror=alert(1)> & <b>bold</b>"
    results_api.units["u-north"]["comments"]["prompts"][0]["comments"] = [text]
    show(page, BODY)
    expect(page.get_by_role("listitem").first).to_have_text(text)
    expect(page.locator("sos-comments img")).to_have_count(0)


def test_too_few_is_said(page: Page, show: Show, results_api: SchemaApi) -> None:
    hidden = "There are too few answers to show comments."
    results_api.units["u-north"]["comments"] = {
        "__typename": "Comments",
        "prompts": [],
        "hidden": hidden,
    }
    show(page, BODY)
    expect(page.locator("sos-comments .state")).to_have_text(hidden)
    expect(page.get_by_role("searchbox")).to_have_count(0)


def test_one_who_may_not_read_them_is_told(page: Page, show: Show, results_api: SchemaApi) -> None:
    what, remedy = "Comments are for leaders.", "Ask your leader what people wrote."
    results_api.units["u-north"]["comments"] = {
        "__typename": "NotAllowed",
        "code": "not_allowed",
        "what": what,
        "remedy": remedy,
    }
    show(page, BODY)
    expect(page.locator("sos-comments .state")).to_have_text(f"{what} {remedy}")
    expect(page.get_by_role("heading", name="What people wrote")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_only_one_area_is_asked_for(page: Page, show: Show, results_api: SchemaApi) -> None:
    show(page, "<sos-comments unit='u-north' area='winning'></sos-comments>")
    expect(page.locator("sos-comments .content")).to_be_visible()
    assert results_api.variables == [{"unit": "u-north", "area": "winning"}]
