"""Signing in and out without JavaScript, and forms that other sites send."""

from __future__ import annotations

import pytest

from sos_core.surveys.commands import issue_codes
from tests.graphql.http.conftest import PASSWORD, House


def test_a_session_begins_and_ends(house: House) -> None:
    email = house.account("admin", administrator=True)
    client = house.visitor()
    sent = client.post(
        "/auth/sign-in", data={"email": email.upper(), "password": PASSWORD, "next": "/app/people"}
    )
    assert sent.headers["location"] == "/app/people"
    cookie = sent.headers["set-cookie"].lower()
    assert cookie.startswith("sos_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (client.get("/auth/sign-out")).status_code == 303
    assert (client.get("/app/people")).status_code == 200
    token = client.cookies["sos_session"]
    out = client.post("/auth/sign-out")
    assert out.headers["location"] == "/auth/sign-in?signed_out=1"
    client.cookies.set("sos_session", token)
    assert (client.get("/app/people")).status_code == 303


def test_a_wrong_password_and_a_wrong_address_look_alike(house: House) -> None:
    email = house.account("admin")
    answers = []
    for address in (email, "nobody@x.example"):
        sent = house.visitor().post(
            "/auth/sign-in", data={"email": address, "password": "something else"}
        )
        assert "set-cookie" not in sent.headers
        answers.append((sent.status_code, sent.text.replace(address, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert 'role="alert"' in answers[0][1]


def test_guessing_ends_after_a_few_attempts(house: House) -> None:
    email, client = house.account("admin"), house.visitor()
    for _ in range(10):
        client.post("/auth/sign-in", data={"email": email, "password": "guess"})
    refused = client.post("/auth/sign-in", data={"email": email, "password": PASSWORD})
    assert refused.status_code == 429
    assert "set-cookie" not in refused.headers


def test_every_spelling_of_an_address_counts_as_the_same_account(house: House) -> None:
    email, client = house.account("admin"), house.visitor()
    fullwidth = "".join(chr(ord(letter) + 0xFEE0) for letter in email)
    spellings = (email, email.upper(), email.replace("@", " @ "), f"\u200b{email}", fullwidth)
    for spelling in spellings * 2:
        client.post("/auth/sign-in", data={"email": spelling, "password": "guess"})
    refused = client.post(
        "/auth/sign-in", data={"email": f"{email[0]} {email[1:]}", "password": PASSWORD}
    )
    assert refused.status_code == 429


def test_nobody_is_sent_away_after_signing_in(house: House) -> None:
    email = house.account("admin")
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        sent = house.visitor().post(
            "/auth/sign-in", data={"email": email, "password": PASSWORD, "next": away}
        )
        assert sent.headers["location"] == "/app"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(house: House, headers: dict[str, str]) -> None:
    client = house.signed_in(house.account("admin", administrator=True))
    survey_id = house.opened()
    for path in ("/app/surveys", f"/app/surveys/{survey_id}/close", "/auth/sign-out"):
        sent = client.post(path, data={"title": "x", "sure": "yes"}, headers=headers)
        assert sent.status_code == 403
    own = client.post(
        "/app/surveys", data={"title": "Mine"}, headers={"Origin": "http://sos.example"}
    )
    assert own.status_code == 303


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"x=1&" * 100_000, "application/x-www-form-urlencoded"),
        (b"a=1&" * 3_000, "application/x-www-form-urlencoded"),
        (b"email=%FF", "application/x-www-form-urlencoded"),
        (b"email=\xff", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
)
def test_what_no_form_of_ours_sends(house: House, content: bytes, media_type: str) -> None:
    sent = house.visitor().post(
        "/auth/sign-in", content=content, headers={"Content-Type": media_type}
    )
    assert sent.status_code == 400


def test_a_lost_link_is_answered_alike(house: House) -> None:
    house.opened()
    answers = set()
    for email in ("alpha1@x.example", "nobody@x.example", "not an address", ""):
        sent = house.visitor().post("/s", data={"email": email})
        answers.add((sent.status_code, sent.text))
    assert len(answers) == 1


def test_a_printed_code_lets_in_once(house: House) -> None:
    survey_id = house.opened()
    with house.application.database.write(house.organization_id) as session:
        issued = issue_codes(
            session,
            survey_id,
            secret=house.application.secret,
            now=house.clock(),
            actor="test",
        )
    client = house.visitor()
    sent = client.post("/s/code", data={"code": issued[0].code.lower().replace("-", " ")})
    assert sent.headers["location"] == house.link(survey_id, "paper")
    for code in (issued[0].code, "AAAA-BBBB-CCCC", ""):
        refused = client.post("/s/code", data={"code": code})
        assert refused.status_code == 404
        assert 'role="alert"' in refused.text
