"""Fixtures of tests in which a browser meets the whole product, served from a house of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from sos_graphql import documents
from sos_graphql.http import embed
from tests.embed.browser import toolchain
from tests.embed.serving import serve
from tests.graphql.http.conftest import PASSWORD, House, house

__all__ = ["house", "open_page", "sign_in", "site"]


@pytest.fixture
def site(house: House) -> Iterator[str]:
    """Serve the house on loopback, with the present widgets, and give its address."""
    toolchain.build()
    for known in (
        embed.files,
        embed.manifest,
        documents.stored_documents,
        documents.guest_documents,
    ):
        known.cache_clear()
    with serve(house.app) as address:
        yield address


@pytest.fixture
def open_page(site: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Return the function that opens a page, whose pages close before the site does.

    A page asks for things until it is closed, and would complain of a site that is gone.
    """
    assert site
    return open_page


def sign_in(page: Page, site: str, email: str) -> None:
    """Sign in with the password of every account of the house."""
    page.goto(f"{site}/auth/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    expect(page).to_have_url(f"{site}/app")
