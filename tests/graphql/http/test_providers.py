"""Other systems to sign in through, in a browser without code; and every page in every language."""

from __future__ import annotations

import re

import httpx
import pytest

from sos_core.access.attempts import attempt_of, read_attempt
from sos_core.access.operators import create_operator
from sos_core.api import SignInAttempt
from tests.access.elsewhere import ElsewherePlugin, answer
from tests.graphql.http.accounts import enroll, link, sign_in
from tests.graphql.http.conftest import HOME, PASSWORD, House, Visitor

LINK = {"aim": "link", "present": PASSWORD}


@pytest.fixture
def trusting(house: House) -> House:
    house.application.plugins.register(ElsewherePlugin())
    return house


def leave(house: House, client: Visitor, **form: str) -> SignInAttempt:
    """Set out for the other system, and return the attempt that it is handed."""
    sent = client.post("/auth/with/elsewhere", data=form)
    assert sent.status_code == 200, sent.text
    secret = house.application.secret
    state = re.search(r"state=([\w-]+)", sent.text)
    assert state
    begun = read_attempt(secret, client.cookies["sos_attempt"], state[1], house.clock())
    assert begun is not None
    return attempt_of(secret, begun, f"{HOME}/auth/with/elsewhere/done")


def back(
    client: Visitor, attempt: SignInAttempt, subject: str, tenant: str = "acme"
) -> httpx.Response:
    return client.get("/auth/with/elsewhere/done", params=answer(attempt, subject, tenant))


def test_another_system_lets_in_whom_it_was_tied_to_and_nobody_by_address(trusting: House) -> None:
    house = trusting
    admin = house.signed_in(house.account("admin", administrator=True))
    stranger = house.visitor()
    assert back(stranger, leave(house, stranger), "sub-1").status_code == 403, "by e-mail: never"
    refused = back(admin, leave(house, admin, **LINK), "sub-1")
    assert refused.status_code == 403, "the tenant is not trusted yet"
    admin.post("/app/access/trust", data={"provider": "elsewhere", "tenant": "acme"})
    tied = back(admin, leave(house, admin, **LINK), "sub-1")
    assert tied.headers["location"].endswith("done=identity-added"), tied.text
    client = house.visitor()
    attempt = leave(house, client)
    assert back(client, attempt, "sub-1").headers["location"] == "/app"
    assert client.get("/app/access").status_code == 200
    assert back(house.visitor(), attempt, "sub-1").status_code == 403, "another browser"
    assert back(client, attempt, "sub-1").status_code == 403, "a second time"
    other = house.visitor()
    assert back(other, leave(house, other), "sub-1", "evil").status_code == 403
    ada = house.signed_in(house.account("ada"))
    assert back(ada, leave(house, ada, **LINK), "sub-1").status_code == 409
    late = house.visitor()
    attempt = leave(house, late)
    house.clock.advance(minutes=11)
    assert back(late, attempt, "sub-1").status_code == 403


def test_another_system_is_no_second_factor(trusting: House) -> None:
    house = trusting
    admin = house.signed_in(house.account("admin", administrator=True))
    admin.post("/app/access/trust", data={"provider": "elsewhere", "tenant": "acme"})
    ada = house.signed_in(house.account("ada"))
    back(ada, leave(house, ada, **LINK), "sub-1")
    enroll(house, admin)
    admin.post("/app/access/second-factor", data={"of": "everybody"})
    client = house.visitor()
    back(client, leave(house, client), "sub-1")
    assert client.get("/app").headers["location"] == "/app/account/second-factor"
    enroll(house, client)
    assert client.get("/app").status_code == 200


def test_an_invitation_is_taken_through_another_system(trusting: House) -> None:
    house = trusting
    admin = house.signed_in(house.account("admin", administrator=True))
    admin.post("/app/access/trust", data={"provider": "elsewhere", "tenant": "acme"})
    admin.post("/app/access/invite", data={"email": "new@x.example"})
    path = link(house, "invitation")
    guest = house.visitor()
    token = path.rpartition("/")[2]
    attempt = leave(house, guest, aim="invitation", link=token)
    assert back(guest, attempt, "sub-9").headers["location"] == "/app"
    assert "new@x.example" not in guest.get("/app").text
    assert guest.get("/app/account").status_code == 200
    assert house.visitor().get(path).status_code == 404


@pytest.mark.parametrize("language", ["en", "sv", "nb", "zh-Hans", "sw"])
def test_every_page_speaks_every_language(trusting: House, language: str) -> None:
    house = trusting
    admin = house.signed_in(house.account("admin", administrator=True))
    with house.application.database.write(None) as session:
        create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=house.clock()
        )
    operator = house.visitor()
    sign_in(operator, "ops@x.example")
    enroll(house, operator)
    admin.post("/app/access/invite", data={"email": "new@x.example"})
    pages = [(admin, path) for path in ("/app/account", "/app/account/second-factor", "/app/access",
                                        "/app/access/accounts/1", "/app/access/accounts/2")]  # fmt: skip
    pages += [(operator, "/app/operator"), (operator, "/app/account")]
    pages += [(house.visitor(), path) for path in
              ("/auth/sign-in", "/auth/forgotten", link(house, "invitation"))]  # fmt: skip
    for client, path in pages:
        shown = client.get(path, headers={"X-SOS-Language": language})
        assert shown.status_code == 200, path
        assert f'<html lang="{language}"' in shown.text
        assert " style=" not in shown.text
        assert "<script>" not in shown.text
