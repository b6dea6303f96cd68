"""The import of people: from the file to the plan, its decisions, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.embed.people import samples
from tests.embed.people.conftest import Imports
from tests.embed.test_gallery import OVERFLOW, VIEWPORTS
from tests.embed.waiting import until

Axe = Callable[..., list[str]]
Show = Callable[..., Page]
FILE = FilePayload(name="People ñovember (2).xlsx", mimeType="", buffer=b"rows")
HARMLESS: dict[str, Any] = {
    "confirmation": None,
    "reasons": [],
    "undecidedCount": 0,
    "mode": "CHANGE",
}


def choose(page: Page) -> None:
    """Choose a file, and wait for its plan."""
    page.locator("sos-import input[type=file]").set_input_files(FILE)
    expect(page.locator("sos-import #panel table")).to_be_visible()


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(
    open_page: Callable[..., Page], show: Show, axe: Axe, theme: str, size: str
) -> None:
    page = show(open_page(viewport=VIEWPORTS[size]), f"theme={theme}")
    expect(page.locator("sos-import .past")).to_be_visible()
    page.get_by_label("The complete list", exact=False).first.check()
    assert axe(page) == []
    choose(page)
    for tab in ("Changed", "New addresses", "Rejected rows"):
        page.get_by_role("tab", name=tab).click()
        expect(page.locator("sos-import #panel table caption")).to_contain_text(tab)
        assert axe(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("query", ["lang=en-XA", "dir=rtl", "lang=sw"])
def test_nothing_hangs_over_the_edge(
    open_page: Callable[..., Page], show: Show, query: str, size: str
) -> None:
    page = show(open_page(viewport=VIEWPORTS[size]), query)
    expect(page.locator("sos-import .past")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    choose(page)
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(page.locator("sos-import #panel table")).to_be_visible()
        assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_is_sent_as_the_server_wants_it(page: Page, show: Show, imports: Imports) -> None:
    show(page)
    choose(page)
    [(headers, body)] = imports.uploads
    assert body == b"rows"
    assert unquote(headers["x-sos-file-name"]) == "People ñovember (2).xlsx"
    assert "x-sos-request" in headers
    assert imports.sent == [("CreateImport", {"upload": "upload-1", "mode": "CHANGE"})]
    expect(page.get_by_role("heading", name="People november FINAL (2).xlsx")).to_be_focused()


def test_a_file_can_be_dropped(page: Page, show: Show, imports: Imports) -> None:
    show(page)
    expect(page.locator("sos-import .drop")).to_be_visible()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(['rows'], 'a.csv'));
          document.querySelector('sos-import').shadowRoot.querySelector('.drop')
            .dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) }"""
    )
    expect(page.locator("sos-import #panel table")).to_be_visible()
    assert imports.uploads[0][0]["x-sos-file-name"] == "a.csv"


def test_a_complete_list_can_be_of_a_part(page: Page, show: Show, imports: Imports) -> None:
    show(page)
    page.get_by_label("The complete list", exact=False).first.check()
    page.get_by_label("The complete list of").select_option("unit-2")
    choose(page)
    sent = {"upload": "upload-1", "mode": "COMPLETE", "below": "unit-2"}
    assert imports.sent == [("CreateImport", sent)]


