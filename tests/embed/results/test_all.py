"""What holds for every result widget: nothing bars the way, nothing is left unsaid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.responses import JSONResponse

from tests.embed.results.conftest import SchemaApi
from tests.embed.test_gallery import OVERFLOW, VIEWPORTS

NAMES = ("areas", "question", "heatmap", "comments", "summary")
ALL = "".join(
    f"<sos-{name} unit='u-north' heading-level='2' loading='eager'></sos-{name}>" for name in NAMES
)
Axe = Callable[..., list[str]]
Open = Callable[..., Page]
Show = Callable[..., Page]


def everything(page: Page) -> Page:
    """Wait until all widgets have drawn what they fetched."""
    for name in NAMES:
        expect(page.locator(f"sos-{name} .content")).to_be_visible()
        expect(page.locator(f"sos-{name} section.frame")).to_have_attribute("aria-busy", "false")
    for name in ("areas", "question"):
        expect(page.locator(f"sos-{name} svg.chart").first).to_be_visible()
    return page


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(open_page: Open, axe: Axe, show: Show, theme: str, size: str) -> None:
    page = everything(show(open_page(viewport=VIEWPORTS[size]), ALL, theme=theme))
    assert axe(page) == []


def test_tables_bar_no_way_either(page: Page, axe: Axe, show: Show) -> None:
    everything(show(page, ALL))
    for button in page.get_by_role("button", name="Table", exact=True).all():
        button.click()
    expect(page.locator("svg.chart")).to_have_count(0)
    assert axe(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("query", ["lang=en-XA", "lang=sw&dir=rtl", "lang=zh-Hans", "lang=nb"])
def test_nothing_hangs_over_the_edge(open_page: Open, show: Show, query: str, size: str) -> None:
    wanted = dict(part.split("=") for part in query.split("&"))
    page = everything(show(open_page(viewport=VIEWPORTS[size]), ALL, **wanted))
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_targets_are_large_enough(open_page: Open, show: Show) -> None:
    page = everything(show(open_page(viewport=VIEWPORTS["phone"], has_touch=True), ALL))
    small = page.evaluate(
        """() => [...document.querySelectorAll('main > *')]
          .filter((one) => one.shadowRoot).flatMap((element) =>
          [...element.shadowRoot.querySelectorAll('button, select, input, [role=gridcell]')]
            .map((control) => [control.outerHTML.slice(0, 90), control.getBoundingClientRect()])
            .filter(([, box]) => box.width && Math.min(box.width, box.height) < 43.5)
            .map(([text]) => text))"""
    )
    assert small == []


def test_forced_colors_and_print(open_page: Open, show: Show) -> None:
    wide = {"width": 1400, "height": 900}
    page = open_page(forced_colors="active", color_scheme="dark", viewport=wide)
    # Whoever prints is not told that the sheet is narrower than the window.
    page.add_init_script(
        """ResizeObserver = class { observe() {} disconnect() {} };
        addEventListener('DOMContentLoaded',
          () => { document.querySelector('main').style.maxInlineSize = 'none' })"""
    )
    everything(show(page, ALL))
    page.emulate_media(media="print", forced_colors="none")
    text = page.locator("sos-summary .frame").evaluate("(one) => getComputedStyle(one).color")
    assert text == "rgb(27, 31, 36)"
    expect(page.get_by_role("button", name="Print or save")).to_be_hidden()
    expect(page.locator("sos-areas svg.chart")).to_have_count(2)
    page.set_viewport_size({"width": 720, "height": 1000})
    charts = page.locator("svg.chart")
    edges = charts.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().right)")
    assert max(edges) <= 720


def test_nothing_published_is_said_calmly(page: Page, show: Show, results_api: SchemaApi) -> None:
    results_api.published = False
    show(page, ALL)
    for name in NAMES:
        said = page.locator(f"sos-{name} .state")
        expect(said).to_contain_text("No survey has published results yet.")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_servers_own_words_are_shown(page: Page, show: Show, results_api: SchemaApi) -> None:
    what, remedy = "Results appear on 4 December.", "Come back then."
    results_api.units["u-north"] = {
        "__typename": "NotPublished",
        "code": "not_published",
        "what": what,
        "remedy": remedy,
    }
    show(page, ALL)
    for name in NAMES:
        expect(page.locator(f"sos-{name} .state strong")).to_have_text(what)
        expect(page.locator(f"sos-{name} .state p")).to_have_text(remedy)
    expect(page.get_by_role("alert")).to_have_count(0)
    for name in NAMES:
        page.locator(f"sos-{name}").evaluate("(one) => { one.unit = 'elsewhere' }")
        refused = page.locator(f"sos-{name}").get_by_role("alert")
        expect(refused).to_contain_text("There is no such unit, or none that you may see.")
        expect(refused).to_contain_text("Go back and choose another one.")


def test_a_busy_server_can_be_asked_again(page: Page, show: Show, results_api: SchemaApi) -> None:
    error = {"message": "m", "extensions": {"code": "unavailable"}}
    results_api.answers.append(JSONResponse({"errors": [error]}))
    show(page, "<sos-heatmap unit='u-north'></sos-heatmap>")
    element = page.locator("sos-heatmap")
    expect(element.get_by_role("alert")).to_contain_text("The server is busy right now.")
    element.evaluate("(one) => one.refresh()")
    expect(element.locator(".content")).to_be_visible()


def test_a_combined_group_is_named(page: Page, show: Show) -> None:
    show(page, ALL.replace("u-north", "u-tromso"))
    for name in ("areas", "heatmap", "summary", "question"):
        notice = page.locator(f"sos-{name} .combined")
        expect(notice).to_contain_text("Tromsø + Bodø (9 people)")
        expect(notice).to_contain_text("Tromsø is too small to be shown alone")


def test_data_from_the_host_needs_no_network(
    page: Page, show: Show, results_api: SchemaApi
) -> None:
    show(page, "<sos-summary unit='u-north'></sos-summary><sos-areas loading='eager'></sos-areas>")
    expect(page.locator("sos-summary .headline")).to_be_visible()
    expect(page.locator("sos-areas .content")).to_be_visible()
    asked = len(results_api.asked)
    given: Any = results_api.units["u-industrial"]
    page.locator("sos-areas").evaluate("(one, data) => { one.data = data }", given)
    expect(page.locator("sos-areas .note").first).to_have_text("Nordic Industrial · Autumn 2026")
    assert len(results_api.asked) == asked
