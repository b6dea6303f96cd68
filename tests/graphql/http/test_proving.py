"""In a browser without code: operators' second factor, and proving oneself before a new way in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sos_core.access.commands import create_account
from sos_core.access.continuation import Holder
from sos_core.access.operators import create_operator
from sos_core.access.sessions import begin_session
from tests.access.elsewhere import ElsewherePlugin
from tests.graphql.http.accounts import enroll, sign_in
from tests.graphql.http.conftest import PASSWORD, House, Visitor

FACTOR = "/app/account/second-factor"


@pytest.fixture
def passwordless(house: House) -> Callable[[], Visitor]:
    """Return a way in for somebody whom another system has just signed in, and who has no password."""
    with house.application.database.write(house.organization_id) as session:
        number = create_account(
            session, email="ada@x.example", name="Ada", now=house.clock(), actor="test"
        )

    def enter() -> Visitor:
        client, holder = house.visitor(), Holder(house.organization_id, number)
        with house.application.database.write(house.organization_id) as session:
            token = begin_session(session, holder, now=house.clock(), made_by="provider:elsewhere")
        client.cookies.set("sos_session", token)
        return client

    return enter


def test_an_operator_is_led_to_the_second_factor_and_has_no_rights_before(house: House) -> None:
    with house.application.database.write(None) as session:
        create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=house.clock()
        )
    client = house.visitor()
    assert sign_in(client, "ops@x.example").headers["location"] == "/app/operator"
    for path in ("/app/operator", "/app", "/app/people"):
        assert client.get(path).headers["location"] == FACTOR, path
    assert client.get("/auth/sign-in").headers["location"] == "/app/operator"
    asked = client.get(FACTOR).text
    assert "This installation asks its operators for a second factor." in asked
    assert "/app/operator" not in asked, "no way on before"
    new = {"name": "New Ltd", "administrator": "boss@new.example", "levels": "team"}
    assert client.post("/app/operator", data=new).headers["location"] == FACTOR
    enroll(house, client)
    page = client.get("/app/operator")
    assert page.status_code == 200
    assert "New Ltd" not in page.text
    assert f'action="{FACTOR}/remove"' not in client.get("/app/account").text


def test_a_first_factor_asks_for_the_password_and_tells_its_seed_once(house: House) -> None:
    client = house.signed_in(house.account("ada"))
    assert "<svg" not in client.get(FACTOR).text
    refused = client.post(FACTOR, data={"present": "not the right one"})
    assert refused.status_code == 403
    assert "Your present password is wrong." in refused.text
    assert "<svg" not in refused.text
    assert client.post(FACTOR, data={"code": "000000"}).status_code == 409, "nothing was begun"
    begun = client.post(FACTOR, data={"present": PASSWORD})
    assert begun.text.count('class="seed"') == 1
    again = client.post(FACTOR, data={"code": "000000"})
    assert again.status_code == 403
    assert "the telephone&#39;s clock has to be right" in again.text
    assert "recovery code" not in again.text, "there is none yet"
    for told in (again.text, client.get(FACTOR).text):
        assert "seed" not in told
        assert "<svg" not in told
    assert 'name="code"' in again.text
    enroll(house, client)


def test_proofs_are_not_guessed(house: House) -> None:
    client = house.signed_in(house.account("ada"))
    tried = [client.post(FACTOR, data={"present": f"guess {n}"}).status_code for n in range(11)]
    assert tried == [403] * 10 + [429]
    assert client.post(FACTOR, data={"present": PASSWORD}).status_code == 429
    assert sign_in(house.visitor(), "ada@x.example").status_code == 303


def test_another_system_is_tied_after_the_password_alone(house: House) -> None:
    house.application.plugins.register(ElsewherePlugin())
    client = house.signed_in(house.account("ada"))
    for form in ({"aim": "link"}, {"aim": "link", "present": "not the right one"}):
        refused = client.post("/auth/with/elsewhere", data=form)
        assert refused.status_code == 403
        assert "Your present password is wrong." in refused.text
        assert "sos_attempt" not in client.cookies
    sent = client.post("/auth/with/elsewhere", data={"aim": "link", "present": PASSWORD})
    assert sent.status_code == 200
    assert "sos_attempt" in client.cookies
    stranger = house.visitor().post("/auth/with/elsewhere", data={"aim": "link"})
    assert stranger.status_code == 401


def test_who_has_no_password_has_to_have_signed_in_just_now(
    house: House, passwordless: Callable[[], Visitor]
) -> None:
    house.application.plugins.register(ElsewherePlugin())
    client = passwordless()
    asked = client.get(FACTOR).text
    assert 'name="present"' not in asked
    assert "within five minutes" in asked
    house.clock.advance(minutes=5)
    link = {"aim": "link"}
    for path, form in ((FACTOR, {"present": ""}), ("/auth/with/elsewhere", link)):
        refused = client.post(path, data=form)
        assert refused.status_code == 403, path
        assert "You have signed in too long ago for this." in refused.text
    fresh = passwordless()
    assert fresh.post("/auth/with/elsewhere", data=link).status_code == 200
    assert 'class="seed"' in fresh.post(FACTOR, data={"present": ""}).text
