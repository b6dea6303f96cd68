"""Fixtures of the browser tests: pages that fail on anything suspicious."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.embed.browser import axe_source
from tests.embed.serving import Api, bundle, gallery, serve

WATCH = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP:', event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));"""


@pytest.fixture
def expected_faults() -> list[str]:
    """Return a list to which a test adds parts of the complaints that it provokes."""
    return []


@pytest.fixture
def open_page(browser: Browser, expected_faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a context of its own; arguments as ``new_context``.

    The test fails at its end when a page wrote a console error, threw, or broke the content
    security policy, but for what the test itself added to ``expected_faults``.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH)
        watch(page, faults)
        return page

    yield open_one
    for context in contexts:
        context.close()
    left = [fault for fault in faults if not any(part in fault for part in expected_faults)]
    assert left == [], "the pages complained"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Return a fresh page, 1200 pixels wide, that fails the test on any complaint."""
    return open_page()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Return a function that runs axe-core on a page and returns the violations in words."""
    source = axe_source()

    def run(page: Page, within: str | None = None) -> list[str]:
        page.evaluate(source)
        result = page.evaluate("(within) => axe.run(within ?? document)", within)
        return [
            f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:160]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return run


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle the gallery's elements into a folder that no other process writes."""
    return bundle(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="session")
def _gallery(bundled: Path) -> Iterator[tuple[str, Api]]:
    api = Api()
    with serve(gallery(api, bundled)) as address:
        yield address, api


@pytest.fixture
def api(_gallery: tuple[str, Api]) -> Api:
    """Return the gallery's stand-in API, forgetful again."""
    _, api = _gallery
    api.asked.clear()
    api.answers.clear()
    return api


@pytest.fixture
def gallery_url(_gallery: tuple[str, Api], api: Api) -> str:
    """Return the address of the gallery."""
    return _gallery[0]


def watch(page: Page, faults: list[str]) -> None:
    """Write console errors, exceptions and broken policies of ``page`` into ``faults``."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"{page.url}: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
