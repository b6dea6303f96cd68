"""The response rate: exact, limited, live, closed, and where there is none."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.embed.serving import gallery, serve
from tests.embed.surveys import samples
from tests.embed.surveys.conftest import Ballots
from tests.embed.test_gallery import OVERFLOW, VIEWPORTS

Axe = Callable[..., list[str]]
Show = Callable[..., Page]
BODY = '<sos-response-rate loading="eager"></sos-response-rate>'
FILL = "(data) => { document.querySelector('sos-response-rate').data = data }"


@pytest.fixture
def fill(show: Show, ballots: Ballots) -> Callable[..., Page]:
    """Return a function that shows the element with given figures."""

    def go(page: Page, query: str = "", **changed: Any) -> Page:
        ballots.rate = samples.rate(final=True) | changed
        show(page, query, body=BODY)
        page.evaluate(FILL, samples.rate() | changed)
        expect(page.locator("sos-response-rate .share")).to_be_visible()
        return page

    return go


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_the_way(
    open_page: Callable[..., Page], fill: Show, axe: Axe, theme: str, size: str
) -> None:
    page = fill(open_page(viewport=VIEWPORTS[size]), f"theme={theme}")
    expect(page.locator("sos-response-rate svg.chart")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize("query", ["lang=en-XA", "dir=rtl", "lang=zh-Hans"])
def test_nothing_hangs_over_the_edge(
    open_page: Callable[..., Page], fill: Show, query: str, size: str
) -> None:
    page = fill(open_page(viewport=VIEWPORTS[size]), query)
    expect(page.locator("sos-response-rate svg.chart")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_exact_rate_has_its_numbers(open_page: Callable[..., Page], fill: Show) -> None:
    page = open_page(timezone_id="Europe/Stockholm")
    page.clock.set_fixed_time("2026-11-18T12:00:00Z")
    fill(page)
    expect(page.locator("sos-response-rate .share")).to_have_text("62%")
    expect(page.get_by_text("262 of 421 people have finished")).to_be_visible()
    expect(page.locator("sos-response-rate dl")).to_contain_text("Nov 19, 2026, 09:00")
    expect(page.locator("sos-response-rate circle title").last).to_have_text("Nov 18, 2026: 62%")


def test_days_are_those_of_the_survey(open_page: Callable[..., Page], fill: Show) -> None:
    page = open_page(timezone_id="Asia/Shanghai")
    page.clock.set_fixed_time("2026-11-18T16:30:00Z")  # the 18th is over there, not in Greenwich
    fill(page, timeZone="Asia/Shanghai", overall=samples.value(300, 421, 300 / 421))
    titles = page.locator("sos-response-rate circle title")
    expect(titles.last).to_have_text("Nov 19, 2026, 00:30: 71%")
    assert titles.all_text_contents()[-2] == "Nov 18, 2026: 62%"


def test_the_curve_ends_at_what_stands_beside_it(
    open_page: Callable[..., Page], fill: Show
) -> None:
    page = open_page(timezone_id="Europe/Stockholm")
    page.clock.set_fixed_time("2026-11-20T12:00:00Z")
    fill(page, overall=samples.value(300, 421, 300 / 421))
    last = page.locator("sos-response-rate circle title").last
    expect(last).to_have_text("Nov 20, 2026, 13:00: 71%")


def test_a_limit_is_told_as_a_limit(page: Page, fill: Show) -> None:
    fill(page, overall=samples.value(None, 421, 0.1, "AT_MOST"), daily=[])
    expect(page.locator("sos-response-rate .share")).to_have_text("at most 10%")
    expect(page.get_by_text("421 people are invited.")).to_be_visible()
    expect(page.get_by_text("The curve begins when the first day is over.")).to_be_visible()
    expect(page.locator("sos-response-rate tbody")).not_to_contain_text("of 421")


def test_units_are_named_with_those_they_are_shown_together_with(page: Page, fill: Show) -> None:
    rows = fill(page).locator("sos-response-rate .units tbody tr")
    expect(rows).to_have_count(7)
    expect(rows.nth(5)).to_contain_text("Together: Systems Baltic and Systems Poland")
    expect(rows.nth(6)).to_contain_text("at least 90%")


def test_a_page_may_list_the_highest_levels_alone(page: Page, fill: Show) -> None:
    fill(page).evaluate("document.querySelector('sos-response-rate').setAttribute('depth', '0')")
    rows = page.locator("sos-response-rate .units tbody tr")
    expect(rows).to_have_count(1)


def test_screen_readers_get_the_days_as_a_table(page: Page, fill: Show) -> None:
    table = fill(page).get_by_role("table", name="Share who had finished")
    expect(table.get_by_role("row")).to_have_count(11)
    expect(table.get_by_role("row").nth(1)).to_contain_text("at most 10%")


def test_the_figures_can_be_saved(page: Page, fill: Show) -> None:
    fill(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save data").click()
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["Unit", "Together", "Invited", "Finished"]
    assert rows[6] == [
        "Systems Baltic",
        "Systems Baltic and Systems Poland",
        "44",
        "0.5454545454545454",
    ]
    assert rows[7] == ["Service", "", "134", "at least 90%"]


def test_a_survey_that_has_closed_is_final(page: Page, show: Show, ballots: Ballots) -> None:
    ballots.rate = samples.rate(final=True)
    show(page, body=BODY)
    expect(page.locator("sos-response-rate dl")).to_contain_text("Closed on")
    expect(page.get_by_text("Next reminder")).to_have_count(0)
    expect(page.get_by_text("Updates by itself")).to_have_count(0)


def test_where_nothing_is_open_it_says_so(page: Page, show: Show) -> None:
    show(page, body=BODY)
    expect(page.get_by_text("No survey is open now.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_who_may_not_see_rates_is_told_in_the_servers_words(
    page: Page, show: Show, ballots: Ballots
) -> None:
    refusal = {"__typename": "NotAllowed", "code": "no_response_rate", "what": "For leaders only."}
    ballots.rate = {**refusal, "remedy": "Ask for access.", "title": "Survey"}
    show(page, body=BODY)
    expect(page.get_by_role("alert")).to_contain_text("For leaders only.")


class Pushing:
    """A subscription that tells a rate and then is silent, or says what it is told to say."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.then: dict[str, Any] | None = None

    async def __call__(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol="graphql-transport-ws")
        await socket.receive_json()
        await socket.send_json({"type": "connection_ack"})
        self.asked.append((await socket.receive_json())["payload"])
        changed = samples.rate(overall=samples.value(300, 421, 300 / 421))
        payload = {"data": {"responseRateChanged": changed}}
        await socket.send_json({"id": "1", "type": "next", "payload": payload})
        if self.then:
            await socket.send_json({"id": "1", **self.then})
        try:
            await socket.receive_json()
        except WebSocketDisconnect:
            return


