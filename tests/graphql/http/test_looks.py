"""The pages in a real browser: wide and phone, light and dark, with code and without."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.organizations.commands import create_organization
from sos_core.settings import Settings
from sos_graphql.app import create_app
from tests.embed.browser import axe_source
from tests.graphql.http.conftest import PASSWORD, House
from tests.surveys.conftest import build_crew

SIZES = ((1200, "light"), (390, "dark"))
SMALL = """[...document.querySelectorAll('button,a.button,nav a,summary,select,textarea,label.option,' +
  'input:not([type=radio],[type=checkbox],[type=hidden])')]
  .filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.outerHTML.slice(0, 80))"""


@dataclass
class Served:
    """A house behind a port of this machine."""

    house: House
    base: str


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path, clock: ManualClock) -> Iterator[Served]:
    shutil.copy(sqlite_template, tmp_path / "sos.db")
    application = Application(Settings(data_dir=tmp_path), clock=clock)
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="Europe/Stockholm", now=clock()
        )
    crew = build_crew(application.database, organization_id)
    app = create_app(application, run_jobs=False)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    started = threading.Event()

    async def run() -> None:
        config = server.config
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        started.set()
        await server.main_loop()
        await server.shutdown()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert started.wait(20)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(House(application, clock, crew, lambda: None), f"http://127.0.0.1:{port}")  # type: ignore[arg-type, return-value]
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page; console errors, such as of the CSP, fail the test."""
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
    assert faults == [], "the pages complained"


def sign_in(page: Page, served: Served) -> None:
    email = served.house.account(f"admin{page.viewport_size['width']}", administrator=True)
    page.goto(f"{served.base}/auth/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/app")


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible_and_fit(
    served: Served,
    open_page: Callable[..., Page],
    size: tuple[int, str],
) -> None:
    width, scheme = size
    house = served.house
    draft_id, survey_id = house.draft(title="Autumn"), house.opened()
    link = house.link(survey_id, "alpha1")
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(page, served)
    paths = ["/app", "/app/surveys", f"/app/surveys/{draft_id}", f"/app/surveys/{survey_id}"]
    edited = house.edited()
    paths += [f"/app/people/{house.crew.people[name]}" for name in ("alpha0", "gone")]
    paths += ["/app/people/new", "/app/people/plans", f"/app/people/plans/{edited}"]
    paths += [
        "/app/audit",
        "/app/people",
        "/app/results",
        "/app/account",
        "/s",
        "/s/code",
        f"{link}/privacy",
    ]
    found: dict[str, Any] = {}
    for path in paths:
        page.goto(served.base + path)
        page.evaluate(axe_source())
        violations = page.evaluate("axe.run()")["violations"]
        found[path] = [violation["id"] for violation in violations]
        found[path] += page.evaluate(SMALL)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path].append("wider than the window")
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("size", SIZES)
def test_the_form_without_code_is_answered_by_keyboard(
    served: Served,
    open_page: Callable[..., Page],
    size: tuple[int, str],
) -> None:
    width, scheme = size
    survey_id = served.house.opened()
    link = served.house.link(survey_id, "alpha1")
    page = open_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=False
    )
    page.goto(served.base + link)
    page.focus("main button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}/1?")
    page.focus("fieldset:first-of-type input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.focus("button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}/2")
    assert list(served.house.answers(survey_id, "alpha1").answers.choices.values()) == [2]
