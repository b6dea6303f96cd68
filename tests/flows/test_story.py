"""The whole story on a fresh database, in a browser: from an empty page to results and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Download, Page, expect

from sos_core.access.commands import create_account
from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.clock import now as time_of_day
from sos_core.content import questionnaire, text
from sos_core.organizations.commands import create_organization
from sos_core.people.queries import find_by_email
from sos_core.surveys.queries import SurveyView, surveys
from sos_graphql.demo.people import DemoPerson
from tests.flows.crowd import answer_over_http
from tests.flows.house import PHONE, House, built, widget

ORGANIZATION = 1
PASSWORD = "a sentence of several words"
TEAMS = {"Alpha": ("North", 9, "en"), "Gamma": ("North", 3, "en"), "Beta": ("South", 9, "sv")}
REJECTED = ("No address", "not an address")
Axe = Callable[..., list[str]]
Open = Callable[..., Page]


def crew() -> list[DemoPerson]:
    """Return three teams, one of them small, each with its leader first."""
    return [
        DemoPerson(
            employee_id="",
            name=f"{team} {number}",
            email=f"{team.lower()}{number}@acme.example",
            unit=(region, team),
            language=language,
            user_type="participant",
            manager_email="",
            leads=number == 0,
        )
        for team, (region, size, language) in TEAMS.items()
        for number in range(size)
    ]


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[House]:
    """Serve an organization of which nothing is known but its administrator."""
    clock = ManualClock(time_of_day())

    def fill(application: Application) -> None:
        application.migrate()
        with application.database.write(None) as session:
            create_organization(
                session,
                name="Acme",
                language="en",
                time_zone="Europe/Stockholm",
                levels=("Region", "Team"),
                now=clock(),
            )

    with built(tmp_path / "acme", clock, fill) as house:
        admit(house, "admin", "admin@acme.example", administrator=True)
        yield house


def admit(house: House, role: str, email: str, **more: object) -> None:
    """Give somebody an account with a password."""
    with house.application.database.write(ORGANIZATION) as session:
        person = find_by_email(session, email)
        create_account(
            session,
            email=email,
            name=role.capitalize(),
            person_id=person.id if person else None,
            password=PASSWORD,
            now=house.clock(),
            actor="test",
            **more,
        )
    house.passwords[role] = email, PASSWORD


def test_from_an_empty_page_to_results_and_back(
    acme: House, open_page: Open, axe: Axe, tmp_path: Path
) -> None:
    desk = acme.sign_in(open_page(), "admin", "/app/people")
    people_come(desk, axe, tmp_path)
    a_survey_opens(acme, desk)
    acme.drain()
    people_answer(acme, open_page)
    it_closes(acme, desk)
    acme.drain()
    nobody_sees_anything(acme, open_page)
    acme.clock.set(latest(acme).publishes_at + timedelta(minutes=1))
    acme.drain()
    desk = acme.sign_in(open_page(), "admin", "/app/results")
    results_are_there(desk)
    a_leader_sees_their_team_and_a_participant_no_comments(acme, open_page)
    the_import_is_undone(acme, desk)


def latest(house: House) -> SurveyView:
    with house.application.database.read(ORGANIZATION) as session:
        return surveys(session)[0]


def fill_in(template: Download, folder: Path) -> Path:
    """Fill the template as people do: words above, blanks, capitals, and a row that is wrong."""
    book = load_workbook(BytesIO(template.path().read_bytes()))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    sheet.delete_rows(2, sheet.max_row)
    for person in crew():
        values = {
            "Region": person.unit[0],
            "Team": f" {person.unit[1]} ",
            "Name": person.name,
            "Email": person.email.upper(),
            "Language": person.language,
            "Leads": "yes" if person.leads else None,
        }
        sheet.append([values.get(head) for head in heads])
    wrong = {"Region": "South", "Team": "Beta", "Name": REJECTED[0], "Email": REJECTED[1]}
    sheet.append([wrong.get(head) for head in heads])
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Sales people, as of today"
    path = folder / "our people.xlsx"
    book.save(path)
    return path


def people_come(desk: Page, axe: Axe, folder: Path) -> None:
    """Download the template, upload it filled in, carry it out, undo it, and carry it out again."""
    box = widget(desk, "sos-import")
    with desk.expect_download() as waiting:
        box.get_by_role("link", name="Excel").click()
    workbook = fill_in(waiting.value, folder)
    for turn in range(2):
        box.locator("input[type=file]").set_input_files(workbook)
        expect(box).to_contain_text("1 row cannot be used and is left out")
        if not turn:
            expect(box.get_by_role("tab", name="Added · 21")).to_be_visible()
            box.get_by_role("button", name="See what is wrong").click()
            expect(box.get_by_role("row").filter(has_text=REJECTED[1])).to_be_visible()
            assert axe(desk) == []
        box.get_by_role("button", name="Carry out 21 changes").click()
        expect(box).to_contain_text("Carried out by")
        if not turn:
            undo(desk)
            box.get_by_role("button", name="All imports").click()
    desk.reload()
    expect(desk.locator("main")).to_contain_text("alpha0@acme.example")


def undo(desk: Page) -> None:
    box = desk.locator("sos-import")
    box.get_by_role("button", name="Undo this import").click()
    box.get_by_role("button", name="Undo now").click()
    expect(box).to_contain_text("Everything is as it was before")


def a_survey_opens(acme: House, desk: Page) -> None:
    """Create a survey, look at it as a participant, and open it."""
    acme.show(desk, "/app/surveys")
    desk.get_by_label("Title").fill("Spring survey")
    desk.get_by_role("button", name="Create a survey").click()
    expect(desk.locator("#ready ~ p").first).to_contain_text("21")
    desk.get_by_role("link", name="Look at it as a participant").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Spring survey")
    expect(desk.get_by_role("note")).to_be_visible()
    desk.go_back()
    desk.get_by_role("button", name="Open it now").click()
    expect(desk.get_by_role("status").first).to_contain_text("The survey is open")


def people_answer(acme: House, open_page: Open) -> None:
    """Answer in two languages in the widget, once without JavaScript, and the rest by the API."""
    first, second, third, *others = [
        next(p for p in crew() if p.email.startswith(name))
        for name in ("alpha1", "beta1", "gamma1")
    ] + [p for p in crew() if not p.email.startswith(("alpha1", "beta1", "gamma1"))]
    for person in (first, second):
        page = acme.show(open_page(**PHONE), acme.link(person.email))
        page.locator("sos-survey .actions .primary").tap()
        statements = page.locator("sos-survey fieldset")
        asked = questionnaire().areas[0].statements[0]
        expect(statements.first).to_contain_text(text(person.language, asked.text_key))
        for number in range(4):
            statements.nth(number).locator("label:has(input[value='4'])").tap()
        for _ in range(10):
            page.locator("sos-survey .way-bar .primary").tap()
        page.locator("sos-survey .actions .primary").tap()
        expect(page.locator("sos-survey output")).to_have_text(re.compile(r"^[0-9A-Z]{16}$"))
    page = acme.show(open_page(java_script_enabled=False), acme.link(third.email) + "/1")
    page.locator("fieldset").first.locator("input[value='5']").check()
    page.locator("button[value=next]").click()
    acme.show(page, acme.link(third.email) + "/review")
    page.locator("main button.primary").click()
    expect(page.locator(".receipt")).to_be_visible()
    answer_over_http(acme, others)


def it_closes(acme: House, desk: Page) -> None:
    """End the survey with the button that asks twice."""
    acme.show(desk, f"/app/surveys/{latest(acme).id}")
    expect(widget(desk, "sos-response-rate")).to_contain_text("21")
    desk.locator("summary", has_text="Close it now").click()
    desk.locator("form[action$='/close'] input[name=sure]").check()
    desk.get_by_role("button", name="Close it now").click()
    expect(desk.get_by_role("status").first).to_contain_text("The survey is closed")


def nobody_sees_anything(acme: House, open_page: Open) -> None:
    """Before the publish date, nobody has results: administrators neither."""
    assert latest(acme).state == "sealed"
    admit(acme, "leader", "alpha0@acme.example")
    admit(acme, "participant", "gamma2@acme.example")
    for role in ("admin", "leader", "participant"):
        page = acme.sign_in(open_page(), role, "/app/results")
        expect(page.locator("main .empty")).to_have_text(text("en", "app.results.empty"))
        for address in (f"/app/results/{latest(acme).id}", f"/files/results/{latest(acme).id}.csv"):
            assert page.request.get(acme.base + address).status in (403, 404)


def results_are_there(desk: Page) -> None:
    """Read the organization and a team; a small team stands together with its neighbor."""
    expect(desk.get_by_role("heading", level=1)).to_have_text("Spring survey")
    expect(widget(desk, "sos-summary").locator(".kpis .main b").first).to_have_text(
        re.compile(r"^\d\d$")
    )
    heatmap = widget(desk, "sos-heatmap")
    heatmap.get_by_role("rowheader", name="North").get_by_role("button").first.click()
    together = heatmap.get_by_role("rowheader").filter(has_text="Gamma")
    expect(together).to_contain_text("Alpha")
    expect(heatmap.get_by_role("rowheader", name=re.compile(r"^Gamma$"))).to_have_count(0)
    path = desk.get_by_role("navigation", name=text("en", "app.results.path"))
    expect(path).to_contain_text("North")
    path.get_by_role("link").first.click()
    desk.locator("main nav").get_by_role("link", name="South").click()
    desk.locator("main nav").get_by_role("link", name="Beta").click()
    expect(widget(desk, "sos-areas")).to_contain_text("Beta")


def a_leader_sees_their_team_and_a_participant_no_comments(acme: House, open_page: Open) -> None:
    page = acme.sign_in(open_page(), "leader", "/app/results")
    expect(widget(page, "sos-summary").locator(".kpis")).to_be_visible()
    expect(page.locator("main nav").get_by_role("link", name="South")).to_have_count(0)
    page = acme.sign_in(open_page(), "participant", "/app/results")
    expect(page.locator("main .empty")).to_have_text(text("en", "app.results.empty"))


def the_import_is_undone(acme: House, desk: Page) -> None:
    """Undo the import at the very end: people become inactive, the results stay."""
    acme.show(desk, "/app/people")
    box = widget(desk, "sos-import")
    box.get_by_role("row").filter(has_text="Carried out").get_by_role("button").click()
    undo(desk)
    desk.reload()
    expect(desk.locator("main")).not_to_contain_text("alpha0@acme.example")
    acme.show(desk, "/app/results")
    expect(widget(desk, "sos-summary").locator(".kpis")).to_be_visible()
