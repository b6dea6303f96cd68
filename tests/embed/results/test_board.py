"""<sos-board>: what is opened in one element is opened in all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

FOLLOWERS = ("sos-summary", "sos-areas", "sos-heatmap", "sos-question", "sos-comments")
INSIDE = "".join(f"<{name} unit='u-north' loading='eager'></{name}>" for name in FOLLOWERS)
BODY = f"<sos-board unit='u-north'>{INSIDE}</sos-board><sos-areas id='apart'></sos-areas>"


@pytest.fixture
def board(page: Page, show: Callable[..., Page]) -> Page:
    show(page, BODY)
    for name in FOLLOWERS:
        expect(page.locator(f"sos-board {name} .content")).to_be_visible()
    return page


def open_oslo(page: Page) -> None:
    page.locator("sos-heatmap").get_by_role("button", name="Oslo").click()


def test_all_elements_follow_the_heatmap(board: Page) -> None:
    open_oslo(board)
    for name in FOLLOWERS:
        expect(board.locator(f"sos-board {name}")).to_have_attribute("unit", "u-oslo")
        expect(board.locator(f"sos-board {name}")).to_contain_text("Oslo · Autumn 2026")
    expect(board.locator("#apart")).not_to_have_attribute("unit", "u-oslo")


def test_they_go_up_again_together(board: Page) -> None:
    path = board.locator("sos-heatmap").get_by_role("navigation")
    path.get_by_role("button", name="Halden Group").click()
    for name in FOLLOWERS:
        expect(board.locator(f"sos-board {name}")).to_have_attribute("unit", "root")
        expect(board.locator(f"sos-board {name}")).to_contain_text("Halden Group · Autumn 2026")


def test_an_area_leads_to_its_statements(board: Page) -> None:
    board.locator("sos-areas").first.get_by_role("button", name="Winning deals").focus()
    board.keyboard.press("Enter")
    question = board.locator("sos-question")
    expect(question).to_have_attribute("area", "winning")
    chosen = question.get_by_role("combobox")
    expect(question).to_be_focused()
    first = chosen.locator("optgroup[label='Winning deals'] option").first
    expect(chosen).to_have_value(first.get_attribute("value") or "")
    other = chosen.locator("optgroup").first.locator("option").first
    chosen.select_option(other.get_attribute("value"))
    expect(chosen).to_have_value(other.get_attribute("value") or "")
    for name in FOLLOWERS:
        expect(board.locator(f"sos-board {name}")).to_have_attribute("unit", "u-north")


def test_a_page_of_the_host_keeps_its_address(board: Page) -> None:
    before = board.url
    open_oslo(board)
    expect(board.locator("sos-board")).to_have_attribute("unit", "u-oslo")
    assert board.url == before
