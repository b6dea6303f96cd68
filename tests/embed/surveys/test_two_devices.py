"""One respondent on two devices: whatever was typed on either is kept, or offered until one chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.embed.surveys.conftest import Ballots
from tests.embed.surveys.test_resilience import KEPT
from tests.embed.surveys.test_survey import FIRST, SECOND, answer, start, to_review
from tests.embed.waiting import until

Open = Callable[..., Page]
Show = Callable[..., Page]
THIRD = "direction.realistic_territory"
OTHER = "Earlier or on another device you answered: Strongly disagree"


@pytest.fixture(autouse=True)
def _broken_requests_are_expected(expected_faults: list[str]) -> None:
    expected_faults.append("Failed to load resource")


def note(page: Page) -> Locator:
    return page.locator("sos-survey .otherwise")


def chosen(page: Page, number: int) -> Locator:
    return page.locator("sos-survey fieldset").nth(number).get_by_role("radio", checked=True)


def written(page: Page) -> Locator:
    return page.locator("sos-survey textarea")


def answers(ballot: Any) -> dict[str, int | None]:
    return {one["key"]: one["value"] for one in ballot["answers"]}


def taken(response: Response) -> bool:
    """Tell whether a response is the acknowledgement of a draft."""
    if "SaveBallot" not in (response.request.post_data or ""):
        return False
    return bool(response.json()["data"]["saveBallotDraft"]["state"] == "SAVED")


def refused(response: Response) -> bool:
    """Tell whether a response says that the ballot has been submitted."""
    return "SaveBallot" in (response.request.post_data or "") and "ALREADY" in response.text()


def status(page: Page) -> Locator:
    return page.locator("sos-survey .status")


def pair(open_page: Open, show: Show) -> tuple[Page, Page]:
    """Open the same empty form on two devices."""
    phone, laptop = (show(open_page()) for _ in range(2))
    for device in (phone, laptop):
        start(device)
    return phone, laptop


def differing(open_page: Open, show: Show) -> Page:
    """Answer the first statement otherwise on each of two devices, and return the later one."""
    phone, laptop = pair(open_page, show)
    with phone.expect_response(taken):
        answer(phone, 1, 5)
    with phone.expect_response(taken):
        answer(phone, 0, 1)
    with laptop.expect_response(taken):
        answer(laptop, 0, 4)
    return laptop


def test_two_devices_that_began_alike_lose_no_answer(
    open_page: Open, show: Show, axe: Callable[..., list[str]], ballots: Ballots
) -> None:
    laptop = differing(open_page, show)
    assert answers(ballots.saved[-1]) == {FIRST: 4, SECOND: 5}
    expect(note(laptop)).to_contain_text(OTHER)
    expect(chosen(laptop, 1)).to_have_accessible_name("Strongly agree")
    assert axe(laptop) == []
    with laptop.expect_response(taken):
        note(laptop).get_by_role("button", name="Take this one").click()
    expect(note(laptop)).to_have_count(0)
    expect(chosen(laptop, 0)).to_have_accessible_name("Strongly disagree")
    assert answers(ballots.saved[-1]) == {FIRST: 1, SECOND: 5}


def test_what_differs_is_offered_until_somebody_has_chosen(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    laptop = differing(open_page, show)
    laptop.reload()
    laptop.get_by_role("button", name="Go on where you stopped").click()
    expect(note(laptop)).to_contain_text(OTHER)
    note(laptop).get_by_role("button", name="Keep what is chosen here").click()
    expect(note(laptop)).to_have_count(0)
    expect(chosen(laptop, 0)).to_have_accessible_name("Agree")
    assert laptop.evaluate(KEPT) == []


def test_what_was_written_on_two_devices_is_put_together(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    phone, laptop = pair(open_page, show)
    for device, words in ((phone, "Too many small shops."), (laptop, "Nobody says no.")):
        with device.expect_response(taken):
            written(device).fill(words)
    both = "Too many small shops.\n\nNobody says no."
    expect(written(laptop)).to_have_value(both)
    assert [one["text"] for one in ballots.saved[-1]["comments"]] == [both]


def test_what_is_too_long_together_stands_beside_each_other(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    phone, laptop = pair(open_page, show)
    for device, letter in ((phone, "a"), (laptop, "b")):
        with device.expect_response(taken):
            written(device).fill(letter * 1200)
    expect(written(laptop)).to_have_value("b" * 1200)
    expect(note(laptop).locator("blockquote")).to_have_text("a" * 1200)


def test_answers_of_a_tunnel_survive_a_submission_elsewhere(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 1
    phone, laptop = pair(open_page, show)
    laptop.context.set_offline(True)
    answer(laptop, 0, 4)
    answer(laptop, 2, 2)
    expect(status(laptop)).to_contain_text("Not saved yet")
    with phone.expect_response(taken):
        answer(phone, 0, 1)
    submit(phone)
    laptop.context.set_offline(False)
    expect(status(laptop)).to_contain_text("Submit again")
    expect(note(laptop)).to_contain_text(OTHER)
    to_review(laptop)
    expect(laptop.get_by_role("alert")).to_contain_text("1 question differently")
    laptop.get_by_role("button", name="Go on and submit").click()
    expect(laptop.locator("sos-survey output")).to_be_visible()
    assert answers(ballots.submitted[-1]) == {FIRST: 4, THIRD: 2}
    assert laptop.evaluate(KEPT) == []


def kept(page: Page, count: int) -> None:
    """Wait until so many answers lie on the device, in the places of all tabs together."""
    until(page, f"({KEPT})().then((all) => all.flatMap((c) => c.dirty).length === {count})")


def leave_two_tabs(open_page: Open, show: Show) -> Page:
    """Answer in two tabs without a connection and close them; return a new page of the device."""
    first = show(open_page())
    second = show(first.context.new_page())
    start(first)
    start(second)
    first.context.set_offline(True)
    answer(first, 0, 1)
    answer(first, 1, 5)
    written(first).fill("Too many small shops.")
    kept(first, 3)
    answer(second, 0, 4)
    answer(second, 2, 2)
    written(second).fill("Nobody says no.")
    kept(second, 6)
    later = first.context.new_page()
    for tab in (first, second):
        # Chromium gives a tab its line back while it closes, and what it saves would arrive.
        tab.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')) }")
        tab.close()
    later.context.set_offline(False)
    return later


def test_two_tabs_without_a_connection_leave_the_answers_of_both(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    later = show(leave_two_tabs(open_page, show))
    later.get_by_role("button", name="Go on where you stopped").click()
    expect(status(later)).to_contain_text("Saved")
    expect(note(later)).to_contain_text(OTHER)
    assert answers(ballots.saved[-1]) == {FIRST: 4, SECOND: 5, THIRD: 2}
    both = "Too many small shops.\n\nNobody says no."
    assert [one["text"] for one in ballots.saved[-1]["comments"]] == [both]
    note(later).get_by_role("button", name="Keep what is chosen here").click()
    kept(later, 0)
    assert later.evaluate(KEPT) == []


def test_what_holds_is_not_offered_beside_itself(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    page = leave_two_tabs(open_page, show)
    ballots.draft = {"answers": [{"key": FIRST, "value": 1}], "comments": [], "sequence": 0}
    later = show(page)
    later.get_by_role("button", name="Go on where you stopped").click()
    expect(status(later)).to_contain_text("Saved")
    assert answers(ballots.saved[-1])[FIRST] == 1
    expect(note(later)).to_contain_text("Agree")


def test_what_one_tab_forbids_no_other_tab_does(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    ballots.refusal = 503
    first = show(open_page())
    second = show(first.context.new_page())
    start(first)
    answer(first, 0, 1)
    kept(first, 1)
    second.get_by_label("Do not keep answers on this device").check()
    until(second, f"({KEPT})().then((all) => all.length === 1 && all[0] === null)")
    answer(first, 1, 5)
    expect(status(first)).to_contain_text("Leave this page open")
    assert first.evaluate(KEPT) == [None]


def test_answers_that_lay_on_a_device_are_offered_beside_newer_ones(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    laptop = show(open_page())
    ballots.refusal = 503
    start(laptop)
    answer(laptop, 0, 4)
    answer(laptop, 2, 2)
    expect(status(laptop)).to_contain_text("Not saved yet")
    ballots.draft = {"answers": [{"key": FIRST, "value": 1}], "comments": [], "sequence": 0}
    ballots.done = True
    laptop.reload()
    laptop.get_by_role("button", name="Change my answers").click()
    expect(note(laptop)).to_contain_text("you answered: Agree")
    expect(chosen(laptop, 0)).to_have_accessible_name("Strongly disagree")
    expect(chosen(laptop, 2)).to_have_accessible_name("Disagree")
    expect(status(laptop)).to_contain_text("Submit again")


def test_a_submission_takes_along_what_another_device_has_saved(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 1
    phone, laptop = pair(open_page, show)
    with laptop.expect_response(taken):
        answer(laptop, 0, 4)
    to_review(laptop)
    with phone.expect_response(taken):
        answer(phone, 1, 5)
    laptop.get_by_role("button", name="Go on and submit").click()
    expect(laptop.locator("sos-survey output")).to_be_visible()
    assert [answers(ballot) for ballot in ballots.submitted] == [{FIRST: 4, SECOND: 5}]


def test_a_submission_waits_where_another_device_answered_otherwise(
    open_page: Open, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 1
    phone, laptop = pair(open_page, show)
    with laptop.expect_response(taken):
        answer(laptop, 0, 4)
    submit(laptop)
    laptop.get_by_role("button", name="Change my answers").click()
    answer(laptop, 0, 2)
    to_review(laptop)
    with phone.expect_response(refused):
        answer(phone, 0, 1)
    submit(phone)
    laptop.get_by_role("button", name="Go on and submit").click()
    expect(laptop.get_by_role("alert")).to_contain_text("1 question differently")
    assert answers(ballots.submitted[-1]) == {FIRST: 1}
    laptop.get_by_role("button", name="Go on and submit").click()
    expect(laptop.locator("sos-survey output")).to_be_visible()
    assert answers(ballots.submitted[-1]) == {FIRST: 2}


def submit(page: Page) -> None:
    to_review(page)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_be_visible()
