"""Charts, states and controls in a real browser, under the strict policy, for everybody's eyes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

Axe = Callable[..., list[str]]
Open = Callable[..., Page]
VIEWPORTS = {"wide": {"width": 1200, "height": 900}, "phone": {"width": 375, "height": 800}}
OVERFLOW = """() => [...document.querySelectorAll('main > *')]
  .filter((element) => element.shadowRoot)
  .flatMap((element) => [...element.shadowRoot.querySelectorAll('*')]
    .filter((inner) => !inner.closest('.unseen, .scroll, defs, .tabs'))
    .filter((inner) => {
      const box = inner.getBoundingClientRect(), outer = element.getBoundingClientRect();
      return box.width && (box.left < outer.left - 1 || box.right > outer.right + 1);
    })
    .map((inner) => `${element.localName}: ${inner.outerHTML.slice(0, 120)}`))"""


def show(page: Page, address: str, query: str = "") -> Page:
    page.goto(f"{address}/?{query}")
    expect(page.locator("sos-gallery-trend svg.chart")).to_be_visible()
    expect(page.locator("sos-gallery-states .state.error")).to_be_visible()
    return page


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(
    open_page: Open, axe: Axe, gallery_url: str, theme: str, size: str
) -> None:
    page = show(open_page(viewport=VIEWPORTS[size]), gallery_url, f"theme={theme}")
    assert axe(page) == []


def test_tables_bar_no_way_either(page: Page, axe: Axe, gallery_url: str) -> None:
    show(page, gallery_url)
    for button in page.get_by_role("button", name="Table").all():
        button.click()
    expect(page.locator("svg.chart")).to_have_count(0)
    assert axe(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("query", ["lang=en-XA", "dir=rtl", "lang=zh-Hans", "lang=sv"])
def test_nothing_hangs_over_the_edge(
    open_page: Open, gallery_url: str, query: str, size: str
) -> None:
    page = show(open_page(viewport=VIEWPORTS[size]), gallery_url, query)
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_large_letters_still_fit(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(viewport=VIEWPORTS["phone"]), gallery_url)
    page.evaluate(
        "document.adoptedStyleSheets = [new CSSStyleSheet()];"
        "document.adoptedStyleSheets[0].replaceSync('html{font-size:150%}')"
    )
    page.set_viewport_size({"width": 480, "height": 800})
    expect(page.locator("sos-gallery-areas svg.chart")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []


def test_the_pseudo_language_is_everywhere(page: Page, gallery_url: str) -> None:
    show(page, gallery_url, "lang=en-XA")
    expect(page.locator("sos-gallery-states .state.error strong")).to_contain_text("ţĥé šéŕṽéŕ")
    expect(page.locator("sos-gallery-position .note").first).to_contain_text("64")


def test_a_theme_needs_no_redrawing(page: Page, gallery_url: str) -> None:
    show(page, gallery_url)
    bar = page.locator("sos-gallery-areas .shape.own")
    before = bar.evaluate("(element) => getComputedStyle(element).stroke")
    page.evaluate(
        "document.querySelector('main').style.setProperty('--sos-color-accent', 'rgb(1, 2, 3)')"
    )
    assert before != "rgb(1, 2, 3)"
    assert bar.evaluate("(element) => getComputedStyle(element).stroke") == "rgb(1, 2, 3)"


def test_a_compact_element_takes_less_room(page: Page, axe: Axe, gallery_url: str) -> None:
    show(page, gallery_url)
    for button in page.get_by_role("button", name="Table").all():
        button.click()
    every = "[...document.querySelectorAll('main > *')].filter((one) => one.shadowRoot)"
    heights = f"{every}.reduce((sum, one) => sum + one.offsetHeight, 0)"
    roomy = page.evaluate(heights)
    page.evaluate(f"{every}.forEach((one) => one.setAttribute('density', 'compact'))")
    assert page.evaluate(heights) < 0.9 * roomy
    assert page.evaluate(OVERFLOW) == []
    assert axe(page) == []


def test_auto_follows_the_system(open_page: Open, gallery_url: str) -> None:
    colors = set()
    for scheme in ("light", "dark"):
        page = show(open_page(color_scheme=scheme), gallery_url, "theme=auto")
        frame = page.locator("sos-gallery-areas .frame")
        colors.add(frame.evaluate("(element) => getComputedStyle(element).backgroundColor"))
    assert colors == {"rgb(255, 255, 255)", "rgb(21, 25, 30)"}


def test_bars_are_chosen_with_the_keyboard(page: Page, gallery_url: str) -> None:
    show(page, gallery_url)
    page.evaluate("window.drilled = []")
    page.evaluate("addEventListener('sos-drill', (event) => drilled.push(event.detail.area))")
    page.get_by_role("button", name="Bars").focus()
    page.keyboard.press("Enter")
    first = page.locator("sos-gallery-areas").get_by_role("button", name="Growing existing")
    first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("drilled") == ["growth", "direction"]


@pytest.mark.parametrize(("direction", "key"), [("ltr", "ArrowRight"), ("rtl", "ArrowLeft")])
def test_tabs_move_with_arrows(page: Page, gallery_url: str, direction: str, key: str) -> None:
    show(page, gallery_url, f"dir={direction}")
    tabs = page.locator("sos-gallery-states").get_by_role("tab")
    tabs.nth(2).focus()
    page.keyboard.press(key)
    expect(tabs.nth(0)).to_be_focused()
    expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press(key)
    expect(page.locator("sos-gallery-states [role=tabpanel]")).to_contain_text("no results here")
    page.keyboard.press("End")
    expect(page.locator("sos-gallery-states [role=alert]")).to_be_visible()


def test_every_chart_has_its_table(page: Page, gallery_url: str) -> None:
    show(page, gallery_url)
    for name, rows in {"areas": 9, "question": 4, "position": 1, "trend": 4}.items():
        table = page.locator(f"sos-gallery-{name}").get_by_role("table")
        expect(table.get_by_role("rowheader")).to_have_count(rows)
    cells = page.locator("sos-gallery-areas").get_by_role("row", name="Skills and learning")
    expect(cells).to_contain_text("Not shown")


def test_a_phone_gets_bars_in_the_place_of_the_radar(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(viewport=VIEWPORTS["phone"]), gallery_url)
    areas = page.locator("sos-gallery-areas")
    expect(areas.get_by_role("button", name="Radar")).to_have_count(0)
    expect(areas.get_by_role("button", name="Bars")).to_have_attribute("aria-pressed", "true")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelector('sos-gallery-areas').shadowRoot
          .querySelectorAll('svg text')].map((text) => parseFloat(getComputedStyle(text).fontSize)))"""
    )
    assert smallest >= 13


