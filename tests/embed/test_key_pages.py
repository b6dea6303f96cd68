"""The pages of API keys and embeddings in a real browser: a key is copied, and everybody can use them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.embed.housed import house, open_page, sign_in, site
from tests.graphql.http.conftest import House

__all__ = ["house", "open_page", "site"]


def test_an_administrator_copies_a_new_key_and_revokes_it(
    open_page: Callable[..., Page], axe: Callable[..., list[str]], site: str, house: House
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, site, house.account("admin", administrator=True))
    page.get_by_role("link", name="Integrations").click()
    page.get_by_label("Name").fill("Warehouse")
    page.locator("input[value='results:read']").check()
    page.get_by_role("button", name="Create a key").click()
    key = page.locator("sos-copy input").input_value()
    assert key.startswith("sos_key_")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    assert axe(page) == []
    page.locator("summary", has_text="Revoke").click()
    page.get_by_label("I know that").check()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("The key is revoked")


def test_an_administrator_allows_a_page_on_a_phone(
    open_page: Callable[..., Page], axe: Callable[..., list[str]], site: str, house: House
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    sign_in(page, site, house.account("admin", administrator=True))
    page.goto(f"{site}/app/embeddings")
    page.get_by_label("Name").fill("Intranet")
    page.get_by_label("Allowed origins").fill("https://intranet.example")
    assert axe(page) == []
    page.get_by_role("button", name="Create an embedding").click()
    expect(page.get_by_role("heading", name="Intranet")).to_be_visible()
    expect(page.locator("sos-copy button")).to_have_count(2)
    assert axe(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out"
