"""Guests: one unit's own published figures by the widgets' own documents, and nothing else at all."""

from __future__ import annotations

from typing import Any

import pytest

from sos_graphql.documents import ASKED_BY_GUESTS, guest_documents, stored_documents
from sos_graphql.nodes import node_id
from tests.embed.browser import toolchain
from tests.graphql.conftest import World
from tests.graphql.guests import AREAS, CREATE, DIGEST, MINT, ORIGIN, HostSite, host, make_key
from tests.graphql.test_results import RESULTS

__all__ = ["host"]
END = """mutation ($input: EndEmbeddingInput!) { endEmbedding(input: $input) { __typename
  ... on Embedding { endedAt origins } ... on Problem { code } } }"""
CHANGE = """mutation ($input: ChangeEmbeddingInput!) { changeEmbedding(input: $input) { __typename
  ... on Embedding { name origins unitId } ... on Problem { code } } }"""
GONE = "no_such_survey"
LISTED = """{ embeddings(first: 5) { ... on EmbeddingConnection { nodes { name mintedCount createdBy } }
  ... on Problem { code } } }"""


def test_a_guest_sees_its_units_own_figures_and_nothing_extra(host: HostSite) -> None:
    token = host.mint()["token"]
    found = host.results(token)
    asked = host.world.data("admin", RESULTS, {"id": host.survey, "unit": host.unit})
    own = asked["survey"]["results"]
    assert found["results"]["name"] == "Alpha"
    assert found["results"]["overall"]["value"] == own["overall"]["value"] is not None
    assert found["results"]["comments"]["__typename"] == "NotAllowed"
    assert found["responseRate"]["__typename"] == "NotAllowed"
    assert found["results"]["children"] == []
    ways = {way["name"]: way for way in found["results"]["breadcrumb"]}
    assert {name for name, way in ways.items() if way["visible"]} == {"Alpha"}
    assert all(way["overall"] is None for name, way in ways.items() if name != "Alpha")


def test_a_guest_sees_no_other_unit_and_no_other_survey(host: HostSite) -> None:
    token = host.mint()["token"]
    for other in ("Beta", "East", "North", "Gamma"):
        refused = host.results(token, unit=host.world.unit(other))["results"]
        assert refused["code"] == "results_not_for_you"
    whole = host.mint(unit=None)["token"]
    assert host.results(whole)["results"]["name"] == "Acme"
    assert host.results(whole, unit=host.unit)["results"]["code"] == "results_not_for_you"
    second = host.world.open_survey(title="Autumn")
    for wrong in (second, node_id("Survey", 999), "x"):
        assert host.results(token, survey=wrong) is None
    assert host.results(token, survey=host.survey)["id"] == host.survey


def test_a_token_before_the_publish_date_shows_nothing(host: HostSite) -> None:
    running = host.world.open_survey(title="Autumn")
    assert host.results(host.mint(survey=running)["token"]) is None


@pytest.mark.parametrize(
    "body",
    [
        {"query": AREAS},
        {"query": "{ viewer { kind } }"},
        {"query": "{ __schema { queryType { name } } }"},
        {"query": AREAS, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
        {"query": "", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": [DIGEST]}}},
        {"extensions": {"persistedQuery": DIGEST}},
        {"extensions": []},
        {},
        [],
        [{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}}],
        "x",
        7,
    ],
)
def test_a_guest_names_a_stored_document_and_sends_no_text(host: HostSite, body: Any) -> None:
    answer = host.ask(host.mint()["token"], body)
    assert answer.status_code == 403
    assert "data" not in answer.json()


def test_a_guest_runs_the_documents_of_the_tokens_widgets_alone(host: HostSite) -> None:
    summary = host.mint(widgets=["SUMMARY"])["token"]
    assert host.ask(summary).status_code == 403
    both = host.mint(widgets=["SUMMARY", "AREAS"])["token"]
    assert host.ask(both).status_code == 200


def test_a_guest_asks_by_post_in_its_own_page_alone(host: HostSite) -> None:
    token = host.mint()["token"]
    assert host.ask(token, Origin="").status_code == 200, "no browser tells no origin"
    assert host.ask(token, Origin="http://sos.test").status_code == 200, "our own frames"
    for origin in ("null", "https://evil.example", f"{ORIGIN}.", f"{ORIGIN}:8443", ORIGIN.upper()):
        refused = host.ask(token, Origin=origin)
        assert (refused.status_code, "data" in refused.json()) == (401, False), origin
    get = host.world.send(
        "GET", "/graphql?query={viewer{kind}}", headers={"Authorization": f"Bearer {token}"}
    )
    assert get.status_code == 403
    cookie = host.world.send(
        "POST",
        "/graphql",
        json={"query": "{ viewer { kind } }"},
        headers={"Cookie": f"sos_session={token}", "X-SOS-Request": "1"},
    )
    assert cookie.json()["data"]["viewer"]["kind"] == "ANONYMOUS"


def test_a_guests_token_names_its_language(host: HostSite) -> None:
    token = host.mint(language="sv")["token"]
    refused = host.ask(
        token,
        {
            "extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}},
            "variables": {"unit": host.world.unit("Beta")},
        },
        **{"X-SOS-Language": "en"},
    )
    assert refused.json()["data"]["survey"]["results"]["code"] == "results_not_for_you"
    assert host.mint(language="xx")["code"] == "unknown_language"


def test_ending_or_changing_an_embedding_ends_its_tokens(host: HostSite) -> None:
    world, token = host.world, host.mint()["token"]
    given = {"id": host.embedding, "name": "Both"}
    changed = world.data("admin", CHANGE, {"input": given})["changeEmbedding"]
    assert changed["name"] == "Both"
    assert host.ask(token).status_code == 401
    token = host.mint()["token"]
    assert host.ask(token).status_code == 200
    [listed] = world.data("admin", LISTED)["embeddings"]["nodes"]
    assert listed == {"name": "Both", "mintedCount": 2, "createdBy": "Admin"}
    ended = world.data("admin", END, {"input": {"id": host.embedding}})["endEmbedding"]
    assert ended["origins"] == []
    assert host.ask(token).status_code == 401
    assert host.mint()["code"] == "embedding_ended"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"origin": "https://evil.example"}, "origin_not_allowed"),
        ({"origin": "*"}, "origin_wrong"),
        ({"widgets": ["QUESTION"]}, "widgets_not_allowed"),
        ({"survey": node_id("Survey", 999)}, "no_such_survey"),
        ({"unit": node_id("Unit", 999)}, "not_found"),
        ({"embedding": node_id("Embedding", 999)}, "not_found"),
        ({"embedding": node_id("Survey", 1)}, "not_found"),
    ],
)
def test_nothing_is_minted_beyond_the_embedding(
    host: HostSite, more: dict[str, Any], code: str
) -> None:
    assert host.mint(**more)["code"] == code


