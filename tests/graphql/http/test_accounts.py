"""Accounts in a browser without code: invited, signed in step by step, reset, locked, and ended."""

from __future__ import annotations

import re

from sos_core.access.commands import create_account
from sos_core.access.one_time_codes import code_at, step_of
from sos_core.access.operators import create_operator
from sos_core.access.queries import account_id_by_email
from sos_core.organizations.commands import create_organization
from tests.graphql.http.accounts import NEW, enroll, link, mails, sign_in, verbs
from tests.graphql.http.conftest import PASSWORD, House


def test_an_invitation_is_accepted_once(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    sent = admin.post(
        "/app/access/invite",
        data={
            "email": "alpha3@x.example",
            "sees": "units",
            "units": str(next(iter(house.crew.units.values()))),
        },
    )
    assert sent.headers["location"] == "/app/access?done=invited", sent.text
    path = link(house, "invitation")
    guest = house.visitor()
    for _ in range(2):  # a mail scanner looks at it too
        assert "alpha3@x.example" in guest.get(path).text
    assert guest.post(path, data={"password": NEW, "again": "other"}).status_code == 400
    assert guest.post(path, data={"password": "short", "again": "short"}).status_code == 400
    entered = guest.post(path, data={"password": NEW, "again": NEW})
    assert entered.headers["location"] == "/app"
    assert guest.get("/app/account").status_code == 200
    assert guest.get(path).status_code == 404
    assert house.visitor().post(path, data={"password": NEW, "again": NEW}).status_code == 404
    assert {"account.invited", "account.accepted", "account.signed_in"} <= set(verbs(house))


def test_an_invitation_ends_with_time_and_with_a_newer_one(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    admin.post("/app/access/invite", data={"email": "new@x.example"})
    first = link(house, "invitation")
    with house.application.database.read(house.organization_id) as session:
        number = account_id_by_email(session, "new@x.example")
    again = admin.post(f"/app/access/accounts/{number}/invite-again")
    assert again.headers["location"].endswith("done=invite-again")
    assert house.visitor().get(first).status_code == 404
    second = link(house, "invitation", first)
    house.clock.advance(days=7)
    assert house.visitor().get(second).status_code == 404
    for forged in (second[:-1] + "A", second.replace("/1.", "/2.", 1), "/auth/invitation/1.1.a.b"):
        assert house.visitor().get(forged).status_code == 404


def test_a_second_factor_is_asked_for_and_each_code_is_good_once(house: House) -> None:
    address = house.account("ada")
    client = house.signed_in(address)
    before = client.cookies["sos_session"]
    seed, recovery = enroll(house, client)
    assert len(recovery) == 10
    assert client.cookies["sos_session"] != before, "the session is renewed with the privilege"
    house.clock.advance(minutes=1)
    fresh = house.visitor()
    asked = sign_in(fresh, address, next="/app/account")
    assert asked.headers["location"] == "/auth/code?next=/app/account"
    assert "sos_session" not in fresh.cookies
    assert fresh.get("/app/account").status_code == 303
    assert fresh.post("/auth/code", data={"code": "000000"}).status_code == 403
    code = code_at(seed, step_of(house.clock()))
    entered = fresh.post("/auth/code", data={"code": code, "next": "/app/account"})
    assert entered.headers["location"] == "/app/account", entered.text
    assert fresh.get("/app/account").status_code == 200
    other = house.visitor()
    sign_in(other, address)
    assert other.post("/auth/code", data={"code": code}).status_code == 403
    assert other.post("/auth/code", data={"code": recovery[0].lower()}).status_code == 303
    house.clock.advance(minutes=6)
    third = house.visitor()
    sign_in(third, address)
    assert third.post("/auth/code", data={"code": recovery[0]}).status_code == 403


def test_codes_are_not_guessed(house: House) -> None:
    address = house.account("ada")
    enroll(house, house.signed_in(address))
    client = house.visitor()
    sign_in(client, address)
    tried = [client.post("/auth/code", data={"code": f"{n:06}"}).status_code for n in range(6)]
    assert tried[-1] == 429


def test_organizations_are_named_once_everything_is_proved(house: House) -> None:
    address = house.account("ada")
    with house.application.database.write(None) as session:
        other = create_organization(
            session, name="Beta Ltd", language="en", time_zone="UTC", now=house.clock()
        )
    with house.application.database.write(other) as session:
        create_account(
            session, email=address, name="Ada", now=house.clock(), actor="test", password=PASSWORD
        )
    client = house.visitor()
    wrong = sign_in(client, address, "not the right one at all")
    assert "Beta Ltd" not in wrong.text
    asked = sign_in(client, address)
    assert asked.headers["location"].startswith("/auth/organization")
    page = client.get("/auth/organization")
    assert "Beta Ltd" in page.text
    assert "Acme &amp; Sons" in page.text
    taken = client.cookies["sos_steps"]
    assert client.post("/auth/organization", data={"number": "1"}).status_code == 303
    assert "Beta Ltd" in client.get("/app/account").text
    replayed = house.visitor()
    replayed.cookies.set("sos_steps", taken)
    assert replayed.post("/auth/organization", data={"number": "0"}).status_code == 403
    house.visitor().cookies.set("sos_steps", taken[:-1] + "x")
    for nowhere in ("7", "-1", "²", "9" * 5000):
        assert replayed.post("/auth/organization", data={"number": nowhere}).status_code == 403


def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(house: House) -> None:
    address = house.account("ada")
    client = house.signed_in(address)
    answers = {
        house.visitor().post("/auth/forgotten", data={"email": one}).text
        for one in (address, "nobody@x.example", "no address")
    }
    assert len(answers) == 1
    assert len(mails(house)) == 1
    path = link(house, "password")
    assert address in house.visitor().get(path).text
    saved = house.visitor().post(path, data={"password": NEW, "again": NEW})
    assert saved.headers["location"] == "/auth/sign-in?changed=1"
    assert client.get("/app/account").status_code == 303
    assert house.visitor().post(path, data={"password": NEW, "again": NEW}).status_code == 404
    assert sign_in(house.visitor(), address).status_code == 403
    assert sign_in(house.visitor(), address, NEW).status_code == 303


def test_a_link_for_a_new_password_lasts_an_hour(house: House) -> None:
    address = house.account("ada")
    house.visitor().post("/auth/forgotten", data={"email": address})
    path = link(house, "password")
    house.clock.advance(hours=1)
    assert house.visitor().get(path).status_code == 404


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(house: House) -> None:
    address = house.account("ada")
    client, elsewhere = house.signed_in(address), house.signed_in(address)
    form = {"present": "not the right one", "password": NEW, "again": NEW}
    refused = client.post("/app/account/password", data=form)
    assert refused.status_code == 403
    assert elsewhere.get("/app/account").status_code == 200
    done = client.post("/app/account/password", data=form | {"present": PASSWORD})
    assert done.headers["location"].endswith("done=password")
    assert client.get("/app/account").status_code == 200
    assert elsewhere.get("/app/account").status_code == 303


def test_sessions_are_listed_ended_and_fixed_by_nobody(house: House) -> None:
    address = house.account("ada")
    planted = house.visitor()
    planted.post(
        "/auth/sign-in",
        data={"email": address, "password": PASSWORD},
        headers={"Cookie": "sos_session=chosen-by-an-attacker"},
    )
    assert planted.cookies["sos_session"] != "chosen-by-an-attacker"
    client, elsewhere = house.signed_in(address), house.signed_in(address)
    page = client.get("/app/account").text
    numbers = re.findall(r'name="number" value="(\d+)"', page)
    assert len(numbers) == 2
    client.post("/app/account/sessions", data={"number": numbers[0]})
    ended = [one.get("/app/account").status_code == 303 for one in (planted, elsewhere)]
    assert sorted(ended) == [False, True]
    client.post("/app/account/sessions", data={"number": "others"})
    assert planted.get("/app/account").status_code == 303
    assert elsewhere.get("/app/account").status_code == 303
    assert client.get("/app/account").status_code == 200
    stranger = house.signed_in(house.account("bob"))
    own = re.findall(r'value="(\d+)"', page)[0]
    assert stranger.post("/app/account/sessions", data={"number": own}).status_code == 404


def test_a_session_ends_when_it_lies_idle_and_after_twelve_hours(house: House) -> None:
    client = house.signed_in(house.account("ada"))
    for _ in range(3):
        house.clock.advance(minutes=29)
        assert client.get("/app/account").status_code == 200
    house.clock.advance(minutes=31)
    assert client.get("/app/account").status_code == 303
    client = house.signed_in("ada@x.example")
    for _ in range(24):
        house.clock.advance(minutes=29, seconds=59)
        assert client.get("/app/account").status_code == 200
    house.clock.advance(minutes=1)
    assert client.get("/app/account").status_code == 303


def test_a_locked_account_is_out_at_once_and_the_last_administrator_stays(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    ada = house.account("ada", sees_everything=True)
    client = house.signed_in(ada)
    with house.application.database.read(house.organization_id) as session:
        first, second = (account_id_by_email(session, one) for one in ("admin@x.example", ada))
    for verb in ("lock", "remove"):
        kept = admin.post(f"/app/access/accounts/{first}/{verb}")
        assert kept.status_code == 409, kept.text
    assert admin.post(f"/app/access/accounts/{first}", data={"sees": "own"}).status_code == 409
    admin.post(f"/app/access/accounts/{second}/lock")
    assert client.get("/app/account").status_code == 303
    assert sign_in(house.visitor(), ada).status_code == 403
    admin.post(f"/app/access/accounts/{second}/unlock")
    assert sign_in(house.visitor(), ada).status_code == 303
    admin.post(f"/app/access/accounts/{second}/remove")
    assert sign_in(house.visitor(), ada).status_code == 403
    assert ada not in admin.get("/app/access").text
    again = admin.post("/app/access/invite", data={"email": ada})
    assert again.headers["location"].endswith("done=invited")
    assert {"account.locked", "account.unlocked", "account.removed"} <= set(verbs(house))


def test_administrators_have_no_rights_before_their_second_factor(house: House) -> None:
    first = house.signed_in(house.account("admin", administrator=True))
    refused = first.post("/app/access/second-factor", data={"of": "administrators"})
    assert refused.status_code == 400
    enroll(house, first)
    assert first.post("/app/access/second-factor", data={"of": "administrators"}).status_code == 303
    second = house.signed_in(house.account("second", administrator=True))
    for path in ("/app", "/app/people", "/app/access"):
        assert second.get(path).headers["location"] == "/app/account/second-factor"
    asked = second.post("/graphql", json={"query": "{ people(first: 1) { __typename } }"},
                        headers={"X-SOS-Request": "1"})  # fmt: skip
    assert asked.json()["data"]["people"]["__typename"] == "NotAllowed"
    enroll(house, second)
    assert second.get("/app/access").status_code == 200


def test_everybody_may_need_a_second_factor_and_sets_it_up_on_the_next_page(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    enroll(house, admin)
    person = house.crew.people["alpha1"]
    before = house.signed_in(house.account("alpha1", person_id=person))
    viewer = house.signed_in(house.account("viewer", sees_everything=True))
    personal = house.link(house.opened(), "alpha1")
    assert before.get("/app").status_code == 200
    assert admin.post("/app/access/second-factor", data={"of": "nobody knows"}).status_code == 303
    assert before.get("/app").status_code == 200
    assert admin.post("/app/access/second-factor", data={"of": "everybody"}).status_code == 303
    assert 'value="everybody" checked' in admin.get("/app/access").text
    for client in (before, viewer):
        for path in ("/app", "/app/results"):
            assert client.get(path).headers["location"] == "/app/account/second-factor"
        asked = client.post("/graphql", json={"query": "{ viewer { roles units { id } } }"},
                            headers={"X-SOS-Request": "1"})  # fmt: skip
        assert asked.json()["data"]["viewer"] == {"roles": [], "units": []}
    assert house.visitor().get(personal).status_code == 200, "personal links go on"
    seed, _ = enroll(house, before)
    assert before.get("/app").status_code == 200
    code = {"password": PASSWORD, "code": code_at(seed, step_of(house.clock()) + 1)}
    house.clock.advance(seconds=30)
    before.post("/app/account/second-factor/remove", data=code)
    assert 'action="/app/account/second-factor/remove"' not in before.get("/app/account").text
    assert admin.post("/app/access/second-factor", data={"of": "nobody"}).status_code == 303
    assert viewer.get("/app").status_code == 200
    assert verbs(house).count("access.second_factor_required") == 2


def test_an_operator_sees_the_installation_and_nothing_else(house: House) -> None:
    with house.application.database.write(None) as session:
        create_operator(
            session, email="ops@x.example", name="Olga", password=PASSWORD, now=house.clock()
        )
    client = house.visitor()
    assert sign_in(client, "ops@x.example").headers["location"] == "/app/operator"
    enroll(house, client)
    page = client.get("/app/operator").text
    assert "Acme &amp; Sons" in page
    assert client.get("/app").headers["location"].startswith("/auth/sign-in")
    assert client.get("/app/people").status_code == 303
    assert client.get("/app/account").status_code == 200
    made = client.post(
        "/app/operator",
        data={"name": "New Ltd", "administrator": "boss@new.example", "language": "sv",
              "time_zone": "Europe/Stockholm", "levels": "area, team"},
    )  # fmt: skip
    assert made.headers["location"] == "/app/operator?done=founded", made.text
    assert "New Ltd" in client.get("/app/operator").text
    boss = house.visitor()
    boss.post(link(house, "invitation"), data={"password": NEW, "again": NEW})
    assert boss.get("/app/access").status_code == 200
    admin = house.signed_in(house.account("admin", administrator=True))
    assert admin.get("/app/operator").status_code == 403