@pytest.fixture
def pushing(bundled: Path) -> Iterator[tuple[str, Pushing, Ballots]]:
    """Serve an API that also pushes."""
    ballots, push = Ballots(), Pushing()
    ballots.rate = samples.rate()
    app = gallery(ballots, bundled)
    app.router.routes.insert(0, WebSocketRoute("/graphql", push.__call__))
    with serve(app) as address:
        yield address, push, ballots


def test_news_is_shown_as_it_comes(
    pushing: tuple[str, Pushing, Ballots], open_page: Callable[..., Page]
) -> None:
    (address, push, _), page = pushing, open_page()
    page.goto(f"{address}/?body={BODY}")
    expect(page.locator("sos-response-rate .share")).to_have_text("71%")
    expect(page.get_by_text("300 of 421 people have finished")).to_be_visible()
    assert push.asked[0]["variables"] == {"survey": "U3VydmV5OjM"}


def test_figures_that_may_be_old_are_told_to_be(
    pushing: tuple[str, Pushing, Ballots], open_page: Callable[..., Page]
) -> None:
    (address, push, _), page = pushing, open_page()
    push.then = {"type": "error", "payload": [{"message": "Too fast."}]}
    page.goto(f"{address}/?body={BODY}")
    expect(page.locator("sos-response-rate .share")).to_have_text("71%")
    expect(page.locator("sos-response-rate .live")).to_contain_text("No news since")
    refusal = {"__typename": "NotAllowed", "code": "no", "what": "For leaders.", "remedy": "Ask."}
    push.then = {"type": "next", "payload": {"data": {"responseRateChanged": refusal}}}
    expect(page.get_by_role("alert")).to_contain_text("For leaders.")
    expect(page.locator("sos-response-rate .live")).to_have_text("")


def test_without_a_socket_it_asks_again(
    page: Page, show: Show, ballots: Ballots, expected_faults: list[str]
) -> None:
    expected_faults.append("WebSocket connection")
    page.clock.install()
    ballots.rate = samples.rate()
    show(page, body=BODY)
    expect(page.locator("sos-response-rate .share")).to_have_text("62%")
    ballots.rate = samples.rate(overall=samples.value(400, 421, 0.95))
    with page.expect_response("**/graphql"):
        page.clock.run_for(60_000)
    expect(page.locator("sos-response-rate .share")).to_have_text("95%")