def test_a_file_that_is_refused_is_told_in_words(
    page: Page, show: Show, imports: Imports, expected_faults: list[str]
) -> None:
    expected_faults.append("Failed to load resource")
    what = "This is a workbook of the old type .xls."
    imports.refused = {"code": "file_is_xls", "what": what, "remedy": "Save it as .xlsx."}
    show(page).locator("sos-import input[type=file]").set_input_files(FILE)
    expect(page.get_by_role("alert")).to_contain_text(what)
    expect(page.get_by_role("alert")).to_contain_text("Save it as .xlsx.")
    imports.refused = None
    choose(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_plan_is_told_by_kind_field_and_row(page: Page, show: Show) -> None:
    show(page)
    choose(page)
    counts = page.locator("sos-import .counts")
    expect(counts).to_contain_text("120Added")
    expect(counts).to_contain_text("254Unchanged")
    page.get_by_role("tab", name="Changed · 3").click()
    second = page.locator("sos-import #panel tbody tr").nth(1)
    expect(second.locator("dt")).to_have_text(["Name", "Manager"])
    expect(second.locator("del")).to_have_text(["Neema Otieno", "nothing"])
    expect(second.locator("ins")).to_have_text(["Neema Mwangi", "juma.hassan@nordlicht.example"])
    page.get_by_role("button", name="See what is wrong").click()
    third = page.locator("sos-import #panel tbody tr").nth(2)
    expect(third).to_contain_text("203")
    expect(third).to_contain_text("Region")
    expect(third).to_contain_text("Cell C203 shows the error #REF!.")
    expect(third).to_contain_text("Correct the formula or the value.")
    link = page.locator("sos-import #panel").get_by_role("link", name="Excel")
    expect(link).to_have_attribute("href", re.compile(r"/files/rejections/[^/]+\.xlsx$"))


def test_many_rows_are_turned_page_by_page(page: Page, show: Show) -> None:
    show(page)
    choose(page)
    expect(page.get_by_text("1–50 of 120")).to_be_visible()
    expect(page.get_by_role("button", name="Earlier rows")).to_be_disabled()
    page.get_by_role("button", name="Further rows").click()
    expect(page.get_by_text("51–100 of 120")).to_be_visible()
    page.get_by_role("button", name="Further rows").click()
    expect(page.get_by_text("101–120 of 120")).to_be_visible()
    expect(page.get_by_role("button", name="Further rows")).to_be_disabled()
    page.get_by_role("button", name="Earlier rows").click()
    expect(page.get_by_text("51–100 of 120")).to_be_visible()


def test_tabs_turn_with_the_arrow_keys(page: Page, show: Show) -> None:
    show(page)
    choose(page)
    page.get_by_role("tab", name="Added").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Changed")).to_be_focused()
    expect(page.locator("sos-import #panel table caption")).to_have_text("Changed")


def test_suspects_are_decided_before_anything_is_carried_out(
    page: Page, show: Show, imports: Imports
) -> None:
    imports.coming = samples.plan(confirmation=None, reasons=[])
    show(page)
    choose(page)
    carry_out = page.get_by_role("button", name="Carry out 163 changes")
    expect(carry_out).to_be_disabled()
    page.get_by_role("button", name="Decide").click()
    rows = page.locator("sos-import #panel tbody tr")
    rows.nth(0).get_by_role("button", name="Same person").click()
    expect(page.get_by_text("1 person may only have a new address.")).to_be_visible()
    rows.nth(1).get_by_role("button", name="Two people").click()
    expect(carry_out).to_be_enabled()
    decisions = [given["decisions"] for name, given in imports.sent if name == "DecideSuspects"]
    assert decisions == [[{"position": 0, "same": True}], [{"position": 1, "same": False}]]


def test_many_deactivations_are_typed_to_confirm(page: Page, show: Show, imports: Imports) -> None:
    imports.coming = samples.plan(undecidedCount=0)
    show(page)
    choose(page)
    carry_out = page.get_by_role("button", name="Carry out 163 changes")
    expect(carry_out).to_be_disabled()
    expect(page.get_by_text("deactivates more people than usual")).to_be_visible()
    page.get_by_label("To confirm, type 37").fill("36")
    expect(carry_out).to_be_disabled()
    page.get_by_label("To confirm, type 37").fill(" 37 ")
    carry_out.click()
    expect(page.get_by_text("Carried out by Hanna Ek")).to_contain_text("17:30 (GMT+8)")
    assert imports.sent[-1] == ("ApplyImport", {"id": "plan-7", "confirmation": "37"})


def test_what_was_carried_out_can_be_undone(page: Page, show: Show, imports: Imports) -> None:
    imports.coming = samples.plan(**HARMLESS)
    show(page)
    page.evaluate(
        """() => { window.heard = []; document.addEventListener('sos-invalidate',
          (event) => heard.push(event.detail)) }"""
    )
    choose(page)
    page.get_by_role("button", name="Carry out 163 changes").click()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("become as they were before")).to_be_visible()
    page.get_by_role("button", name="Undo now").click()
    expect(page.get_by_text("Undone by Hanna Ek")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    until(page, "heard.length > 1")
    assert page.evaluate("heard") == [{"topic": "people"}] * 2


def test_a_plan_that_cannot_be_undone_yet_names_what_stands_in_the_way(
    page: Page, show: Show
) -> None:
    show(page)
    page.get_by_role("button", name="All people.xlsx").click()
    expect(page.get_by_text("“New colleagues October.csv” was carried out later")).to_be_visible()
    page.get_by_role("button", name="Open “New colleagues October.csv”").click()
    expect(page.get_by_role("heading", name="New colleagues October.csv")).to_be_focused()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    page.get_by_role("button", name="All imports").click()
    expect(page.get_by_role("heading", name="Import people")).to_be_focused()


def test_a_plan_can_be_discarded(page: Page, show: Show, imports: Imports) -> None:
    show(page)
    choose(page)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    page.get_by_role("button", name="All imports").click()
    expect(page.locator("sos-import .past tbody tr").first).to_contain_text("Discarded")


def test_a_plan_that_has_grown_old_is_not_carried_out(
    page: Page, show: Show, imports: Imports
) -> None:
    imports.coming = samples.plan(**HARMLESS, outdated=True)
    show(page)
    choose(page)
    expect(page.get_by_text("Upload the file again.")).to_be_visible()
    expect(page.get_by_role("button", name="Carry out 163 changes")).to_be_disabled()


def test_a_refusal_stands_above_the_plan_which_stays(
    page: Page, show: Show, imports: Imports
) -> None:
    imports.coming = samples.plan(**HARMLESS)
    show(page)
    choose(page)
    imports.refused = {
        "__typename": "Conflict",
        "code": "plan_outdated",
        "what": "People have changed since this plan was made.",
        "remedy": "Upload the file again.",
    }
    page.get_by_role("button", name="Carry out 163 changes").click()
    expect(page.get_by_role("alert")).to_contain_text("People have changed")
    expect(page.get_by_role("tab", name="Added")).to_be_visible()


def test_the_same_file_twice_says_nothing_new(page: Page, show: Show, imports: Imports) -> None:
    nothing = dict.fromkeys(samples.COUNTS, 0) | {"unchanged": 421}
    imports.coming = samples.plan(**HARMLESS, counts=nothing)
    show(page).locator("sos-import input[type=file]").set_input_files(FILE)
    expect(page.get_by_text("The file says nothing new.")).to_be_visible()
    expect(page.get_by_role("button", name="Carry out")).to_have_count(0)
    expect(page.get_by_role("button", name="Discard")).to_be_visible()


def test_earlier_imports_are_listed_and_templates_offered(page: Page, show: Show) -> None:
    show(page)
    rows = page.locator("sos-import .past tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("Undone")
    expect(rows.nth(2)).to_contain_text("Sep 12, 2026, 16:00 (GMT+8)")
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    link = page.get_by_role("link", name="Excel")
    expect(link).to_have_attribute("href", f"{page.url.split('/?')[0]}/files/people-template.xlsx")


def test_a_plan_can_be_opened_from_outside(page: Page, show: Show) -> None:
    show(page, body='<sos-import loading="eager" plan="plan-6"></sos-import>')
    expect(page.get_by_role("heading", name="New colleagues October.csv")).to_be_visible()


def test_a_plan_that_is_not_there_gives_the_list_and_the_reason(page: Page, show: Show) -> None:
    show(page, body='<sos-import loading="eager" plan="gone"></sos-import>')
    expect(page.get_by_role("alert")).to_contain_text("There is no such plan.")
    expect(page.locator("sos-import .drop")).to_be_visible()
