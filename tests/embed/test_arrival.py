"""What stands on a page while the code and the data of a widget are on their way."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.embed.housed import house, open_page, sign_in, site
from tests.graphql.http.conftest import House

__all__ = ["house", "open_page", "site"]
TOP = "document.querySelector('#everybody').getBoundingClientRect().top"
DRAWN = "sos-import [part=frame][aria-busy=false]"


def hold(page: Page, address: str) -> Callable[[], None]:
    """Keep requests to an address waiting; the function that comes back lets them through."""
    held: list[Route] = []
    open_now: list[bool] = []
    page.route(address, lambda route: route.continue_() if open_now else held.append(route))

    def let_go() -> None:
        open_now.append(True)
        for route in held:
            route.continue_()

    return let_go


def people(page: Page, site: str, house: House) -> None:
    """Sign in as an administrator, and go to the page of people."""
    sign_in(page, site, house.account("admin", administrator=True))
    page.goto(f"{site}/app/people")


def test_nothing_can_be_reached_for_that_is_about_to_go(
    page: Page, site: str, house: House
) -> None:
    come = hold(page, "**/sos-import-*.js")
    people(page, site, house)
    expect(page.locator("sos-import[data-code=coming]")).to_have_count(1)
    expect(page.locator("sos-import").get_by_role("link", name="Excel")).to_have_count(0)
    expect(page.locator("sos-import > p").first).to_be_hidden()
    come()
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.locator("sos-import").get_by_role("link", name="Excel")).to_be_visible()


def test_what_works_without_code_shows_where_code_cannot_be_had(
    page: Page, site: str, house: House, expected_faults: list[str]
) -> None:
    expected_faults.append("ERR_FAILED")
    page.route("**/sos-import-*.js", lambda route: route.abort())
    people(page, site, house)
    expect(page.locator("sos-import").get_by_role("link", name="Excel")).to_be_visible()


def test_nothing_below_a_widget_jumps_into_view_and_away(
    page: Page, site: str, house: House
) -> None:
    code, data = hold(page, "**/sos-import-*.js"), hold(page, "**/graphql")
    people(page, site, house)
    expect(page.locator("sos-import[data-code=coming]")).to_have_count(1)
    before = page.evaluate(TOP)
    code()
    expect(page.locator("sos-import .bones")).to_be_visible()
    assert page.evaluate(TOP) == before
    assert before > 800, "what follows waits below, where nobody reaches for it yet"
    data()
    expect(page.locator(DRAWN)).to_be_visible()


def test_a_form_is_answered_while_the_better_one_is_on_its_way(
    page: Page, site: str, house: House
) -> None:
    survey = house.opened()
    come = hold(page, "**/graphql")
    page.goto(f"{site}{house.link(survey, 'alpha2')}/1?language=en")
    expect(page.locator("sos-survey:defined")).to_have_count(1)
    page.locator("sos-survey > form fieldset").first.locator("input[value='4']").check()
    come()
    expect(page.locator("sos-survey > form")).to_be_hidden()
    expect(page.locator("sos-survey .place")).to_have_text("Area 1 of 9")
    expect(page.locator("sos-survey fieldset").first.locator("input[value='4']")).to_be_checked()
    expect(page.locator("sos-survey .status")).to_contain_text("Saved")
