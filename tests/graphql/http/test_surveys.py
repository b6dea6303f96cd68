"""An administrator runs a survey with forms alone."""

from __future__ import annotations

import html
import re

import pytest

from sos_core.organizations.queries import organization
from sos_core.surveys import commands, queries
from sos_graphql.nodes import node_id
from tests.graphql.http.conftest import House


def view_of(house: House, survey_id: int):
    with house.application.database.read(house.organization_id) as session:
        return queries.survey(session, survey_id)


def form_values(page: str) -> list[tuple[str, str]]:
    """Return what a browser would send of the settings form, unchanged."""
    form = page.partition("/settings")[2].partition("</form>")[0]
    found: list[tuple[str, str]] = []
    for tag in re.findall(r"<input[^>]*>", form):
        kind = re.search(r'type="(\w[\w-]*)"', tag)
        if kind and kind[1] in {"radio", "checkbox"} and " checked" not in tag:
            continue
        found.append((re.search(r'name="([^"]+)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1]))
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form):
        found.append((name, re.search(r'value="([^"]*)" selected', body)[1]))
    for name, body in re.findall(
        r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        found.append((name, body))
    return [(name, html.unescape(value)) for name, value in found]


def send(client, path: str, values: list[tuple[str, str]]):
    data: dict[str, list[str]] = {}
    for name, value in values:
        data.setdefault(name, []).append(value)
    return client.post(path, data=data)


def test_a_draft_is_created_and_edited(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    made = admin.post("/app/surveys", data={"title": "  Autumn  "})
    path = made.headers["location"].partition("?")[0]
    survey_id = int(path.rpartition("/")[2])
    before = view_of(house, survey_id)
    assert (before.title, before.state) == ("Autumn", "draft")
    page = (admin.get(path)).text
    saved = send(admin, f"{path}/settings", form_values(page))
    assert saved.headers["location"] == f"{path}?done=settings"
    assert view_of(house, survey_id) == before, "saving an untouched form changes nothing"
    values = dict(form_values(page))
    changed = [
        *[(n, v) for n, v in values.items() if n not in {"title", "who", "without", "languages"}],
        ("title", "Autumn & winter"),
        ("who", "units"),
        ("units", str(house.crew.units["north"])),
        ("without", "alpha5@x.example\n7"),
        ("languages", "sv"),
        ("languages", "en"),
    ]
    assert (send(admin, f"{path}/settings", changed)).status_code == 303
    view = view_of(house, survey_id)
    assert (view.title, view.languages) == ("Autumn & winter", ("en", "sv"))
    people = house.crew.people
    assert view.selection["without"] == sorted([people["alpha5"], people["paper"]])


def test_every_setting_of_a_draft_is_on_its_form(house: House) -> None:
    earlier = house.opened()
    survey_id = house.draft(title="Autumn")
    admin = house.signed_in(house.account("admin", administrator=True))
    path = f"/app/surveys/{survey_id}"
    with house.application.database.write(house.organization_id) as session:
        levels = organization(session, house.organization_id).levels
    page = admin.get(path).text
    assert page.count('name="cuts"') == len(levels), "leaders, and each level below the top"
    offered = [*[f"level:{n}" for n in range(1, len(levels))], "leaders"]
    changes = {
        "time_zone": "Africa/Nairobi", "previous": str(earlier), "smallest": "6",
        "comments_least": "15",
    }  # fmt: skip
    values = [(name, changes.get(name, value)) for name, value in form_values(page)]
    saved = send(admin, f"{path}/settings", [*values, *(("cuts", cut) for cut in offered)])
    assert saved.status_code == 303, saved.text
    view = view_of(house, survey_id)
    assert (view.time_zone, view.previous_id) == ("Africa/Nairobi", earlier)
    assert (view.thresholds.k, view.thresholds.comments) == (6, 15)
    assert view.cuts == tuple(sorted(offered))
    again = admin.get(path).text
    assert send(admin, f"{path}/settings", form_values(again)).status_code == 303
    assert view_of(house, survey_id) == view, "saving an untouched form changes nothing"
    without = [v for v in form_values(again) if v[0] not in {"cuts", "previous"}]
    assert send(admin, f"{path}/settings", [*without, ("previous", "")]).status_code == 303
    assert (view_of(house, survey_id).cuts, view_of(house, survey_id).previous_id) == ((), None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Mars/Base"), ("time_zone", "../etc"), ("previous", "x"),
        ("previous", "999"), ("comments_least", "9"), ("comments_least", "many"),
        ("opens", "0001-01-01T00:00"), ("closes", "9999-12-31T23:59"),
        ("cuts", "level:x"), ("cuts", "level:0"), ("cuts", "level:7"), ("cuts", "shoe size"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(house: House, name: str, value: str) -> None:
    survey_id = house.draft()
    before = view_of(house, survey_id)
    admin = house.signed_in(house.account("admin", administrator=True))
    path = f"/app/surveys/{survey_id}"
    values = [v for v in form_values(admin.get(path).text) if v[0] != name]
    assert send(admin, f"{path}/settings", [*values, (name, value)]).status_code in {400, 404}
    assert view_of(house, survey_id) == before


def test_however_many_people_are_named_none_is_left_out(house: House) -> None:
    survey_id = house.draft()
    admin = house.signed_in(house.account("admin", administrator=True))
    path = f"/app/surveys/{survey_id}"
    values = [v for v in form_values(admin.get(path).text) if v[0] != "without"]
    many = "ALPHA5@x.example\n, " * 600 + "7"
    assert send(admin, f"{path}/settings", [*values, ("without", many)]).status_code == 303
    people = house.crew.people
    assert view_of(house, survey_id).selection["without"] == [people["alpha5"], people["paper"]]


def test_a_survey_from_its_test_mail_to_its_close(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    survey_id = house.draft()
    path = f"/app/surveys/{survey_id}"
    values = [v for v in form_values(admin.get(path).text) if v[0] != "without"]
    without = [("without", "alpha5@x.example")]
    assert send(admin, f"{path}/settings", values + without).status_code == 303
    assert (
        admin.post(f"{path}/test-mail", data={"to": "me@x.example", "language": "sv"})
    ).status_code == 303
    assert len(list(house.application.settings.mail_dir.rglob("*.eml"))) == 1
    for verb in ("schedule", "unschedule", "open"):
        assert (admin.post(f"{path}/{verb}")).headers["location"] == f"{path}?done={verb}"
    assert view_of(house, survey_id).state == "open"
    running = (admin.get(f"{path}?done=open")).text
    assert 'role="status"' in running
    for verb, data in (
        ("add", {"person": "alpha5@x.example"}),
        ("resend", {"person": "Alpha1"}),
        ("extend", {"closes": "2026-03-25T12:00"}),
        ("close", {"sure": "yes"}),
    ):
        sent = admin.post(f"{path}/{verb}", data=data)
        assert sent.status_code == 303, (verb, sent.text)
    assert view_of(house, survey_id).closes_at == house.clock()


@pytest.mark.parametrize(
    ("verb", "data", "status"),
    [
        ("close", {}, 400),
        ("cancel", {"sure": "no"}, 400),
        ("extend", {"closes": "tomorrow"}, 400),
        ("extend", {"closes": "2026-03-03T08:00"}, 400),
        ("add", {"person": "nobody@x.example"}, 400),
        ("add", {"person": "alpha1@x.example"}, 409),
        ("resend", {"person": "7"}, 409),
        ("open", {}, 409),
        ("settings", {"title": "x"}, 400),
        ("explode", {}, 404),
    ],
)
def test_what_cannot_be_done_is_told_on_the_page(
    house: House, verb: str, data: dict[str, str], status: int
) -> None:
    survey_id = house.opened()
    before = view_of(house, survey_id)
    admin = house.signed_in(house.account("admin", administrator=True))
    sent = admin.post(f"/app/surveys/{survey_id}/{verb}", data=data)
    assert sent.status_code == status, sent.text
    if status != 404:
        assert 'role="alert"' in sent.text
    assert view_of(house, survey_id) == before


def test_a_wrong_setting_keeps_what_was_written(house: House) -> None:
    survey_id = house.draft()
    admin = house.signed_in(house.account("admin", administrator=True))
    path = f"/app/surveys/{survey_id}"
    values = dict(form_values((admin.get(path)).text))
    wrong = values | {"title": "Another <title>", "closes": values["opens"], "smallest": "3"}
    sent = admin.post(f"{path}/settings", data=wrong)
    assert sent.status_code == 400
    assert 'value="Another &lt;title&gt;"' in sent.text
    assert view_of(house, survey_id).title == "Spring"


def test_a_draft_that_could_not_open_says_why_until_it_is_scheduled_again(house: House) -> None:
    survey_id, now = house.draft(title="Autumn"), house.clock()
    people, home = house.crew.people, (house.application.database, house.organization_id)
    path = f"/app/surveys/{survey_id}"
    email = house.account("admin", administrator=True)
    assert house.signed_in(email).post(f"{path}/schedule").status_code == 303
    with home[0].write(home[1]) as session:
        few = {"units": [], "people": [people["alpha1"]]}
        commands.choose_participants(session, survey_id, **few, now=now, actor="test")
    house.clock.advance(days=2)
    house.application.jobs.drain(house.clock())
    admin = house.signed_in(email)
    shown = admin.get(path).text
    assert "The survey did not open by itself on " in shown
    assert "Only 1 person would take part" in shown
    assert "Did not open" in admin.get("/app/surveys").text
    query = "query($id: ID!) { survey(id: $id) { settings { notOpened { triedAt code what remedy } } } }"
    asked = {"query": query, "variables": {"id": node_id("Survey", survey_id)}}
    answer = admin.post("/graphql", json=asked, headers={"X-SOS-Request": "1"}).json()
    told = answer["data"]["survey"]["settings"]["notOpened"]
    assert (told["code"], told["remedy"]) == ("survey_too_few_people", "Choose more participants.")
    with home[0].write(home[1]) as session:
        commands.choose_participants(session, survey_id, units=None, now=now, actor="test")
    assert admin.post(f"{path}/schedule").status_code == 303
    assert "did not open" not in admin.get(path).text
    house.application.jobs.drain(house.clock())
    assert view_of(house, survey_id).state == "open"


def test_codes_are_shown_once_to_be_printed(house: House) -> None:
    survey_id = house.opened()
    admin = house.signed_in(house.account("admin", administrator=True))
    path = f"/app/surveys/{survey_id}"
    page = admin.post(f"{path}/codes")
    codes = re.findall(r'class="receipt">([0-9A-Z-]{14})<', page.text)
    assert len(codes) == 1
    assert codes[0] not in (admin.get(path)).text
    assert (admin.get(f"{path}/codes")).status_code == 303
    named = admin.post(f"{path}/codes", data={"people": "alpha1@x.example, beta1@x.example"})
    assert len(re.findall(r'class="receipt">', named.text)) == 2


def test_another_organization_s_survey_is_not_there(house: House) -> None:
    from sos_core.organizations.commands import create_organization
    from tests.graphql.http.conftest import Crew

    survey_id = house.opened()
    with house.application.database.write(None) as session:
        other = create_organization(
            session, name="Other", language="en", time_zone="UTC", now=house.clock()
        )
    abroad = House(house.application, house.clock, Crew(other, {}, {}), house.visitor)
    stranger = house.signed_in(abroad.account("stranger", administrator=True))
    for path in (
        f"/app/surveys/{survey_id}",
        f"/app/results/{survey_id}",
        f"/app/answer/{survey_id}",
    ):
        foreign, missing = (
            stranger.get(path),
            stranger.get(path.replace(str(survey_id), "987")),
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.text.replace(path, "") == missing.text.replace(missing.request.url.path, "")
    assert (
        stranger.post(f"/app/surveys/{survey_id}/close", data={"sure": "yes"})
    ).status_code == 404
