"""Access, sessions and the audit log in a real browser: granted, locked, ended, and written down."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from sos_core.content import text
from tests.embed.housed import house, open_page, sign_in, site
from tests.graphql.http.accounts import mails
from tests.graphql.http.conftest import House

__all__ = ["house", "open_page", "site"]


def said(key: str, **values: object) -> str:
    return text("en", key, **values)


def test_an_administrator_invites_grants_and_locks_and_the_log_tells(
    open_page: Callable[..., Page], site: str, house: House
) -> None:
    page = open_page()
    sign_in(page, site, house.account("admin", administrator=True))
    page.get_by_role("link", name=said("app.access"), exact=True).click()
    page.locator("form[action='/app/access/invite'] [name=email]").fill("ada@x.example")
    page.locator("form[action='/app/access/invite'] [value=units]").check()
    page.locator("form[action='/app/access/invite'] summary").click()
    page.get_by_label("North").check()
    page.get_by_role("button", name=said("access.invite.send")).click()
    expect(page.get_by_role("status")).to_have_text(said("access.done.invited"))
    expect(page.locator("tr", has_text="ada@x.example")).to_contain_text("North")
    assert len(mails(house)) == 1
    page.get_by_role("link", name="ada", exact=True).click()
    page.locator("[name=sees][value=everything]").check()
    page.get_by_role("button", name=said("app.verb.settings")).click()
    expect(page.get_by_role("status")).to_have_text(said("access.done.changed"))
    page.locator("summary", has_text=said("access.verb.lock")).click()
    page.get_by_role("button", name=said("access.verb.lock")).click()
    expect(page.locator("h1")).to_contain_text(said("access.state.locked"))
    page.get_by_role("link", name=said("audit.title"), exact=True).click()
    for verb in ("account.invited", "account.changed", "account.locked"):
        page.locator("[name=verb]").select_option(verb)
        page.get_by_role("button", name=said("audit.choose")).click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text(said(f"audit.verb.{verb}"))
    with page.expect_download() as saved:
        page.get_by_role("link", name=said("audit.export.csv")).click()
    assert saved.value.suggested_filename == "audit.csv"


def test_somebody_ends_a_session_elsewhere(
    open_page: Callable[..., Page], site: str, house: House
) -> None:
    address = house.account("ada")
    here, there = open_page(), open_page()
    sign_in(there, site, address)
    sign_in(here, site, address)
    here.goto(f"{site}/app/account")
    sessions = here.locator("ul.sessions li")
    expect(sessions).to_have_count(2)
    expect(sessions.filter(has_text=said("sessions.this"))).to_have_count(1)
    here.get_by_role("button", name=said("sessions.end"), exact=True).click()
    expect(here.get_by_role("status")).to_have_text(said("account.done.sessions"))
    expect(sessions).to_have_count(1)
    there.goto(f"{site}/app/account")
    expect(there).to_have_url(f"{site}/auth/sign-in?next=/app/account")