def test_targets_are_large_enough(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(viewport=VIEWPORTS["phone"], has_touch=True), gallery_url)
    for button in page.locator("button:visible, summary:visible, [role=tab]:visible").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 43.5, button.inner_text()


def test_the_data_can_be_saved(page: Page, gallery_url: str) -> None:
    show(page, gallery_url)
    with page.expect_download() as waiting:
        page.locator("sos-gallery-areas").get_by_role("button", name="Save data").click()
    assert waiting.value.suggested_filename == "nine-areas-of-sales-effectiveness.csv"
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["Area", "Score", "Benchmark", "Difference", "Answers"]
    assert rows[3][:4] == ["Creating new opportunities", "48", "58", "-10"]
    assert rows[7][:2] == ["Skills and learning", "Not shown"]


def test_the_image_can_be_saved(page: Page, gallery_url: str) -> None:
    show(page, gallery_url)
    with page.expect_download() as waiting:
        page.locator("sos-gallery-areas").get_by_role("button", name="Save image").click()
    with Image.open(waiting.value.path()) as image:
        assert image.width > 1200
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 20) or []}
    assert {(255, 255, 255), (11, 92, 173)} <= colors, "surface and accent are in the picture"


def test_print_is_light_and_without_controls(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(), gallery_url, "theme=dark")
    page.emulate_media(media="print")
    frame = page.locator("sos-gallery-areas .frame")
    text = frame.evaluate("(element) => getComputedStyle(element).color")
    assert text == "rgb(27, 31, 36)"
    expect(page.get_by_role("button", name="Save data").first).to_be_hidden()


def test_forced_colors_keep_the_marks(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(forced_colors="active"), gallery_url)
    surface, mark = page.evaluate(
        """() => { const root = document.querySelector('sos-gallery-areas').shadowRoot;
          return [getComputedStyle(root.querySelector('.frame')).backgroundColor,
                  getComputedStyle(root.querySelector('.shape.own')).stroke]; }"""
    )
    assert surface != mark


def test_motion_is_left_out_when_asked(open_page: Open, gallery_url: str) -> None:
    page = show(open_page(reduced_motion="reduce"), gallery_url)
    page.locator("sos-gallery-states").get_by_role("tab", name="Waiting").click()
    bone = page.locator("sos-gallery-states .bones i").first
    assert bone.evaluate("(element) => getComputedStyle(element).animationName") == "none"


def test_an_element_is_loaded_when_it_comes_near(page: Page, gallery_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show(page, gallery_url)
    assert sum("sos-provider" in url for url in asked) == 1
    assert sum("/locales/en-" in url for url in asked) == 1
    assert not any("/export-" in url for url in asked), "fetched only when somebody exports"


def test_words_that_could_not_be_had_are_asked_for_again(
    page: Page, gallery_url: str, expected_faults: list[str]
) -> None:
    """Without them no element could even offer to try again."""
    expected_faults.append("ERR_FAILED")
    page.clock.install()
    page.add_init_script(
        "self.told = new Promise((go) => addEventListener('sos-error', (e) => go(e.detail.code)))"
    )
    page.route("**/locales/*", lambda route: route.abort())
    page.goto(gallery_url)
    assert page.evaluate("told") == "offline"
    expect(page.locator("sos-gallery-trend .bones")).to_be_visible()
    page.unroute("**/locales/*")
    page.clock.run_for(5_000)
    expect(page.locator("sos-gallery-trend svg.chart")).to_be_visible()
