"""Guests in a real browser: a page of another origin shows a widget, one that is not allowed does not."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from playwright.sync_api import Page, expect

from sos_core.access.api_keys import create_api_key
from sos_core.access.embeddings import EmbeddingSettings, create_embedding, end_embedding
from sos_graphql.nodes import node_id
from tests.embed.browser import ROOT
from tests.embed.housed import house, open_page, site
from tests.graphql.http.conftest import House
from tests.graphql.http.test_results import closed
from tests.ports import reserved_port

__all__ = ["house", "open_page", "site"]
TIGHT = "frame-ancestors"


def example() -> ModuleType:
    """Return the example of a host's site, as it stands in the repository."""
    path = ROOT / "examples" / "guest-host" / "host.py"
    spec = importlib.util.spec_from_file_location("guest_host", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault(spec.name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def survey(house: House) -> int:
    survey_id, _ = closed(house)
    house.clock.advance(days=3)
    return survey_id


@contextmanager
def hosting(
    page: Page, house: House, site: str, survey: int, *, allowed: bool = True
) -> Iterator[tuple[str, int]]:
    """Serve the example to a page, with an embedding that allows its origin, or another one."""
    module = example()
    with reserved_port() as port:
        origin = f"http://localhost:{port}"
        number, key = embedding(house, origin if allowed else "http://localhost:1")
        settings = module.Sos(
            url=site,
            key=key,
            embedding=node_id("Embedding", number),
            survey=node_id("Survey", survey),
            unit=node_id("Unit", house.crew.units["alpha"]),
        )
        server = module.serve(settings, port)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield origin, number
        finally:
            page.goto("about:blank")
            server.shutdown()
            server.server_close()
            thread.join(timeout=10)


def embedding(house: House, origin: str) -> tuple[int, str]:
    """Make an embedding for pages of ``origin``; return its number and a key that mints for it."""
    settings = EmbeddingSettings("Intranet", [origin], ["sos-areas", "sos-summary"])
    with house.application.database.write(house.organization_id) as session:
        number = create_embedding(session, settings, actor="test", now=house.clock())
        key = create_api_key(
            session, name="Host", scopes=["guests:mint"], actor="test", now=house.clock()
        )
        return number, key.token


def test_a_page_of_another_origin_shows_the_widget(
    page: Page, axe: Callable[..., list[str]], house: House, site: str, survey: int
) -> None:
    with hosting(page, house, site, survey) as (host, _):
        asked: list[dict[str, str]] = []
        page.on(
            "request",
            lambda r: asked.append(r.headers) if r.url.endswith("/graphql") else None,
        )
        page.goto(f"{host}/")
        expect(page.locator("sos-areas").get_by_role("heading").first).to_be_visible()
        expect(page.locator("sos-areas [part~=error]")).to_have_count(0)
        expect(page.locator("sos-areas table").first).to_contain_text("100")
        assert axe(page, "sos-areas") == []
        [headers] = [h for h in asked if "authorization" in h]
        assert headers["authorization"].startswith("Bearer ey")
        assert "cookie" not in headers


def test_a_frame_gets_its_token_from_the_page_around(
    page: Page, house: House, site: str, survey: int
) -> None:
    with hosting(page, house, site, survey) as (host, _):
        page.goto(f"{host}/frame")
        inside = page.frame_locator("iframe")
        expect(inside.locator("sos-areas").get_by_role("heading").first).to_be_visible()
        expect(inside.locator("sos-areas table").first).to_contain_text("100")
        frame = page.locator("iframe")
        expect(frame).not_to_have_attribute("height", "600")


def test_a_page_that_is_not_allowed_shows_nothing(
    page: Page, house: House, site: str, survey: int, expected_faults: list[str]
) -> None:
    expected_faults += ["CORS", "Failed to load", TIGHT, "Framing", "blocked"]
    with hosting(page, house, site, survey, allowed=False) as (host, _):
        page.goto(f"{host}/")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("customElements.get('sos-areas') === undefined")
        page.goto(f"{host}/frame")
        page.wait_for_load_state("networkidle")
        assert [frame.url for frame in page.frames[1:]] != []
        assert page.frame_locator("iframe").locator("sos-areas").count() == 0


def test_an_ended_embedding_shows_nothing_from_then_on(
    page: Page, house: House, site: str, survey: int, expected_faults: list[str]
) -> None:
    expected_faults += ["CORS", "Failed to load", "401", "blocked"]
    with hosting(page, house, site, survey) as (host, number):
        page.goto(f"{host}/")
        expect(page.locator("sos-areas table").first).to_contain_text("100")
        with house.application.database.write(house.organization_id) as session:
            end_embedding(session, number, actor="test", now=house.clock())
        page.evaluate("document.querySelector('sos-areas').refresh()")
        expect(page.locator("sos-areas [part~=error]")).to_be_visible()
