"""The pages in a real browser: wide and phone, light and dark, with code and without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.routing import Route

from sos_core.access.embeddings import EmbeddingSettings, create_embedding
from sos_core.access.one_time_codes import code_at, step_of
from sos_core.access.operators import create_operator
from tests.embed.browser import axe_source
from tests.embed.housed import site
from tests.graphql.http.conftest import PASSWORD, House

__all__ = ["site"]
SIZES = ((1200, "light"), (390, "dark"))
SMALL = """[...document.querySelectorAll('button,a.button,nav a,summary,select,textarea,label.option,' +
  'input:not([type=radio],[type=checkbox],[type=hidden])')]
  .filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.outerHTML.slice(0, 80))"""
CUT = """[...document.querySelectorAll('.scroll:has(> .stacked)')]
  .filter((e) => e.scrollWidth > e.clientWidth).map((e) => `cut off: ${e.textContent.slice(0, 40)}`)"""
GROUPS = {
    "surveys": (
        "/app",
        "/app/surveys",
        "/app/surveys/{draft}",
        "/app/surveys/{survey}",
        "/app/results",
        "/app/nothing/here",
    ),
    "people": (
        "/app/people",
        "/app/people/new",
        "/app/people/{leader}",
        "/app/people/{gone}",
        "/app/people/plans",
        "/app/people/plans/{plan}",
    ),
    "access": (
        "/app/account",
        "/app/account/second-factor",
        "/app/access",
        "/app/access/accounts/{account}",
        "/app/audit",
        "/app/retention",
        "/app/keys",
        "/app/embeddings",
        "/app/embeddings/{embedding}",
    ),
    "strangers": (
        "/auth/sign-in",
        "/auth/forgotten",
        "/auth/invitation/nothing",
        "/auth/password/nothing",
        "/s",
        "/s/code",
        "{link}/privacy",
        "/privacy",
    ),
    "operator": ("/app/operator", "/app/account"),
}
MEANT = re.compile("status of 40[34]")
VERBS = re.compile(
    r"/(\{verb\}|data\.\{ending\}|erase|undo|codes|deactivate|reactivate|revoke|end|submit|remove|invite|trust|sessions"
    r"|identities|recovery-codes|account/password|access/second-factor|receipts|sign-out|preferences)$"
)
"""Routes that take forms of the pages above and have no look of their own, or only after one."""
ELSEWHERE = {
    "/s/{link}": "tests/flows/test_respondents.py, with the widget and without code",
    "/s/{link}/{page}": "tests/flows/test_respondents.py, with the widget and without code",
    "/s/{link}/review": "tests/flows/test_respondents.py, with the widget and without code",
    "/app/results/{survey}": "tests/flows, where results are published",
    "/app/results/{survey}/{unit}": "tests/flows, where results are published",
    "/app/answer/{survey}": "the same pages as behind a personal link",
    "/app/answer/{survey}/{page}": "the same pages as behind a personal link",
    "/app/answer/{survey}/privacy": "the same pages as behind a personal link",
    "/app/answer/{survey}/review": "the same pages as behind a personal link",
    "/auth/code": "leads back to signing in, unless a password was right",
    "/auth/organization": "leads back to signing in, unless a password was right",
    "/auth/with/{provider}": "another system's own page",
    "/auth/with/{provider}/done": "leads on",
}


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page; console errors, such as of the CSP, fail the test.

    What a browser says of pages that are missing or refused by intention is none. They close before the site
    does, which they would complain of too.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not MEANT.search(fault)] == [], "the pages complained"


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/auth/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/app{,/operator}")


def enter(page: Page, site: str, house: House, group: str) -> None:
    """Sign in as one who sees the pages of a group."""
    if group == "operator":
        email = "operator@x.example"
        asked = {"operators_second_factor": False}  # of whom it is asked sees another page
        house.application.settings = house.application.settings.model_copy(update=asked)
        with house.application.database.write(None) as session:
            create_operator(session, email=email, name="", password=PASSWORD, now=house.clock())
        sign_in(page, site, email)
    elif group != "strangers":
        sign_in(page, site, house.account("admin", administrator=True))


def filled(house: House) -> dict[str, object]:
    """Fill the house, and return what addresses name of it."""
    survey = house.opened()
    settings = EmbeddingSettings("Intranet", ["https://intranet.example"], ["sos-areas"])
    with house.application.database.write(house.organization_id) as session:
        embedding = create_embedding(session, settings, actor="test", now=house.clock())
    return {
        "draft": house.draft(title="Autumn"),
        "survey": survey,
        "link": house.link(survey, "alpha1"),
        "leader": house.crew.people["alpha0"],
        "gone": house.crew.people["gone"],
        "plan": house.edited(),
        "account": 1,
        "embedding": embedding,
    }


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("group", GROUPS)
def test_pages_are_accessible_and_fit(
    site: str, house: House, open_page: Callable[..., Page], group: str, size: tuple[int, str]
) -> None:
    width, scheme = size
    names = filled(house)
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    enter(page, site, house, group)
    found: dict[str, Any] = {}
    for path in [path.format(**names) for path in GROUPS[group]]:
        page.goto(site + path)
        assert page.url == site + path, "the page is shown, and none instead of it"
        found[path] = faults_of(page, width)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("size", SIZES)
def test_a_second_factor_is_set_up_step_by_step(
    site: str, house: House, open_page: Callable[..., Page], size: tuple[int, str]
) -> None:
    width, scheme = size
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, site, house.account("ada"))
    page.goto(f"{site}/app/account/second-factor")
    page.fill("[name=present]", PASSWORD)
    page.press("[name=present]", "Enter")
    page.wait_for_selector(".picture svg")
    assert faults_of(page, width) == []
    page.click("main details summary")
    seed = page.inner_text(".seed")
    page.fill("[name=code]", "000000")
    page.press("[name=code]", "Enter")
    page.wait_for_selector("[role=alert]")
    assert seed not in page.content()
    assert faults_of(page, width) == []
    page.fill("[name=code]", code_at(seed, step_of(house.clock())))
    page.press("[name=code]", "Enter")
    page.wait_for_selector("li code")
    assert page.locator("li code").count() == 10
    assert faults_of(page, width) == []


def faults_of(page: Page, width: int) -> list[str]:
    """Return what is wrong with the look of a page in a window of this width."""
    page.evaluate(axe_source())
    found = [violation["id"] for violation in page.evaluate("axe.run()")["violations"]]
    found += page.evaluate(SMALL)
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the window")
    if page.evaluate("document.querySelector('header').offsetHeight") > 120:
        found.append("a bar of more than two lines")
    return found


def test_every_page_is_looked_at(house: House) -> None:
    """Go through the routes: each stands in a group, only takes forms, or is tried elsewhere."""
    names = filled(house)
    shown = [path.format(**names) for group in GROUPS.values() for path in group]
    pages = [
        route
        for route in house.app.routes
        if isinstance(route, Route) and re.match(r"/(app|auth|s|privacy)(/|$)", route.path)
    ]
    missed = [
        route.path
        for route in pages
        if not any(route.path_regex.match(path) for path in shown)
        and not VERBS.search(route.path)
        and route.path not in ELSEWHERE
    ]
    assert len(pages) > 40
    assert missed == []


@pytest.mark.parametrize("size", SIZES)
def test_the_form_without_code_is_answered_by_keyboard(
    site: str, house: House, open_page: Callable[..., Page], size: tuple[int, str]
) -> None:
    width, scheme = size
    survey_id = house.opened()
    link = house.link(survey_id, "alpha1")
    page = open_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=False
    )
    page.goto(site + link)
    page.focus("main button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}/1?")
    page.focus("fieldset:first-of-type input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.focus("button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}/2")
    assert list(house.answers(survey_id, "alpha1").answers.choices.values()) == [2]