def test_an_embedding_of_a_unit_is_for_what_is_below_it(host: HostSite) -> None:
    world = host.world
    given = {
        "name": "North",
        "origins": [ORIGIN],
        "widgets": ["AREAS"],
        "survey": host.survey,
        "unit": world.unit("North"),
    }
    made = world.data("admin", CREATE, {"input": given})["createEmbedding"]
    for name in ("North", "East", "Alpha"):
        assert "token" in host.mint(embedding=made["id"], unit=world.unit(name)), name
    for unit in (None, world.unit("Gamma"), world.unit("South")):
        assert host.mint(embedding=made["id"], unit=unit)["code"] == "not_found"
    for more, unit in (({"name": "Both"}, given["unit"]), ({"unit": None}, None)):
        change = {"input": {"id": made["id"], **more}}
        changed = world.data("admin", CHANGE, change)["changeEmbedding"]
        assert (changed["name"], changed["unitId"]) == ("Both", unit)
        assert changed["origins"] == [ORIGIN]


def test_minting_is_for_keys_with_the_scope_and_their_own_organization(host: HostSite) -> None:
    world = host.world
    host.key = make_key(world, "RESULTS_READ", "PEOPLE_READ")
    assert host.mint()["code"] == "scope_missing"
    host.key = make_key(world, "GUESTS_MINT", role="foreign")
    assert host.mint()["code"] == "no_such_survey"
    given = {
        "embedding": host.embedding,
        "survey": host.survey,
        "widgets": ["AREAS"],
        "language": "en",
        "origin": ORIGIN,
    }
    assert world.data("admin", MINT, {"input": given})["mintGuestToken"]["code"] == "keys_only"
    for role, code in (("leader", "administrators_only"), (None, "not_signed_in")):
        assert world.data(role, MINT, {"input": given})["mintGuestToken"]["code"] == code


def test_embeddings_are_for_administrators_alone(world: World) -> None:
    given = {"name": "x", "origins": [ORIGIN], "widgets": ["AREAS"]}
    for role, code in (("leader", "administrators_only"), (None, "not_signed_in")):
        assert world.data(role, CREATE, {"input": given})["createEmbedding"]["code"] == code
        assert world.data(role, LISTED)["embeddings"] == {"code": code}
    made = world.data("admin", CREATE, {"input": given})["createEmbedding"]
    theirs = world.data("foreign", END, {"input": {"id": made["id"]}})["endEmbedding"]
    assert theirs == {"__typename": "NotFound", "code": "not_found"}
    missing = {**given, "survey": node_id("Survey", 999)}
    assert world.data("admin", CREATE, {"input": missing})["createEmbedding"]["code"] == GONE


def test_every_widget_of_guests_has_its_stored_documents() -> None:
    toolchain.build()
    assert stored_documents()
    for widget, names in ASKED_BY_GUESTS.items():
        assert len(guest_documents(frozenset({widget}))) == len(names), widget
