"""Respondents of the demonstration's open survey: from the mail to the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from sos_core.content import LANGUAGES, questionnaire, text
from sos_graphql.demo.people import DemoPerson
from sos_graphql.demo.respondents import takes_part
from tests.flows.house import PHONE, House

OPEN = 2
RECEIPT = re.compile(r"\b[0-9A-Z]{16}\b")
FORM = questionnaire()


@pytest.fixture(scope="session")
def waiting(people: list[DemoPerson]) -> list[DemoPerson]:
    """Return who is invited and has not answered; each test answers as another one of them."""
    invited = (person for person in people if person.user_type == "participant")
    return [person for person in invited if not takes_part(person.email, OPEN)]


def speaking(people: list[DemoPerson], language: str) -> list[DemoPerson]:
    return [person for person in people if person.language == language]


def statement(page: Page, number: int) -> Locator:
    return page.locator("sos-survey fieldset").nth(number)


def onward(page: Page) -> None:
    page.locator("sos-survey .way-bar .primary").tap()


def status(page: Page) -> Locator:
    return page.locator("sos-survey .status")


def test_an_answer_survives_a_tunnel_and_another_device(
    demo: House,
    waiting: list[DemoPerson],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    expected_faults: list[str],
) -> None:
    expected_faults.append("ERR_INTERNET_DISCONNECTED")
    email = speaking(waiting, "en")[0].email
    phone = demo.show(open_page(**PHONE, color_scheme="dark"), demo.link(email))
    phone.locator("sos-survey .actions .primary").tap()
    for number, value in enumerate((5, 4, 0)):
        statement(phone, number).locator(f"label:has(input[value='{value}'])").tap()
    statement(phone, 3).locator("input").first.focus()
    phone.keyboard.press("2")
    expect(status(phone)).to_contain_text("Saved")
    assert axe(phone) == []
    onward(phone)
    phone.context.set_offline(True)
    statement(phone, 0).locator("label:has(input[value='3'])").tap()
    phone.locator("sos-survey textarea").fill("Nobody asks what customers value.")
    expect(status(phone)).to_contain_text("Not saved yet")
    phone.context.set_offline(False)
    expect(status(phone)).to_contain_text("Saved", timeout=15_000)
    phone.close()
    desk = demo.show(open_page(), demo.link(email))
    go_on_and_submit(desk)


def go_on_and_submit(page: Page) -> None:
    """Find everything on another device, go through to the end, and submit."""
    resume = page.locator("sos-survey .actions .primary")
    expect(resume).to_have_text("Go on where you stopped")
    resume.click()
    expect(page.locator("sos-survey .place")).to_have_text("Area 2 of 9")
    expect(statement(page, 0).locator("input[value='3']")).to_be_checked()
    expect(page.locator("sos-survey textarea")).to_have_value("Nobody asks what customers value.")
    page.get_by_role("button", name="Back").click()
    for number, value in enumerate((5, 4, 0, 2)):
        expect(statement(page, number).locator(f"input[value='{value}']")).to_be_checked()
    for _ in range(len(FORM.areas) + 1):
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Go on and submit").click()
    expect(page.locator("sos-survey output")).to_have_text(RECEIPT)
    page.reload()
    expect(page.locator("sos-survey")).to_contain_text("Your answers have been submitted")


def test_the_form_works_without_javascript(
    demo: House, waiting: list[DemoPerson], open_page: Callable[..., Page]
) -> None:
    email = speaking(waiting, "nb")[0].email
    page = demo.show(open_page(**PHONE, java_script_enabled=False), demo.link(email))
    page.locator("main button.primary").tap()
    for area in FORM.areas:
        expect(page.get_by_role("heading", level=1)).to_have_text(text("nb", area.name_key))
        for number in range(len(area.statements)):
            page.locator("fieldset").nth(number).locator("input[value='4']").check()
        page.locator("button[value=next]").tap()
    for number in range(len(FORM.activities)):
        page.locator("fieldset").nth(number).locator("input[value='2']").check()
    page.locator("button[value=next]").tap()
    expect(page.locator("main")).to_contain_text(text("nb", "form.all_answered"))
    page.locator("main button.primary").tap()
    expect(page.locator(".receipt")).to_contain_text(RECEIPT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_is_asked_in_their_own_language(
    demo: House, waiting: list[DemoPerson], open_page: Callable[..., Page], language: str
) -> None:
    person = speaking(waiting, language)[-1]
    page = demo.show(open_page(**PHONE), demo.link(person.email))
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("sos-survey .actions .primary").tap()
    area = FORM.areas[0]
    expect(page.locator("sos-survey [part=heading]")).to_have_text(text(language, area.name_key))
    for number, asked in enumerate(area.statements):
        expect(statement(page, number).locator("legend")).to_have_text(
            text(language, asked.text_key)
        )
    expect(statement(page, 0)).to_contain_text(text(language, "scale.cannot_judge"))


def test_the_response_rate_moves_while_one_looks_on(
    demo: House, waiting: list[DemoPerson], open_page: Callable[..., Page]
) -> None:
    page = demo.sign_in(open_page(), "admin", "/app")
    rate = page.locator("sos-response-rate")
    told = rate.locator(".big [role=status]")
    expect(told).to_contain_text("people have finished")
    before = told.inner_text()
    email = speaking(waiting, "sw")[0].email
    plain = demo.show(open_page(java_script_enabled=False), demo.link(email) + "/review")
    plain.locator("main button.primary").click()
    expect(plain.locator(".receipt")).to_contain_text(RECEIPT)
    expect(told).not_to_have_text(before)
    expect(told).to_contain_text("people have finished")
