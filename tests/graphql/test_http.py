"""GraphQL over HTTP: media types, status codes, cookies, and requests that are refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import pytest

from sos_core.errors import Unavailable
from sos_graphql import documents
from sos_graphql.protocol import GRAPHQL_JSON, prefers_graphql_json
from tests.graphql.conftest import World

NEWER = {"Accept": GRAPHQL_JSON}
NAME = "{ viewer { name } }"
SIGN_OUT = "mutation { signOut { __typename } }"


def post(world: World, body: Any, **headers: str) -> httpx.Response:
    return world.send("POST", "/graphql", json=body, headers=headers)


def test_each_media_type_is_answered_as_asked(world: World) -> None:
    for accept, expected in (
        (GRAPHQL_JSON, GRAPHQL_JSON),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        (f"application/json, {GRAPHQL_JSON}", "application/json"),
    ):
        answer = world.ask(None, NAME, Accept=accept)
        assert (answer.status_code, answer.headers["content-type"]) == (200, expected)
        assert answer.headers["cache-control"] == "no-store"


def test_preferences_are_read_like_the_standard_says() -> None:
    assert prefers_graphql_json(f"application/json;q=0.5, {GRAPHQL_JSON};q=0.6")
    assert not prefers_graphql_json(f"{GRAPHQL_JSON};q=broken, application/json")
    assert not prefers_graphql_json("")
    assert prefers_graphql_json(GRAPHQL_JSON)
    assert not prefers_graphql_json(f"{GRAPHQL_JSON};q=0, */*")
    assert prefers_graphql_json(f"application/json;q=0, {GRAPHQL_JSON};q=0.1")


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "query Q { viewer { name } }", "operationName": "Other"},
        {"query": "query Q($f: Int!) { units(first: $f) { totalCount } }"},
        {"query": "query Q($f: Int!) { units(first: $f) { totalCount } }", "variables": {"f": "x"}},
        {"query": "{ units { totalCount } }"},
    ],
)
def test_a_request_error_is_400_without_data_in_the_newer_type(world: World, body: Any) -> None:
    newer = post(world, body, **NEWER)
    assert newer.status_code == 400
    assert newer.json()["errors"]
    assert "data" not in newer.json()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400),
        ({"json": "text"}, 400),
        ({"json": None}, 400),
        ({"json": []}, 400),
        ({"json": [{"query": NAME}]}, 400),
        ({"json": {"query": 1}}, 400),
        ({"json": {"query": NAME, "variables": []}}, 400),
        ({"json": {"query": NAME, "operationName": 1}}, 400),
        ({"json": {"query": NAME, "extensions": "x"}}, 400),
        ({"json": {}}, 400),
        ({"data": {"query": NAME}}, 400),
        ({"content": NAME, "headers": {"Content-Type": "text/plain"}}, 400),
        ({"content": b"[" * 50_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"json": {"query": NAME + " " * 100_000}}, 413),
    ],
)
def test_what_is_no_request_is_refused_as_json(world: World, sent: Any, status: int) -> None:
    answer = world.send("POST", "/graphql", **sent)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_queries_may_come_by_get_and_mutations_may_not(world: World) -> None:
    asked = world.send("GET", "/graphql", params={"query": NAME}, headers=NEWER)
    assert asked.status_code == 200
    refused = world.send("GET", "/graphql", params={"query": SIGN_OUT}, headers=NEWER)
    assert refused.status_code == 400
    assert world.send("GET", "/graphql", headers={"Accept": "text/html"}).status_code == 404
    assert world.send("PUT", "/graphql", json={"query": NAME}).status_code == 405


def test_a_cookie_counts_only_from_our_own_pages(world: World) -> None:
    cookie = {"Cookie": f"sos_session={world.tokens['admin']}"}
    own = cookie | {"X-SOS-Request": "1"}
    assert post(world, {"query": NAME}, **own).json()["data"]["viewer"]["name"] == "Admin"
    for more in (
        {},
        {"X-SOS-Request": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-SOS-Request": "1", "Sec-Fetch-Site": "same-site"},
        {"X-SOS-Request": "1", "Origin": "https://evil.example"},
        {"X-SOS-Request": "1", "Origin": "null"},
    ):
        refused = post(world, {"query": NAME}, **cookie, **more)
        assert refused.status_code == 403, more
    forged = {"Sec-Fetch-Site": "cross-site", **cookie}
    assert world.send("GET", "/graphql", params={"query": NAME}, headers=forged).status_code == 403
    # A bearer token cannot be sent by another site's browser, so it needs no header.
    assert world.ask("admin", NAME).json()["data"]["viewer"]["name"] == "Admin"


def test_a_stored_document_is_named_by_its_digest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.sha256(NAME.encode()).hexdigest()
    monkeypatch.setattr(documents, "stored_documents", lambda: {digest: NAME})

    def named(value: object) -> httpx.Response:
        return post(world, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": value}}})

    assert named(digest).json() == {"data": {"viewer": {"name": ""}}}
    assert named(digest.upper()).status_code == 200
    assert named("0" * 64).json()["errors"][0]["message"] == "PersistedQueryNotFound"
    for wrong in (None, 1, [], ""):
        assert named(wrong).status_code == 400


def test_stored_documents_come_with_the_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    from sos_graphql.http.embed import EmbedFile

    body = json.dumps([NAME]).encode()
    monkeypatch.setattr(
        documents, "files", lambda: {"documents.json": EmbedFile(body, b"", "application/json")}
    )
    documents.stored_documents.cache_clear()
    try:
        assert documents.stored_documents() == {hashlib.sha256(NAME.encode()).hexdigest(): NAME}
    finally:
        documents.stored_documents.cache_clear()


def test_errors_that_nobody_expected_tell_an_id_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the secret of the database")

    monkeypatch.setattr("sos_graphql.surveys.types.queries.surveys", broken)
    document = (
        '{ surveys(first: 1) { nodes { id } } viewer { name } secretly: node(id: "4711") { id } }'
    )
    answer = world.ask("admin", document, Accept=GRAPHQL_JSON)
    assert answer.status_code == 200
    [error] = answer.json()["errors"]
    assert set(error["extensions"]) == {"code", "reference"}
    assert "secret" not in answer.text
    assert "4711" not in caplog.text
    metrics = world.application.telemetry.render().decode()
    assert 'sos_unexpected_errors_total{place="graphql"} 1.0' in metrics


def test_expected_failures_outside_of_unions_are_told_in_words(world: World) -> None:
    answer = world.ask("admin", "{ units(first: 101) { totalCount } }").json()
    assert answer["errors"][0]["extensions"] == {
        "code": "page_size",
        "what": "A page holds from 1 to 100 things.",
        "remedy": "Ask for fewer, and for the next page afterwards.",
    }


def test_what_cannot_be_looked_up_now_is_not_told_to_be_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_more: object) -> None:
        raise Unavailable("Busy.", "Try again.")

    survey = world.do("createSurvey", {"title": "Spring"})["id"]
    monkeypatch.setattr("sos_graphql.surveys.types.queries.survey", busy)
    for field in ("survey", "node"):
        document = "query ($id: ID!) { FIELD(id: $id) { id } }".replace("FIELD", field)
        answer = world.ask("admin", document, {"id": survey}).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["unavailable"]
