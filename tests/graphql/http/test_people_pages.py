"""An administrator adds, edits, moves and deactivates people with forms alone, and undoes it."""

from __future__ import annotations

import html
import re

import pytest

from sos_core.content import LANGUAGES
from sos_core.people.comparison import Request
from sos_core.people.planning import draft_plan, store_plan
from sos_core.people.queries import memberships, person, units_led_by
from sos_core.records import PeoplePage, PersonRecord
from sos_graphql.nodes import node_id
from tests.graphql.http.conftest import House, Visitor
from tests.graphql.http.test_pages import assert_protected

Fields = list[tuple[str, str]]


@pytest.fixture
def admin(house: House) -> Visitor:
    return house.signed_in(house.account("admin", administrator=True))


def fields_of(page: str) -> Fields:
    """Return what a browser would send of the form about a person, unchanged."""
    form = page.partition('<form class="stack" method="post"')[2].partition("</form>")[0]
    found: Fields = []
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="checkbox"' in tag and " checked" not in tag:
            continue
        found.append((re.search(r'name="([^"]+)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1]))
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form):
        found.append((name, re.search(r'value="([^"]*)"[^>]* selected', body)[1]))
    return [(name, html.unescape(value)) for name, value in found]


def send(client: Visitor, path: str, fields: Fields):
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


def save(client: Visitor, path: str, **changes: str | list[str]):
    """Send the form as it is but for ``changes``; a list replaces all values of a field."""
    kept = [(n, v) for n, v in fields_of(client.get(path).text) if n not in changes]
    more = [(n, v) for n, vs in changes.items() for v in ([vs] if isinstance(vs, str) else vs)]
    return send(client, path, kept + more)


def known(house: House, name: str):
    with house.application.database.read(house.organization_id) as session:
        view = person(session, house.crew.people[name])
        return view, memberships(session, view.id), units_led_by(session, view.id)


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_person_is_added_told_and_undone(house: House, admin: Visitor) -> None:
    units = house.crew.units
    sent = save(
        admin, "/app/people/new", name="  Nova   <Star> ", email="NOVA@x.example", language="sv",
        home=str(units["alpha"]), further=[str(units["beta"])], leads=[str(units["beta"])],
        manager="lead@x.example",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    person_id, plan_id = re.fullmatch(
        r"/app/people/(\d+)\?plan=(\d+)", sent.headers["location"]
    ).groups()
    house.crew.people["nova"] = int(person_id)
    view, places, led = known(house, "nova")
    assert (view.name, view.email, view.language) == ("Nova <Star>", "nova@x.example", "sv")
    assert (places, led) == ([units["alpha"], units["beta"]], [units["beta"]])
    assert view.manager_id == house.crew.people["lead"]
    page = admin.get(sent.headers["location"])
    assert_protected(page)
    assert "Nova <Star>" not in page.text
    told = words(page.text)
    assert "New: Nova <Star>" in told
    assert "Manager: lead@x.example" in told
    assert "Language: Svenska" in told
    assert "Nova <Star> leads North › Beta" in told
    assert f'href="/app/people/plans/{plan_id}"' in page.text
    plan = f"/app/people/plans/{plan_id}"
    assert f'action="{plan}/undo"' in admin.get(plan).text
    undone = admin.post(f"{plan}/undo")
    assert undone.headers["location"] == f"{plan}?done=undo"
    assert 'role="status"' in admin.get(undone.headers["location"]).text
    assert admin.get(f"/app/people/{person_id}").status_code == 404
    assert admin.post(f"{plan}/undo").status_code == 409
    assert "Undone" in words(admin.get("/app/people/plans").text)


def test_an_untouched_form_changes_nothing(house: House, admin: Visitor) -> None:
    for name in ("alpha1", "beta0", "lead", "viewer", "paper"):
        path, before = f"/app/people/{house.crew.people[name]}", known(house, name)
        assert save(admin, path).headers["location"] == f"{path}?done=same"
        assert known(house, name) == before
    assert "Nothing was changed." in admin.get(f"{path}?done=same").text
    assert "Nothing has been changed yet." in admin.get("/app/people/plans").text


def test_a_person_is_edited_and_moved_in_one_plan(house: House, admin: Visitor) -> None:
    units, path = house.crew.units, f"/app/people/{house.crew.people['alpha1']}"
    sent = save(
        admin, path, name="Ann", user_type="viewer", language="zh-Hans", employee_id="E 1",
        home=str(units["beta"]), further=[], manager="Beta2", leads=[str(units["alpha"])],
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    view, places, led = known(house, "alpha1")
    assert (view.name, view.user_type, view.language) == ("Ann", "viewer", "zh-Hans")
    assert (view.employee_id, view.email) == ("E 1", "alpha1@x.example")
    assert (places, led) == ([units["beta"]], [units["alpha"]])
    assert view.manager_id == house.crew.people["beta2"]
    told = words(admin.get(sent.headers["location"]).text)
    assert "Moved: Ann" in told
    assert "Unit: North / Alpha → North / Beta" in told
    assert "Answers → Only sees results" in told
    assert save(admin, path, manager="", home="", leads=[]).status_code == 303
    view, places, led = known(house, "alpha1")
    assert (view.manager_id, places, led) == (None, [], [])
    first = int(sent.headers["location"].rpartition("=")[2])
    blocked = admin.get(f"/app/people/plans/{first}").text
    assert f'href="/app/people/plans/{first + 1}"' in blocked
    assert "/undo" not in blocked
    assert admin.post(f"/app/people/plans/{first}/undo").status_code == 409


def test_a_person_leaves_and_comes_back(house: House, admin: Visitor) -> None:
    path, before = f"/app/people/{house.crew.people['beta0']}", known(house, "beta0")
    assert admin.get(f"{path}/deactivate").headers["location"] == path
    gone = admin.post(f"{path}/deactivate")
    view, _, led = known(house, "beta0")
    assert (view.active, led) == (False, [])
    page = words(admin.get(gone.headers["location"]).text)
    assert "Deactivated: Beta0" in page
    assert "Beta0 no longer leads North › Beta" in page
    assert admin.post(f"{path}/deactivate").headers["location"] == f"{path}?done=same"
    assert path not in admin.get("/app/people?q=beta0").text
    assert f'href="{path}"' in admin.get("/app/people?q=beta0&former=yes").text
    back = admin.post(f"{path}/reactivate")
    assert known(house, "beta0")[0] == before[0]
    assert "Active again: Beta0" in words(admin.get(back.headers["location"]).text)
    for answer in (back, gone):
        plan = answer.headers["location"].rpartition("=")[2]
        assert admin.post(f"/app/people/plans/{plan}/undo").status_code == 303
    assert known(house, "beta0") == before


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": "  "}, 400), ({"email": ""}, 400), ({"email": "nonsense"}, 400),
        ({"email": "alpha2@x.example"}, 400), ({"manager": "nobody@x.example"}, 400),
        ({"manager": "alpha1@x.example"}, 400), ({"manager": "7"}, 400), ({"home": "999"}, 400),
        ({"leads": "x"}, 404), ({"employee_id": "7"}, 400), ({"seen": "old"}, 409),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_on_the_form(
    house: House, admin: Visitor, changes: dict[str, str], status: int
) -> None:
    path, before = f"/app/people/{house.crew.people['alpha1']}", known(house, "alpha1")
    if "seen" not in changes:
        changes = {"name": "Written", **changes}
    sent = save(admin, path, **changes)
    assert sent.status_code == status, sent.text
    if status != 404:
        assert 'role="alert"' in sent.text
        assert ('value="Written"' in sent.text) == (changes.get("name") == "Written")
    assert known(house, "alpha1") == before


def test_a_known_address_is_not_added_twice(house: House, admin: Visitor) -> None:
    for email, status in (("alpha1@x.example", 409), ("", 400)):
        sent = save(admin, "/app/people/new", name="Twin", email=email)
        assert sent.status_code == status
        assert 'value="Twin"' in sent.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_there_in_every_language(house: House, admin: Visitor, language: str) -> None:
    path = f"/app/people/{house.crew.people['alpha1']}"
    done = save(admin, path, name="Ann").headers["location"]
    plan = done.rpartition("=")[2]
    admin.cookies.set("sos_language", language)
    gone = f"/app/people/{house.crew.people['gone']}"
    for page in (done, gone, "/app/people/new", "/app/people/plans", f"/app/people/plans/{plan}"):
        shown = admin.get(page)
        assert shown.status_code == 200, shown.text
        assert f'<html lang="{language}"' in shown.text
        assert_protected(shown)


def test_only_administrators_open_them(house: House, admin: Visitor) -> None:
    person_id = house.crew.people["alpha1"]
    plan = save(admin, f"/app/people/{person_id}", name="Ann").headers["location"]
    plan_path = f"/app/people/plans/{plan.rpartition('=')[2]}"
    lead = house.signed_in(house.account("lead", person_id=house.crew.people["lead"]))
    paths = ("/app/people/new", f"/app/people/{person_id}", "/app/people/plans", plan_path)
    for path in paths:
        assert lead.get(path).status_code == 403
        assert house.visitor().get(path).status_code == 303
    for verb in (f"/app/people/{person_id}/deactivate", f"{plan_path}/undo", *paths[:2]):
        assert lead.post(verb).status_code == 403
    for path in ("/app/people/999", "/app/people/x", "/app/people/plans/999"):
        assert admin.get(path).status_code == 404
    for path in ("/app/people/999/deactivate", "/app/people/plans/999/undo", "/app/people/999"):
        assert admin.post(path).status_code == 404


def test_an_open_plan_can_be_decided_on_its_page(house: House, admin: Visitor) -> None:
    with house.application.database.write(house.organization_id) as session:
        page_of = PeoplePage((PersonRecord("Ada Vega", "ada@company.example"),))
        draft = draft_plan(session, [page_of], Request(title="people.xlsx"))
        plan_id = store_plan(session, draft, actor="account:1", now=house.clock())
    page = admin.get(f"/app/people/plans/{plan_id}").text
    assert f'plan="{node_id("ChangePlan", plan_id)}"' in page
    assert "<sos-import" in page
