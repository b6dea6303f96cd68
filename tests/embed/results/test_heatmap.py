"""<sos-heatmap>: a number in every cell or a reason, the keyboard, the way down and up."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.embed.results import samples
from tests.embed.results.conftest import SchemaApi
from tests.embed.waiting import until

BODY = "<sos-heatmap unit='u-north'></sos-heatmap>"
Show = Callable[..., Page]
EVENTS = """window.heard = [];
  for (const name of ['sos-drill', 'sos-select'])
    addEventListener(name, (event) => heard.push([name, event.detail]));"""


@pytest.fixture
def heatmap(page: Page, show: Show) -> Page:
    show(page, BODY)
    expect(page.get_by_role("grid")).to_be_visible()
    page.evaluate(EVENTS)
    return page


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def test_every_cell_has_a_number_or_a_reason(heatmap: Page) -> None:
    cells = heatmap.get_by_role("gridcell").all_inner_texts()
    assert len(cells) == 7 * 10
    assert all(text.strip() for text in cells)
    hidden = row(heatmap, "Bergen").get_by_role("gridcell").nth(7)
    expect(hidden).to_contain_text("Not shown")
    hidden.click()
    expect(heatmap.locator("sos-heatmap .readout")).to_contain_text(
        "Hidden so that nobody's answer can be worked out."
    )
    expect(heatmap.locator("sos-heatmap .legend")).to_contain_text("Not shown, so that nobody's")


def test_combined_units_stand_in_one_row_with_their_names(heatmap: Page) -> None:
    expect(heatmap.get_by_role("rowheader")).to_have_count(7)
    expect(row(heatmap, "Tromsø + Bodø (9 people)")).to_contain_text("Small units, shown together")
    expect(heatmap.locator("sos-heatmap .foot")).to_contain_text("fewer than 5 answers")


def test_a_score_of_a_larger_group_is_outlined_and_named(heatmap: Page) -> None:
    cell = row(heatmap, "Oulu").get_by_role("gridcell").nth(5)
    expect(cell).to_have_class(re.compile(r"\blarger\b"))
    expect(cell).to_contain_text("with Oulu + Kemi (46 people)")
    cell.click()
    expect(heatmap.locator("sos-heatmap .readout .said")).to_have_text(
        "with Oulu + Kemi (46 people)"
    )
    expect(heatmap.locator("sos-heatmap .foot")).to_contain_text("An outlined cell")
    expect(heatmap.locator("sos-heatmap .larger")).to_have_count(1)


def test_the_unit_itself_stands_on_top(heatmap: Page) -> None:
    first = heatmap.get_by_role("row").nth(1)
    expect(first.get_by_role("rowheader")).to_have_text("Region North")
    expect(first.get_by_role("gridcell").first).to_have_text("64")


def test_colors_follow_the_bands_and_the_number_is_there(heatmap: Page) -> None:
    cells = heatmap.get_by_role("row").nth(1).get_by_role("gridcell")
    expect(cells.nth(3)).to_have_class("heat-1 ")  # 48: Build
    expect(cells.nth(5)).to_have_class("heat-5 ")  # 77: Sustain
    expect(cells.nth(2)).to_have_class("heat-3 ")  # 64


@pytest.mark.parametrize(
    ("button", "compare"), [("vs benchmark", "BENCHMARK"), ("vs level", "PARENT")]
)
def test_differences_are_colored_beyond_noise_only(
    heatmap: Page, results_api: SchemaApi, button: str, compare: str
) -> None:
    heatmap.get_by_role("button", name=button).click()
    cells = row(heatmap, "Bergen").get_by_role("gridcell")
    expect(cells.nth(1)).to_have_text("▼−10")
    expect(cells.nth(1)).to_have_class("heat-1 ")
    expect(cells.nth(2)).to_have_text("−3")
    expect(cells.nth(2)).to_have_class("heat-3 ")
    assert results_api.variables[-1] == {"unit": "u-north", "compare": compare}


def test_figures_are_what_they_were_until_others_are_there(heatmap: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    heatmap.route("**/graphql", hold)
    heatmap.get_by_role("button", name="vs benchmark").click()
    expect(heatmap.get_by_role("button", name="vs benchmark")).to_have_attribute(
        "aria-pressed", "true"
    )
    cells = row(heatmap, "Bergen").get_by_role("gridcell")
    expect(cells.nth(1)).to_have_text(re.compile(r"^\s*\d+\s*$"))
    expect(heatmap.locator("sos-heatmap .legend")).to_contain_text("75")
    until(heatmap, "document.querySelector('sos-heatmap').busy")
    for route in held:
        route.continue_()
    expect(cells.nth(1)).to_have_text("▼−10")


def test_a_cell_without_comparison_says_so(heatmap: Page) -> None:
    heatmap.get_by_role("button", name="vs previous").click()
    cell = row(heatmap, "Luleå").get_by_role("gridcell").nth(8)
    expect(cell).to_contain_text("There is nothing to compare with here.")


@pytest.mark.parametrize(
    ("direction", "on", "back"),
    [("ltr", "ArrowRight", "ArrowLeft"), ("rtl", "ArrowLeft", "ArrowRight")],
)
def test_the_keyboard_goes_everywhere(
    page: Page, show: Show, direction: str, on: str, back: str
) -> None:
    show(page, BODY, dir=direction)
    page.get_by_role("rowheader", name="Region North").focus()
    told = page.locator("sos-heatmap .readout .named")
    for key, words in (
        (on, "Region North · Overall"),
        (on, "Region North · Direction and market focus"),
        ("ArrowDown", "Oslo · Direction and market focus"),
        ("End", "Oslo · Collaboration, tools and data"),
        (back, "Oslo · Goals, follow-up and motivation"),
        ("PageDown", "Oulu · Goals, follow-up and motivation"),
        ("Control+Home", "Region North · Overall"),
        ("Control+End", "Oulu · Collaboration, tools and data"),
    ):
        page.keyboard.press(key)
        expect(told).to_have_text(words)
    page.keyboard.press("Home")
    expect(page.get_by_role("rowheader", name="Oulu")).to_be_focused()
    assert page.locator("sos-heatmap [tabindex='0'][data-cell]").count() == 1


def test_enter_opens_a_row_and_the_path_leads_back(heatmap: Page, results_api: SchemaApi) -> None:
    row(heatmap, "Oslo").get_by_role("gridcell").nth(4).focus()
    heatmap.keyboard.press("Enter")
    expect(heatmap.locator("sos-heatmap .note").first).to_have_text("Oslo · Autumn 2026")
    assert results_api.variables[-1] == {"unit": "u-oslo", "compare": "NONE"}
    assert heatmap.evaluate("heard") == [
        ["sos-drill", {"unit": "u-oslo", "name": "Oslo", "area": "winning"}]
    ]
    heatmap.get_by_role("navigation").get_by_role("button", name="Halden Group").click()
    expect(heatmap.locator("sos-heatmap .note").first).to_have_text("Halden Group · Autumn 2026")
    expect(heatmap.locator("sos-heatmap")).to_have_attribute("unit", "root")
    assert results_api.variables[-1] == {"compare": "NONE"}


def test_a_row_is_opened_by_its_name(heatmap: Page) -> None:
    heatmap.get_by_role("rowheader", name="Oslo").get_by_role("button").click()
    expect(heatmap.locator("sos-heatmap")).to_have_attribute("unit", "u-oslo")


def test_a_team_without_units_below_is_chosen_not_opened(heatmap: Page) -> None:
    row(heatmap, "Luleå").get_by_role("gridcell").nth(3).focus()
    heatmap.keyboard.press("Enter")
    assert heatmap.evaluate("heard") == [
        ["sos-select", {"unit": "u-lulea", "area": "opportunities"}]
    ]
    expect(heatmap.locator("sos-heatmap")).to_have_attribute("unit", "u-north")


def test_the_first_column_stands_still(open_page: Callable[..., Page], show: Show) -> None:
    page = show(open_page(viewport={"width": 375, "height": 800}), BODY)
    head = page.get_by_role("rowheader", name="Bergen")
    before = head.bounding_box()
    page.locator("sos-heatmap .scroll").evaluate("(one) => { one.scrollLeft = 300 }")
    assert head.bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_many_rows_come_in_pages(page: Page, show: Show, results_api: SchemaApi) -> None:
    show(page, "<sos-heatmap loading='eager'></sos-heatmap>")
    expect(page.get_by_role("grid")).to_be_visible()
    page.locator("sos-heatmap").evaluate("(one, data) => { one.data = data }", many(150))
    expect(page.get_by_role("rowheader")).to_have_count(61)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("rowheader")).to_have_count(121)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("rowheader")).to_have_count(151)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_nothing_but_hidden_is_said(page: Page, show: Show) -> None:
    show(page, "<sos-heatmap></sos-heatmap>")
    expect(page.get_by_role("grid")).to_be_visible()
    data = many(3)
    for column in data["matrix"]["columns"]:
        column["scores"] = [None] * 3
    for score in [area["score"] for area in data["place"]["areas"]] + [data["place"]["overall"]]:
        score["value"] = None
    page.locator("sos-heatmap").evaluate("(one, data) => { one.data = data }", data)
    expect(page.locator("sos-heatmap .combined")).to_contain_text("Look at the level above.")


def test_nothing_below_is_said(page: Page, show: Show) -> None:
    show(page, "<sos-heatmap></sos-heatmap>")
    expect(page.get_by_role("grid")).to_be_visible()
    page.locator("sos-heatmap").evaluate("(one, data) => { one.data = data }", many(0))
    expect(page.locator("sos-heatmap .content")).to_have_text(
        "There are no units below Region North to show."
    )


def test_the_data_can_be_saved(heatmap: Page) -> None:
    with heatmap.expect_download() as waiting:
        heatmap.get_by_role("button", name="Save data").click()
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][:3] == ["Unit", "People invited", "Overall"]
    assert rows[1][:3] == ["Region North", "203", "64"]
    assert rows[1][9] == "Not shown"
    assert rows[7][7].endswith(" · with Oulu + Kemi (46 people)")
    assert len(rows) == 8


def many(count: int) -> dict[str, Any]:
    """Return a heatmap with ``count`` teams."""
    matrix = samples.matrix("NONE")
    for column in matrix["columns"]:
        column["scores"] = [50 + at % 40 for at in range(count)]
        column["groups"] = None
    names = [f"Team {at}" for at in range(count)]
    matrix["rows"] = {
        "unitIds": names,
        "names": names,
        "levels": ["Team"] * count,
        "groupKeys": names,
        "groupNames": names,
        "exact": [True] * count,
        "peopleCounts": [9] * count,
        "drillable": [False] * count,
    }
    return {"matrix": {**matrix, "rowCount": count}, "place": samples.results()}
