"""The respondent's form: every page for everybody's eyes and keys, and what is saved when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.embed.surveys import samples
from tests.embed.surveys.conftest import BODY, Ballots
from tests.embed.test_gallery import OVERFLOW, VIEWPORTS

Axe = Callable[..., list[str]]
Show = Callable[..., Page]
FIRST = "direction.target_customers"
SECOND = "direction.saying_no"


def start(page: Page) -> Locator:
    """Go to the first area and return its statements."""
    page.locator("sos-survey .actions .primary").click()
    statements = page.locator("sos-survey fieldset")
    expect(statements.first).to_be_visible()
    return statements


def answer(page: Page, number: int, value: int) -> None:
    page.locator("sos-survey fieldset").nth(number).locator(f"input[value='{value}']").check()


def saved(page: Page) -> None:
    expect(page.locator("sos-survey .status")).to_contain_text("Saved")


def to_review(page: Page) -> None:
    for _ in range(page.locator("sos-survey .steps i").count()):
        page.locator("sos-survey .way-bar .primary").click()
    expect(page.get_by_role("heading", name="Before you submit")).to_be_visible()


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(
    open_page: Callable[..., Page], show: Show, axe: Axe, ballots: Ballots, theme: str, size: str
) -> None:
    ballots.areas = 1
    page = show(open_page(viewport=VIEWPORTS[size]), f"theme={theme}")
    expect(page.locator("sos-survey .promise")).to_be_visible()
    assert axe(page) == []
    start(page)
    answer(page, 0, 4)
    answer(page, 1, 0)
    page.locator("sos-survey textarea").fill("Ask Petra Olsson.")
    saved(page)
    assert axe(page) == []
    to_review(page)
    assert axe(page) == []
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("query", ["lang=en-XA", "dir=rtl", "lang=sw"])
def test_nothing_hangs_over_the_edge(
    open_page: Callable[..., Page], show: Show, ballots: Ballots, query: str, size: str
) -> None:
    ballots.areas = 1
    page = show(open_page(viewport=VIEWPORTS[size]), query)
    for _ in range(3):
        page.locator("sos-survey .primary").click()
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_options_are_large_enough_for_a_thumb(open_page: Callable[..., Page], show: Show) -> None:
    page = show(open_page(viewport=VIEWPORTS["phone"]))
    start(page)
    boxes = [option.bounding_box() for option in page.locator("sos-survey .option").all()]
    assert len(boxes) == 24
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)


def test_every_answer_is_saved_with_a_growing_number(
    page: Page, show: Show, ballots: Ballots
) -> None:
    start(show(page))
    answer(page, 0, 4)
    saved(page)
    answer(page, 1, 0)
    page.locator("sos-survey textarea").fill("Too many small shops.")
    page.locator("sos-survey .way-bar .primary").click()
    expect(page.get_by_role("heading", name="Customer insight and value")).to_be_focused()
    saved(page)
    last = ballots.saved[-1]
    assert last["answers"] == [{"key": FIRST, "value": 4}, {"key": SECOND, "value": None}]
    assert last["comments"] == [{"key": "comment.direction", "text": "Too many small shops."}]
    numbers = [sent["sequence"] for sent in ballots.saved]
    assert numbers == sorted(set(numbers))
    headers = ballots.asked[-1][0]
    assert headers["authorization"] == "Bearer 1.3.7.9.seal"


def test_one_can_answer_with_keys_alone(page: Page, show: Show, ballots: Ballots) -> None:
    statements = start(show(page))
    statements.nth(0).locator("input").first.focus()
    page.keyboard.press("5")
    expect(statements.nth(0).get_by_label("Strongly agree")).to_be_checked()
    page.keyboard.press("Enter")
    page.keyboard.press("0")
    expect(statements.nth(1).get_by_label("Cannot judge")).to_be_checked()
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    expect(statements.nth(2).get_by_label("Neither agree nor disagree")).to_be_checked()
    page.keyboard.press("Delete")
    expect(statements.nth(2).locator("input:checked")).to_have_count(0)
    saved(page)
    given = {one["key"]: one["value"] for one in ballots.saved[-1]["answers"]}
    assert given == {FIRST: 5, SECOND: None}


def test_who_sees_what_is_told_before_the_first_question(
    page: Page, show: Show, ballots: Ballots
) -> None:
    show(page)
    told = page.locator("sos-survey .promise")
    expect(told.locator("li")).to_have_text(samples.form()["privacy"]["sentences"])
    expect(told).to_contain_text("groups of at least 5 people")
    expect(told).to_contain_text("and by leaders for the units they lead")
    link = told.get_by_role("link", name="Read more about who sees what")
    assert link.evaluate("(link) => link.href") == f"{page.url.split('/?')[0]}/privacy"
    show(page, body=BODY.replace("data-token", "privacy='/s/x/privacy' data-token"))
    expect(link).to_have_attribute("href", f"{page.url.split('/?')[0]}/s/x/privacy")


def test_what_is_skipped_is_named_and_never_an_error(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 2
    start(show(page))
    for number in range(4):
        answer(page, number, 3)
    answer(page, 0, 4)
    to_review(page)
    rows = page.locator("sos-survey .pages li")
    expect(rows.nth(0)).to_contain_text("All answered")
    expect(rows.nth(1)).to_contain_text("4 unanswered")
    expect(page.locator("sos-survey [role=alert]")).to_have_count(0)
    page.get_by_role("button", name="Go there: Customer insight and value").click()
    expect(page.get_by_role("heading", name="Customer insight and value")).to_be_focused()
    expect(page.locator("sos-survey .place")).to_have_text("Area 2 of 2")


def test_a_ballot_is_submitted_with_a_receipt_and_again(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 1
    start(show(page))
    answer(page, 0, 4)
    to_review(page)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_have_text("K7QX-3M2P-9VTD-4HJR")
    page.get_by_role("button", name="Change my answers").click()
    answer(page, 0, 2)
    expect(page.locator("sos-survey .status")).to_have_text(
        "Changed. Submit again so that it counts."
    )
    to_review(page)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_be_visible()
    given = [ballot["answers"] for ballot in ballots.submitted]
    assert given == [[{"key": FIRST, "value": 4}], [{"key": FIRST, "value": 2}]]


def test_one_goes_on_where_one_stopped(page: Page, show: Show, ballots: Ballots) -> None:
    form = samples.form()
    done = [{"key": item["key"], "value": 3} for item in form["areas"][0]["statements"]]
    note = {"key": "comment.direction", "text": "Too many small shops."}
    ballots.draft = {"answers": done, "comments": [note], "sequence": 7}
    show(page).get_by_role("button", name="Go on where you stopped").click()
    expect(page.get_by_role("heading", name="Customer insight and value")).to_be_visible()
    answer(page, 0, 1)
    saved(page)
    assert ballots.saved[-1]["sequence"] == 8
    assert len(ballots.saved[-1]["answers"]) == 5
    page.get_by_role("button", name="Back").click()
    expect(page.locator("sos-survey textarea")).to_have_value("Too many small shops.")


def test_the_language_changes_and_nothing_is_lost(page: Page, show: Show, ballots: Ballots) -> None:
    start(show(page))
    answer(page, 0, 4)
    page.get_by_label("Language").select_option("sv")
    expect(page.get_by_role("heading", name="Inriktning och marknadsfokus")).to_be_visible()
    expect(page.get_by_role("button", name="Nästa")).to_be_visible()
    chosen = page.locator("sos-survey fieldset").first.get_by_role("radio", checked=True)
    expect(chosen).to_have_accessible_name("Instämmer")
    expect(page.locator("sos-survey .frame")).to_have_attribute("lang", "sv")


def test_a_writer_is_warned_of_names(page: Page, show: Show) -> None:
    start(show(page))
    box = page.locator("sos-survey textarea")
    box.fill("On Monday the CRM was down. We lost time.")
    hint = page.locator("sos-survey .found")
    expect(hint).to_have_text("")
    box.fill("We should tell Petra Olsson and anna@volvo.example about it.")
    expect(hint).to_contain_text("Petra Olsson and anna@volvo.example")
    expect(box).to_have_accessible_description(
        "Your words are shown as you write them, without your name. Your style and details can "
        "still tell who you are: please name no people and no customers. Please look again: this "
        "may name a person or a customer: Petra Olsson and anna@volvo.example"
    )


def test_the_plain_form_gives_way_and_what_was_typed_in_it_stays(
    page: Page, show: Show, ballots: Ballots
) -> None:
    plain = (
        "<form><input type='radio' name='direction.target_customers' value='2'>"
        "<input type='radio' name='direction.saying_no' value='0'>"
        "<textarea name='comment.direction'></textarea></form></sos-survey>"
    )
    late = BODY.replace("</sos-survey>", plain)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => {"
        "document.querySelectorAll('sos-survey input').forEach((input) => { input.checked = true });"
        "document.querySelector('sos-survey textarea').value = 'Typed before.' })"
    )
    show(page, body=late)
    expect(page.locator("sos-survey form")).to_be_hidden()
    page.get_by_role("button", name="Go on where you stopped").click()
    saved(page)
    given = {one["key"]: one["value"] for one in ballots.saved[-1]["answers"]}
    assert given == {FIRST: 2, SECOND: None}
    assert ballots.saved[-1]["comments"] == [{"key": "comment.direction", "text": "Typed before."}]


def test_the_plain_form_stays_where_ours_cannot_be_fetched(
    page: Page, show: Show, ballots: Ballots, expected_faults: list[str]
) -> None:
    expected_faults.append("Failed to load resource")
    ballots.refusal = 401
    body = BODY.replace("</sos-survey>", "<form><button>Plain</button></form></sos-survey>")
    show(page, body=body)
    expect(page.get_by_role("alert")).to_contain_text("no longer signed in")
    expect(page.get_by_role("button", name="Plain")).to_be_visible()


def test_the_hosts_own_form_is_a_preview_that_sends_nothing(
    page: Page, show: Show, ballots: Ballots
) -> None:
    show(page, body="<p></p>")
    page.evaluate(
        """async (form) => { const survey = document.createElement('sos-survey');
          survey.data = form; document.querySelector('main').append(survey) }""",
        samples.form(areas=1),
    )
    start(page)
    answer(page, 0, 4)
    to_review(page)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert ballots.asked == []


def test_hosts_hear_how_far_one_is_and_never_what_one_answered(page: Page, show: Show) -> None:
    show(page)
    page.evaluate(
        """() => { window.heard = []; for (const name of ['sos-answer', 'sos-save'])
          document.addEventListener(name, (event) => heard.push([name, event.detail])) }"""
    )
    start(page)
    answer(page, 0, 4)
    saved(page)
    heard: Any = page.evaluate("heard")
    assert heard == [
        ["sos-answer", {"answered": 1, "total": 43}],
        ["sos-save", {"state": "saving"}],
        ["sos-save", {"state": "saved"}],
    ]
