"""What docs/asvs.md promises of answers: cookies, caches, types, methods, and refusals in the log."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import anyio.from_thread
import pytest
from starlette.responses import Response
from structlog.testing import capture_logs

from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.settings import Settings
from sos_graphql.app import create_app
from sos_graphql.demo.sign_ins import _password
from sos_graphql.http.cookies import set_session
from tests.graphql.http.accounts import NEW, enroll, link
from tests.graphql.http.conftest import PASSWORD, House, Visitor

PAGES = ("/app", "/app/people", "/app/surveys", "/app/results", "/app/access", "/app/account")
FILES = ("/files/people-template.xlsx",)


def test_cookies_on_https_belong_to_this_host_alone(
    sqlite_template: Path, tmp_path: Path, clock: ManualClock
) -> None:
    shutil.copy(sqlite_template, tmp_path / "sos.db")
    settings = Settings(data_dir=tmp_path, public_url="https://sos.example")
    application = Application(settings, clock=clock)
    with anyio.from_thread.start_blocking_portal() as portal:
        visitor = Visitor(portal, create_app(application, run_jobs=False))
        chosen = visitor.post(
            "/auth/preferences", data={"language": "sv", "theme": "dark", "next": "/app"}
        )
        # The test's own connection is plain http, on which a browser would not give them back.
        pairs = [cookie.split(";")[0] for cookie in chosen.headers.get_list("set-cookie")]
        shown = visitor.get("/auth/sign-in", headers={"Cookie": "; ".join(pairs)})
        visitor.close()
    application.stop()
    cookies = chosen.headers.get_list("set-cookie")
    session = Response()
    set_session(session, settings.public_url, "x")
    cookies += session.headers.getlist("set-cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert cookie.startswith("__Host-sos_"), cookie
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= parts, cookie
        assert not any(part.startswith("domain") for part in parts)
    assert '<html lang="sv"' in shown.text
    assert shown.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_signing_out_empties_the_cache(house: House) -> None:
    client = house.signed_in(house.account("admin", administrator=True))
    # Answers that wait on a respondent's device must outlive a sign-out: "storage" is not named.
    assert client.post("/auth/sign-out").headers["clear-site-data"] == '"cache"'


def test_what_is_personal_is_never_kept_by_browsers(house: House) -> None:
    survey_id = house.opened()
    admin = house.signed_in(house.account("admin", administrator=True))
    path = house.link(survey_id, "alpha1")
    visits = [*PAGES, *FILES, f"/app/surveys/{survey_id}", path, f"{path}/1", "/app/nowhere"]
    answers = [admin.get(path) for path in visits]
    answers.append(
        admin.post(
            "/graphql",
            json={"query": "{ viewer { name } }"},
            headers={"X-SOS-Request": "1", "Origin": "http://sos.example"},
        )
    )
    assert "Admin" in answers[-1].text
    for answer in answers:
        assert answer.headers.get("cache-control") == "no-store", answer.url


def test_answers_name_their_type_and_encoding(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    for path in (*PAGES, *FILES, "/healthz", "/readyz", "/metrics", "/nowhere", "/embed/loader.js"):
        answer = admin.get(path)
        kind = answer.headers["content-type"]
        assert re.fullmatch(r"[a-z]+/[\w.+-]+(; .*)?", kind), (path, kind)
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind, (path, kind)


@pytest.mark.parametrize("path", ["/", "/app", "/graphql", "/healthz", "/embed/loader.js"])
def test_trace_is_refused(house: House, path: str) -> None:
    client = house.visitor()
    for method in ("TRACE", "TRACK", "CONNECT"):
        answer = client._portal.call(client._client.request, method, path)
        assert answer.status_code in {404, 405}, (method, path)
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/embed", "/embed/", "/embed/locales", "/embed/locales/", "/files", "/files/", "/s/..",
     "/embed/../sos.db", "/embed/%2e%2e/sos.db", "/embed/..%2f..%2fpyproject.toml", "/.git/config"],
)  # fmt: skip
def test_folders_are_not_listed(house: House, path: str) -> None:
    answer = house.visitor().get(path)
    assert answer.status_code in {303, 307, 404}, path
    for name in ("loader.js", "sos.db", "pyproject", "[core]"):
        assert name not in re.sub(r'(src|href)="[^"]*"', "", answer.text)


def test_password_fields_hide_and_help(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    fields = [
        field
        for client, path in ((house.visitor(), "/auth/sign-in"), (admin, "/app/account"))
        for field in re.findall(r'<input[^>]*name="(?:password|again|present)"[^>]*>', client.get(path).text)
    ]  # fmt: skip
    assert len(fields) >= 4
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field


def test_every_page_has_a_way_out(house: House) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    for path in PAGES:
        assert 'action="/auth/sign-out"' in admin.get(path).text, path


def test_a_second_factor_outlives_a_new_password(house: House) -> None:
    address = house.account("ada")
    enroll(house, house.signed_in(address))
    house.visitor().post("/auth/forgotten", data={"email": address})
    fresh = house.visitor()
    chosen = fresh.post(link(house, "password"), data={"password": NEW, "again": NEW})
    assert chosen.status_code == 303, chosen.text
    assert "sos_session" not in fresh.cookies
    asked = fresh.post("/auth/sign-in", data={"email": address, "password": NEW})
    assert asked.headers["location"].startswith("/auth/code")
    assert "sos_session" not in fresh.cookies


def test_what_somebody_may_not_do_is_logged(house: House) -> None:
    client = house.signed_in(house.account("ada"))
    with capture_logs() as lines:
        assert client.get("/app/people").status_code == 403
        client.post(
            "/graphql",
            json={"query": "{ accounts(first: 1) { __typename } }"},
            headers={"X-SOS-Request": "1", "Origin": "http://sos.example"},
        )
        for _ in range(11):
            house.visitor().post("/auth/sign-in", data={"email": "x@x.example", "password": "no"})
    refused = [line for line in lines if line["event"] == "refused"]
    assert [line["code"] for line in refused] == ["administrators_only"] * 2
    assert all(re.fullmatch(r"account:\d+", line["actor"]) for line in refused)
    assert {line["organization"] for line in refused} == {house.organization_id}
    assert [line["counted_by"] for line in lines if line["event"] == "too_many_attempts"] == [
        "account"
    ]
    assert "@" not in str(lines)


def test_respondents_are_not_named_in_refusals(house: House) -> None:
    survey_id = house.opened()
    visitor = house.visitor()
    token = visitor.post(
        "/graphql",
        json={
            "query": "mutation ($i: ExchangePersonalLinkInput!) { exchangePersonalLink(input: $i) "
            "{ ... on Token { token } } }",
            "variables": {"i": {"link": house.link(survey_id, "alpha1").removeprefix("/s/")}},
        },
    ).json()["data"]["exchangePersonalLink"]["token"]
    with capture_logs() as lines:
        visitor.post(
            "/graphql",
            json={"query": "{ accounts(first: 1) { __typename } }"},
            headers={"Authorization": f"Bearer {token}"},
        )
    refused = [line for line in lines if line["event"] == "refused"]
    assert len(refused) == 1
    assert set(refused[0]) == {"event", "log_level", "code", "roles"}
    assert str(house.crew.people["alpha1"]) not in str(refused[0]["code"])


def test_passwords_are_drawn_anew() -> None:
    drawn = {_password() for _ in range(50)}
    assert len(drawn) == 50
    assert PASSWORD not in drawn
