"""The survey and people widgets against the real server: its pages, its policy, its database."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select

from sos_core.people.tables import Person
from tests.embed.housed import house, open_page, sign_in, site
from tests.graphql.http.conftest import House

__all__ = ["house", "open_page", "site"]
Axe = Callable[..., list[str]]


def workbook(rows: list[tuple[str, str, str, str]]) -> FilePayload:
    """Return a workbook with a title above its headings, as people send them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Staff list, November"])
    sheet.append(["Full name", "E-Mail", "Level 1", "Level 2"])
    for row in rows:
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return FilePayload(name="Staff.xlsx", mimeType="", buffer=kept.getvalue())


def names(house: House) -> dict[str, bool]:
    with house.application.database.read(house.organization_id) as session:
        return {person.name: person.active for person in session.scalars(select(Person))}


def test_a_respondent_answers_through_the_widget(
    page: Page, axe: Axe, site: str, house: House
) -> None:
    survey = house.opened(languages=("en", "sv"))
    page.goto(f"{site}{house.link(survey, 'alpha2')}?language=en")
    expect(page.locator("sos-survey form")).to_be_hidden()
    page.locator("sos-survey .actions .primary").click()
    for number in range(4):
        page.locator("sos-survey fieldset").nth(number).locator("input[value='4']").check()
    page.locator("sos-survey textarea").fill("Zu viele kleine Läden.")
    expect(page.locator("sos-survey .status")).to_contain_text("Saved")
    assert axe(page) == []
    kept = house.answers(survey, "alpha2")
    assert sorted(kept.answers.choices.values()) == [4, 4, 4, 4]
    assert not kept.submitted
    page.reload()
    expect(page.locator("sos-survey form")).to_be_hidden()
    page.get_by_role("button", name="Go on where you stopped").click()
    expect(page.locator("sos-survey .place")).to_have_text("Area 2 of 9")
    for _ in range(9):
        page.locator("sos-survey .way-bar .primary").click()
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).not_to_be_empty()
    assert house.answers(survey, "alpha2").submitted


def test_an_administrator_imports_looks_and_undoes(
    page: Page, axe: Axe, site: str, house: House
) -> None:
    sign_in(page, site, house.account("admin", administrator=True))
    before = names(house)
    page.goto(f"{site}/app/people")
    file = page.locator("sos-import input[type=file]")
    file.set_input_files(
        workbook(
            [
                ("Ingrid Solheim", "ingrid@x.example", "North", "Alpha"),
                ("Nobody Anywhere", "not an address", "North", "Alpha"),
                ("Wang Xiaoming", "wang@x.example", "South", "Gamma"),
            ]
        )
    )
    expect(page.get_by_role("tab", name="Added · 2")).to_be_visible()
    page.get_by_role("button", name="See what is wrong").click()
    expect(page.locator("sos-import #panel")).to_contain_text("is not an e-mail address")
    assert axe(page) == []
    page.get_by_role("button", name="Carry out 2 changes").click()
    expect(page.locator("sos-import .stands")).to_contain_text("Carried out by Admin")
    assert set(names(house)) - set(before) == {"Ingrid Solheim", "Wang Xiaoming"}
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("button", name="Undo now").click()
    expect(page.locator("sos-import .stands")).to_contain_text("Undone by Admin")
    assert names(house) == before


def test_the_response_rate_follows_what_comes_in(page: Page, site: str, house: House) -> None:
    survey = house.opened()
    sign_in(page, site, house.account("admin", administrator=True))
    page.goto(f"{site}/app/surveys/{survey}")
    share = page.locator("sos-response-rate .share")
    expect(share).to_be_visible()
    before = share.inner_text()
    visitor = house.visitor()
    for name in [f"{team}{number}" for team in ("alpha", "beta") for number in range(6)]:
        visitor.post(f"{house.link(survey, name)}/submit")
    house.clock.advance(minutes=10)  # less than a session may lie unused
    house.application.jobs.drain(house.clock())
    expect(share).not_to_have_text(before)
