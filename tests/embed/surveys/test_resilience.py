"""The form without a connection, on shared devices, beside other devices, and after the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.embed.surveys.conftest import Ballots
from tests.embed.surveys.test_survey import FIRST, SECOND, answer, saved, start, to_review
from tests.embed.waiting import until

Show = Callable[..., Page]
KEPT = """async () => { const all = await new Promise((resolve) => {
    const asked = indexedDB.open('sos-survey', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
    asked.onsuccess = () => { const rows = asked.result.transaction('kept').objectStore('kept').getAll();
      rows.onsuccess = () => { asked.result.close(); resolve(rows.result) } } });
  return [...all.map((row) => row.copy), ...Object.values(localStorage)] }"""
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('none') } })"
CLOSED = {"__typename": "Conflict", "code": "survey_not_open", "what": "Closed."}


@pytest.fixture(autouse=True)
def _broken_requests_are_expected(expected_faults: list[str]) -> None:
    expected_faults.append("Failed to load resource")


def status(page: Page, words: str) -> None:
    expect(page.locator("sos-survey .status")).to_have_text(words)


def resume(page: Page) -> None:
    page.get_by_role("button", name="Go on where you stopped").click()


def test_answers_wait_on_the_device_until_the_line_is_back(
    page: Page, show: Show, ballots: Ballots
) -> None:
    start(show(page))
    page.context.set_offline(True)
    answer(page, 0, 4)
    status(
        page, "Not saved yet. Your answers are kept on this device until the connection is back."
    )
    assert [copy["choices"] for copy in page.evaluate(KEPT)] == [{FIRST: 4}]
    page.context.set_offline(False)
    saved(page)
    assert ballots.saved[-1]["answers"] == [{"key": FIRST, "value": 4}]
    assert page.evaluate(KEPT) == [], "what the server has does not lie on the device"


@pytest.mark.parametrize("script", ["", NO_DATABASE], ids=["database", "local storage"])
def test_answers_that_never_arrived_are_there_after_a_reload(
    page: Page, show: Show, ballots: Ballots, script: str
) -> None:
    page.add_init_script(script)
    ballots.refusal = 503
    start(show(page))
    answer(page, 0, 4)
    page.locator("sos-survey textarea").fill("Too many small shops.")
    expect(page.locator("sos-survey .status")).to_contain_text("Not saved yet")
    page.reload()
    resume(page)
    expect(page.locator("sos-survey .status")).to_contain_text("Not saved yet")
    ballots.refusal = None
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    assert ballots.saved[-1]["answers"] == [{"key": FIRST, "value": 4}]
    assert ballots.saved[-1]["comments"][0]["text"] == "Too many small shops."


def test_a_shared_device_keeps_nothing_when_asked(page: Page, show: Show, ballots: Ballots) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    ballots.refusal = 503
    show(page).get_by_label("Do not keep answers on this device").check()
    start(page)
    answer(page, 0, 4)
    status(page, "Not saved yet. Leave this page open until the connection is back.")
    assert page.evaluate(KEPT) == [None]
    page.reload()
    expect(page.get_by_label("Do not keep answers on this device")).to_be_checked()
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_two_people_on_one_device_do_not_meet(page: Page, show: Show, ballots: Ballots) -> None:
    ballots.refusal = 503
    start(show(page, token="1.3.7.100.seal"))
    answer(page, 0, 4)
    expect(page.locator("sos-survey .status")).to_contain_text("Not saved yet")
    show(page, token="1.3.8.100.seal")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    show(page, token="1.3.7.200.renewed")
    expect(page.get_by_role("button", name="Go on where you stopped")).to_be_visible()


def test_what_lies_too_long_on_a_device_is_thrown_away(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.refusal = 503
    start(show(page))
    answer(page, 0, 4)
    expect(page.locator("sos-survey .status")).to_contain_text("Not saved yet")
    in_15_days = page.evaluate("Date.now() + 15 * 24 * 3600 * 1000")
    page.clock.set_system_time(in_15_days)
    page.reload()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_another_devices_answers_are_taken_over(page: Page, show: Show, ballots: Ballots) -> None:
    start(show(page))
    elsewhere = [{"key": FIRST, "value": 1}, {"key": SECOND, "value": 5}]
    ballots.draft = {"answers": elsewhere, "comments": [], "sequence": 9}
    answer(page, 0, 4)
    saved(page)
    given = {one["key"]: one["value"] for one in ballots.saved[-1]["answers"]}
    assert given == {FIRST: 4, SECOND: 5}
    assert ballots.saved[-1]["sequence"] == 10
    second = page.locator("sos-survey fieldset").nth(1)
    expect(second.get_by_role("radio", checked=True)).to_have_accessible_name("Strongly agree")


def test_the_newest_answers_win_over_old_ones_on_a_device(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.refusal = 503
    start(show(page))
    answer(page, 0, 4)
    answer(page, 2, 2)
    expect(page.locator("sos-survey .status")).to_contain_text("Not saved yet")
    newer = [{"key": FIRST, "value": 1}]
    ballots.draft = {"answers": newer, "comments": [], "sequence": 3}
    page.reload()
    resume(page)
    ballots.refusal = None
    page.evaluate("dispatchEvent(new Event('focus'))")
    saved(page)
    given = [one["value"] for one in ballots.saved[-1]["answers"]]
    assert given == [1, 2], "the newer one stays, and what only the device had is added"


def test_a_survey_that_has_closed_says_so_and_leaves_what_was_typed(
    page: Page, show: Show, ballots: Ballots
) -> None:
    start(show(page))
    page.locator("sos-survey textarea").fill("Too many small shops.")
    saved(page)
    ballots.refusal = CLOSED
    answer(page, 0, 4)
    expect(page.get_by_role("alert")).to_contain_text("does not take answers any more")
    expect(page.get_by_role("alert")).to_contain_text("so that you can copy it")
    expect(page.locator("sos-survey textarea")).to_have_value("Too many small shops.")
    to_review(page)
    expect(page.get_by_role("button", name="Go on and submit")).to_be_disabled()


def test_a_token_that_is_lost_loses_no_answer(page: Page, show: Show, ballots: Ballots) -> None:
    start(show(page))
    ballots.refusal = 401
    answer(page, 0, 4)
    expect(page.get_by_role("alert")).to_contain_text("no longer knows who you are")
    expect(page.get_by_role("alert")).to_contain_text("kept on this device")
    ballots.refusal = None
    show(page)
    resume(page)
    saved(page)
    assert ballots.saved[-1]["answers"] == [{"key": FIRST, "value": 4}]


def test_a_submission_waits_for_the_line(page: Page, show: Show, ballots: Ballots) -> None:
    ballots.areas = 1
    start(show(page))
    answer(page, 0, 4)
    saved(page)
    to_review(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey .status")).to_contain_text("Not submitted yet")
    page.context.set_offline(False)
    expect(page.locator("sos-survey output")).to_be_visible()
    assert len(ballots.submitted) == 1
    assert page.evaluate(KEPT) == []


def test_other_failures_are_told_in_the_servers_words(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.refusal = {
        "__typename": "NotAllowed",
        "code": "not_a_participant",
        "what": "You do not take part.",
    }
    start(show(page))
    answer(page, 0, 4)
    alert: Any = page.get_by_role("alert")
    expect(alert).to_contain_text("You do not take part.")
    expect(alert).to_contain_text("Ask whoever invited you.")
    ballots.refusal = None
    page.get_by_role("button", name="Try again").click()
    saved(page)
    expect(alert).to_have_count(0)


def test_a_submission_that_was_refused_can_be_tried_again(
    page: Page, show: Show, ballots: Ballots
) -> None:
    ballots.areas = 1
    start(show(page))
    answer(page, 0, 4)
    saved(page)
    to_review(page)
    ballots.refusal = {"__typename": "NotAllowed", "code": "not_now", "what": "Not now."}
    submit: Any = page.get_by_role("button", name="Go on and submit")
    submit.click()
    expect(page.get_by_role("alert")).to_contain_text("Not now.")
    expect(submit).to_be_disabled()
    ballots.refusal = None
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    submit.click()
    expect(page.locator("sos-survey output")).to_be_visible()


def test_what_is_typed_while_the_rest_is_submitted_is_not_lost(
    page: Page, show: Show, ballots: Ballots
) -> None:
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if "SubmitBallot" in (route.request.post_data or "") and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    ballots.areas = 1
    start(show(page))
    answer(page, 0, 4)
    saved(page)
    to_review(page)
    page.route("**/graphql", hold)
    page.evaluate("addEventListener('sos-submit', () => { window.submitted = true })")
    page.get_by_role("button", name="Go on and submit").click()
    page.locator("sos-survey .actions").get_by_role("button", name="Back").click()
    page.locator("sos-survey .way-bar").get_by_role("button", name="Back").click()
    answer(page, 0, 2)
    status(page, "Changed. Submit again so that it counts.")
    [(route, response)] = held
    route.fulfill(response=response)
    until(page, "window.submitted")
    status(page, "Changed. Submit again so that it counts.")
    expect(page.locator("sos-survey fieldset").first.locator("input[value='2']")).to_be_checked()
    to_review(page)
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_be_visible()
    assert [one["answers"][0]["value"] for one in ballots.submitted] == [4, 2]
