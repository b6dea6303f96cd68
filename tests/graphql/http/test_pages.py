"""Every page in five languages, for each role; and what each role may not open."""

from __future__ import annotations

import pytest

from sos_core.content import LANGUAGES
from tests.graphql.http.conftest import House

ADMINISTRATORS = ("/app/surveys", "/app/people", "/files/people-template.xlsx")
EVERYBODY = ("/app", "/app/results", "/app/account")
STRANGERS = ("/auth/sign-in", "/s", "/s/code")


def assert_protected(response) -> None:
    assert response.headers["cache-control"] == "no-store"
    policy = response.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] in {"no-referrer", "same-origin"}
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert " on" + "click" not in response.text
    assert response.text.count("<script") <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_every_language(house: House, language: str) -> None:
    draft_id, survey_id = house.draft(title="Drafted <b>"), house.opened()
    link = house.link(survey_id, "alpha1")
    admin = house.signed_in(house.account("admin", administrator=True))
    member = house.signed_in(house.account("alpha2", person_id=house.crew.people["alpha2"]))
    stranger = house.visitor()
    visits = [
        *[(stranger, path) for path in (*STRANGERS, link, f"{link}/1", f"{link}/10")],
        *[(stranger, path) for path in (f"{link}/review", f"{link}/privacy")],
        *[(admin, path) for path in (*EVERYBODY, *ADMINISTRATORS[:2])],
        *[(admin, f"/app/surveys/{number}") for number in (draft_id, survey_id)],
        *[(member, path) for path in (*EVERYBODY, f"/app/answer/{survey_id}")],
    ]
    for client, path in visits:
        client.cookies.set("sos_language", language)
        response = client.get(path)
        assert response.status_code == 200, (path, response.text)
        assert f'<html lang="{language}"' in response.text
        assert_protected(response)
        assert "Drafted <b>" not in response.text


def test_who_has_not_signed_in_is_led_to_the_sign_in(house: House) -> None:
    stranger = house.visitor()
    for path in (*EVERYBODY, *ADMINISTRATORS, "/app/answer/1", "/app/surveys/1"):
        response = stranger.get(path)
        assert response.status_code == 303
        assert response.headers["location"] == f"/auth/sign-in?next={path}"
    refused = stranger.post("/app/surveys", data={"title": "Mine"})
    assert refused.status_code == 401


def test_only_administrators_open_their_pages(house: House) -> None:
    survey_id = house.opened()
    member = house.signed_in(house.account("lead", person_id=house.crew.people["lead"]))
    for path in (*ADMINISTRATORS, f"/app/surveys/{survey_id}"):
        assert (member.get(path)).status_code == 403
    for path in (
        "/app/surveys",
        f"/app/surveys/{survey_id}/close",
        f"/app/surveys/{survey_id}/codes",
    ):
        refused = member.post(path, data={"title": "Mine", "sure": "yes"})
        assert refused.status_code == 403
    start = member.get("/app")
    assert 'href="/app/results"' in start.text
    assert 'href="/app/surveys"' not in start.text


def test_pages_that_are_not_there(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    for path in (
        "/app/nowhere",
        "/app/surveys/999",
        "/app/surveys/x",
        "/app/results/7",
        "/app/answer/7",
    ):
        response = admin.get(path)
        assert response.status_code == 404, path
        assert_protected(response)
    assert (admin.post("/app/surveys/999/close", data={"sure": "yes"})).status_code == 404


def test_the_theme_and_the_language_are_remembered(house: House) -> None:
    client = house.visitor()
    for field, value in (("theme", "dark"), ("language", "sv")):
        sent = client.post("/auth/preferences", data={field: value, "next": "/s"})
        assert sent.headers["location"] == "/s"
    page = client.get("/s")
    assert '<html lang="sv" data-theme="dark">' in page.text
    for away in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"):
        sent = client.post("/auth/preferences", data={"language": "en", "next": away})
        assert sent.headers["location"] == "/"
