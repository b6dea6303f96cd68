"""Data protection with forms alone: one's own data, a person's, their erasure, and the promises."""

from __future__ import annotations

import html
import json

import pytest

from sos_core.content import LANGUAGES, text
from sos_core.people.queries import people_in
from sos_core.surveys.drafting import LEAST
from sos_core.surveys.queries import Thresholds, survey
from sos_graphql.surveys.promises import LIMITS, PROMISES, audience_keys, privacy_figures
from tests.graphql.http.conftest import House, Visitor


@pytest.fixture
def admin(house: House) -> Visitor:
    return house.signed_in(house.account("admin", administrator=True))


def test_somebody_takes_their_own_data_along(house: House) -> None:
    person = house.crew.people["alpha1"]
    house.opened()
    client = house.signed_in(house.account("alpha1", person_id=person))
    assert 'action="/app/account/data.json"' in client.get("/app/account").text
    sent = client.post("/app/account/data.json")
    assert sent.headers["content-disposition"].startswith("attachment")
    told = json.loads(sent.content)
    assert told["held"]["person"][0]["email"] == "alpha1@x.example"
    assert "finished" in told["held"]["surveys"][0]
    page = client.post("/app/account/data.html")
    assert page.status_code == 200
    assert "alpha1@x.example" in page.text
    assert client.post("/app/account/data.exe").status_code == 404
    assert client.post(f"/app/people/{person}/data.json").status_code == 403


def test_an_administrator_hands_out_less(house: House, admin: Visitor) -> None:
    person = house.crew.people["alpha1"]
    house.opened()
    told = json.loads(admin.post(f"/app/people/{person}/data.json").content)
    assert told["held"]["person"][0]["email"] == "alpha1@x.example"
    assert "finished" not in told["held"]["surveys"][0]
    assert admin.post("/app/people/999/data.json").status_code == 404
    assert admin.post("/app/account/data.json").status_code == 404


def test_a_person_is_erased_by_typing_the_name(house: House, admin: Visitor) -> None:
    person = house.crew.people["alpha1"]
    link = house.link(house.opened(), "alpha1")
    assert house.visitor().get(link).status_code == 200
    page = f"/app/people/{person}"
    assert f'action="{page}/erase"' in admin.get(page).text
    refused = admin.post(f"{page}/erase", data={"confirmation": "somebody"})
    assert refused.status_code == 400
    assert "Alpha1" in refused.text
    sent = admin.post(f"{page}/erase", data={"confirmation": "alpha1"})
    assert sent.headers["location"] == "/app/people?done=erased"
    told = html.unescape(admin.get("/app/people?done=erased").text)
    assert text("en", "personal_data.erased") in told
    assert admin.get(page).status_code == 404
    assert house.visitor().get(link).status_code == 404
    assert "alpha1@x.example" not in admin.get("/app/people?former=yes").text
    with house.application.database.read(house.organization_id) as session:
        assert person not in {view.id for view in people_in(session)}


def test_times_are_tried_and_saved(house: House, admin: Visitor) -> None:
    assert 'href="/app/retention"' in admin.get("/app").text
    assert 'name="plans" value="365"' in admin.get("/app/retention").text
    days = {"plans": "60", "people": "400"}
    tried = admin.post("/app/retention", data=days | {"do": "look"})
    assert text("en", "retention.look.text") in tried.text
    assert 'name="plans" value="60"' in tried.text
    assert 'name="plans" value="365"' in admin.get("/app/retention").text
    for wrong in ({"plans": "2"}, {"plans": "soon"}, {"people": "100"}):
        refused = admin.post("/app/retention", data=wrong | {"do": "save"})
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    sent = admin.post("/app/retention", data=days | {"do": "save"})
    assert sent.headers["location"] == "/app/retention?done=saved"
    assert 'name="plans" value="60"' in admin.get("/app/retention").text
    other = house.signed_in(house.account("beta1", person_id=house.crew.people["beta1"]))
    assert other.get("/app/retention").status_code == 403
    assert other.post("/app/retention", data=days | {"do": "save"}).status_code == 403


def test_nobody_else_erases(house: House) -> None:
    client = house.signed_in(house.account("beta1", person_id=house.crew.people["beta1"]))
    person = house.crew.people["alpha1"]
    sent = client.post(f"/app/people/{person}/erase", data={"confirmation": "Alpha1"})
    assert sent.status_code == 403


def test_the_promises_are_told_to_everybody_in_every_language(house: House) -> None:
    for language in LANGUAGES:
        page = house.visitor().get("/privacy", headers={"accept-language": language})
        assert page.status_code == 200
        assert text(language, "privacy.groups", smallest=LEAST.k).split(".")[0] in page.text


def test_a_surveys_page_tells_who_sees_what_and_every_limit_in_every_language(house: House) -> None:
    survey_id = house.opened()
    with house.application.database.read(house.organization_id) as session:
        view = survey(session, survey_id)
    told = [f"privacy.{promise}" for promise in PROMISES]
    told += [f"privacy.limits.{limit}" for limit in LIMITS]
    told += [*audience_keys(view), "privacy.rights.export", "privacy.rights.erase"]
    assert {"together", "colluders", "alike", "between", "comments", "open"} <= set(LIMITS)
    figures = privacy_figures(view.thresholds) | {"organization": "Acme & Sons"}
    for language in LANGUAGES:
        sent = house.visitor().get(f"{house.link(survey_id, 'alpha1')}/privacy?language={language}")
        page = html.unescape(sent.text)
        missing = [key for key in told if text(language, key, **figures) not in page]
        assert missing == [], language


def test_a_surveys_page_tells_its_own_frozen_numbers(house: House) -> None:
    survey_id = house.opened(thresholds=Thresholds(k=7, comments=12, across=2))
    sent = house.visitor().get(f"{house.link(survey_id, 'alpha1')}/privacy?language=en")
    page = html.unescape(sent.text)
    for key in ("groups", "shares", "comments", "limits.colluders"):
        words = text(
            "en",
            f"privacy.{key}",
            smallest=7,
            smallest_shares=14,
            smallest_comments=12,
            colluders=6,
        )
        assert words in page


def test_respondents_are_told_their_own_organizations_times(house: House, admin: Visitor) -> None:
    link = house.link(house.opened(), "alpha1")
    sent = admin.post("/app/retention", data={"deliveries": "33", "people": "500", "do": "save"})
    assert sent.status_code == 303
    own = html.unescape(house.visitor().get(f"{link}/privacy").text)
    usual = html.unescape(house.visitor().get("/privacy").text)
    for page, language, deliveries, people in ((own, "sw", 33, 500), (usual, "en", 90, 730)):
        assert text(language, "privacy.kept.deliveries", count=deliveries) in page
        assert text(language, "privacy.kept.left", count=people) in page
        assert text(language, "privacy.limits.skipped") in page
    assert text("en", "privacy.kept.usual") in usual
    assert text("sw", "privacy.kept.usual") not in own
