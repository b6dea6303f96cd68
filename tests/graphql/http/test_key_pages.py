"""The pages of API keys and embeddings, without JavaScript: what they show, do and refuse."""

from __future__ import annotations

import html
import re

import pytest

from sos_core.access.api_keys import api_keys, key_principal
from sos_core.access.embeddings import embeddings
from sos_graphql.nodes import node_id
from tests.graphql.http.conftest import House, Visitor

ORIGIN = "https://intranet.example"
FORM = {"name": "Intranet", "origins": f"{ORIGIN}\n", "widgets": ["sos-areas", "sos-summary"]}


@pytest.fixture
def admin(house: House) -> Visitor:
    return house.signed_in(house.account("admin", administrator=True))


def keys(house: House) -> list[str]:
    with house.application.database.read(house.organization_id) as session:
        return [view.name for view in api_keys(session) if view.works(house.clock())]


def test_a_key_is_created_shown_once_and_revoked(house: House, admin: Visitor) -> None:
    form = {"name": "Payroll", "scopes": ["people:read", "results:read"], "lifetime": "90"}
    made = admin.post("/app/keys", data=form)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    [token] = re.findall(r'value="(sos_key_[^"]+)"', made.text)
    found = key_principal(house.application.database, token, house.clock())
    assert found is not None
    assert found.scopes == {"people:read", "results:read"}
    listed = admin.get("/app/keys")
    assert token not in listed.text
    assert token[:-36] in listed.text
    assert "Payroll" in listed.text
    path = f"/app/keys/{found.key_id}/revoke"
    assert admin.post(path, data={}).headers["location"] == "/app/keys"
    assert keys(house) == ["Payroll"], "nobody was sure"
    assert admin.post(path, data={"sure": "yes"}).status_code == 303
    assert keys(house) == []
    assert "revoked" in admin.get("/app/keys?done=key_revoked").text


@pytest.mark.parametrize(
    "form", [{}, {"name": "x"}, {"scopes": ["people:read"]}, {"name": "x", "scopes": ["root"]}]
)
def test_a_wrong_key_is_refused_in_words(
    house: House, admin: Visitor, form: dict[str, object]
) -> None:
    answer = admin.post("/app/keys", data=form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "sos_key_" not in answer.text
    assert keys(house) == []


def test_an_embedding_is_created_changed_and_ended(house: House, admin: Visitor) -> None:
    made = admin.post("/app/embeddings", data=FORM)
    assert made.status_code == 303
    path = made.headers["location"].partition("?")[0]
    number = int(path.rpartition("/")[2])
    shown = admin.get(made.headers["location"])
    assert node_id("Embedding", number) in shown.text
    assert f"/embed/frame/{node_id('Embedding', number)}/sos-areas" in shown.text
    assert ORIGIN in shown.text
    unit = house.crew.units["north"]
    changed = {**FORM, "origins": f"{ORIGIN} http://localhost:3000", "unit": str(unit)}
    assert admin.post(path, data=changed).status_code == 303
    with house.application.database.read(house.organization_id) as session:
        [view] = embeddings(session, house.clock())
    assert (view.origins, view.unit_id) == (("http://localhost:3000", ORIGIN), unit)
    assert "http://localhost:3000" in admin.get("/app/embeddings").text
    assert admin.post(f"{path}/end", data={}).headers["location"] == path
    assert admin.post(f"{path}/end", data={"sure": "yes"}).status_code == 303
    assert admin.get(path).text.count("<form") == shown.text.count("<form") - 2
    assert admin.post(path, data=FORM).status_code == 409


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": ""}, 400),
        ({"origins": ""}, 400),
        ({"origins": "https://*.example"}, 400),
        ({"origins": "http://intranet.example"}, 400),
        ({"widgets": []}, 400),
        ({"widgets": ["sos-import"]}, 400),
        ({"survey": "999"}, 404),
        ({"unit": "999"}, 404),
        ({"unit": "x"}, 404),
    ],
)
def test_a_wrong_embedding_is_refused_and_what_was_written_stays(
    house: House, admin: Visitor, more: dict[str, object], status: int
) -> None:
    answer = admin.post("/app/embeddings", data={**FORM, **more})
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    if more.get("origins"):
        assert str(more["origins"]) in html.unescape(answer.text)
    with house.application.database.read(house.organization_id) as session:
        assert embeddings(session, house.clock()) == []


def test_the_pages_are_for_administrators_alone(house: House) -> None:
    viewer = house.signed_in(house.account("viewer", sees_everything=True))
    for path in ("/app/keys", "/app/embeddings", "/app/embeddings/1"):
        assert viewer.get(path).status_code == 403
        assert viewer.post(path, data={"name": "x"}).status_code == 403
        assert house.visitor().get(path).headers["location"].startswith("/auth/sign-in")
    assert "/app/keys" not in viewer.get("/app").text


def test_a_key_opens_no_page(house: House, admin: Visitor) -> None:
    form = {"name": "All", "scopes": ["people:read", "people:write"], "lifetime": "never"}
    [token] = re.findall(r'value="(sos_key_[^"]+)"', admin.post("/app/keys", data=form).text)
    bearer = {"Authorization": f"Bearer {token}"}
    for path in ("/app", "/app/people", "/app/keys", "/app/account", "/files/results/1.csv"):
        answer = house.visitor().get(path, headers=bearer)
        assert answer.headers["location"].startswith("/auth/sign-in"), path
    template = house.visitor().get("/files/people-template.csv", headers=bearer)
    assert template.status_code in (200, 400), "programs may have the template"


@pytest.mark.parametrize("language", ["en", "sv", "nb", "zh-Hans", "sw"])
def test_the_pages_speak_every_language(admin: Visitor, language: str) -> None:
    admin.post("/app/embeddings", data=FORM)
    for path in ("/app/keys", "/app/embeddings"):
        page = admin.get(f"{path}?language={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize("form", [{}, {"sure": "yes"}])
@pytest.mark.parametrize("path", ["/app/keys/{}/revoke", "/app/embeddings/{}/end"])
def test_what_is_not_there_is_not_said_to_have_ended(
    admin: Visitor, path: str, form: dict[str, str]
) -> None:
    for missing in ("987", "none", "9" * 30):
        assert admin.post(path.format(missing), data=form).status_code == 404
        assert admin.get(path.format(missing)).status_code == 404
