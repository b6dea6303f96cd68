"""API keys through the API: what administrators do with them, and what programs may do by them."""

from __future__ import annotations

from typing import Any

import pytest

from sos_core.access.scopes import Scope
from sos_graphql.nodes import node_id
from tests.access_policy.table import table
from tests.graphql.conftest import World, core
from tests.graphql.guests import CREATE_KEY, make_key
from tests.graphql.test_results import MATRIX, RESULTS

KEYS = """{ apiKeys(first: 10) { __typename ... on Problem { code }
  ... on ApiKeyConnection { nodes { id name hint scopes works usedOn createdBy revokedAt } } } }"""
REVOKE = """mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { __typename
  ... on ApiKey { works revokedAt } ... on Problem { code } } }"""
ALL = [scope.name for scope in Scope]
LOST = "{ __typename ... on Problem { code } }"
NOBODY, NOWHERE = node_id("Person", 999), node_id("Survey", 999)
WRITE = "PEOPLE_WRITE"
GUEST = '{embedding: "x", survey: "x", widgets: [], language: "en", origin: "x"}'
SITE = '{name: "x", origins: ["https://x.example"], widgets: [AREAS]}'
# What each scope opens: document, field, and the scope that opens it.
OPENS: list[tuple[str, str, str | None]] = [
    ("{ people(first: 1) %s }", "people", "PEOPLE_READ"),
    ("{ changePlans(first: 1) %s }", "changePlans", "PEOPLE_READ"),
    ("{ auditEntries(first: 1) %s }", "auditEntries", "AUDIT_READ"),
    (f'mutation {{ deactivatePerson(input: {{id: "{NOBODY}"}}) %s }}', "deactivatePerson", WRITE),
    ('mutation { createChangePlan(input: {upload: "x"}) %s }', "createChangePlan", WRITE),
    ('mutation { createSurvey(input: {title: ""}) %s }', "createSurvey", "SURVEYS_WRITE"),
    (f'mutation {{ openSurvey(input: {{id: "{NOWHERE}"}}) %s }}', "openSurvey", "SURVEYS_WRITE"),
    (f'{{ surveyPreview(id: "{NOWHERE}") %s }}', "surveyPreview", "SURVEYS_READ"),
    (f"mutation {{ mintGuestToken(input: {GUEST}) %s }}", "mintGuestToken", "GUESTS_MINT"),
    ("{ accounts(first: 1) %s }", "accounts", "ACCOUNTS_READ"),
    ("{ auditEntries(first: 1) %s }", "auditEntries", "AUDIT_READ"),
    # For people alone: a program gets none of these, whatever its scopes.
    ("{ apiKeys(first: 1) %s }", "apiKeys", None),
    ("{ embeddings(first: 1) %s }", "embeddings", None),
    (
        'mutation { createApiKey(input: {name: "x", scopes: [AUDIT_READ]}) %s }',
        "createApiKey",
        None,
    ),
    ('mutation { revokeApiKey(input: {id: "x"}) %s }', "revokeApiKey", None),
    (f"mutation {{ createEmbedding(input: {SITE}) %s }}", "createEmbedding", None),
    ('mutation { endEmbedding(input: {id: "x"}) %s }', "endEmbedding", None),
    ('mutation { issuePrintedCodes(input: {survey: "x"}) %s }', "issuePrintedCodes", None),
    ("{ ballotForm %s }", "ballotForm", None),
    ("mutation { submitBallot(input: {answers: [], comments: []}) %s }", "submitBallot", None),
]
NAME_OF = "query ($id: ID!) { node(id: $id) { ... on Person { name } } }"
REFUSALS = {"scope_missing", "administrators_only", "not_signed_in", "no_open_survey"}


def with_key(world: World, *scopes: str) -> str:
    world.tokens["key"] = make_key(world, *scopes)
    return "key"


def test_an_administrator_creates_sees_and_revokes_a_key(world: World) -> None:
    given = {"name": " Payroll  system ", "scopes": ["PEOPLE_READ", "RESULTS_READ"]}
    made = world.data("admin", CREATE_KEY, {"input": given})["createApiKey"]
    world.tokens["key"] = made["token"]
    assert made["token"].startswith(made["key"]["hint"])
    viewer = "{ viewer { kind name roles personId } organization { name } }"
    assert world.data("key", viewer) == {
        "viewer": {"kind": "INTEGRATION", "name": "Payroll system", "roles": [], "personId": None},
        "organization": {"name": "Acme"},
    }
    [listed] = world.data("admin", KEYS)["apiKeys"]["nodes"]
    assert (listed["name"], listed["createdBy"], listed["works"]) == (
        "Payroll system",
        "Admin",
        True,
    )
    assert listed["usedOn"] == world.clock().date().isoformat()
    assert made["token"] not in str(listed)
    ended = world.data("admin", REVOKE, {"input": {"id": made["key"]["id"]}})["revokeApiKey"]
    assert (ended["works"], ended["revokedAt"] is not None) == (False, True)
    refused = world.ask("key", viewer)
    assert refused.status_code == 401
    assert "data" not in refused.json()


@pytest.mark.parametrize("role", ["leader", "viewer", "participant", "nobody", None])
def test_keys_are_for_administrators_alone(world: World, role: str | None) -> None:
    code = "administrators_only" if role else "not_signed_in"
    assert world.data(role, KEYS)["apiKeys"] == {"__typename": "NotAllowed", "code": code}
    given = {"name": "x", "scopes": ["PEOPLE_READ"]}
    made = world.data(role, CREATE_KEY, {"input": given})["createApiKey"]
    assert made["code"] == code


def test_another_organizations_key_is_as_if_it_were_not_there(world: World) -> None:
    made = world.data("admin", CREATE_KEY, {"input": {"name": "x", "scopes": ["PEOPLE_READ"]}})
    number = made["createApiKey"]["key"]["id"]
    theirs = world.data("foreign", REVOKE, {"input": {"id": number}})
    missing = world.data("foreign", REVOKE, {"input": {"id": node_id("ApiKey", 999)}})
    assert theirs == missing == {"revokeApiKey": {"__typename": "NotFound", "code": "not_found"}}
    assert world.data("foreign", KEYS)["apiKeys"]["nodes"] == []


@pytest.mark.parametrize("scope", ALL)
def test_each_scope_opens_what_it_names_and_nothing_else(world: World, scope: str) -> None:
    key = with_key(world, scope)
    for document, field, opened_by in OPENS:
        code = world.data(key, document % LOST)[field].get("code")
        assert (code not in REFUSALS) == (scope == opened_by), (field, code)


def test_a_key_with_every_scope_is_still_no_administrator(world: World) -> None:
    key = with_key(world, *ALL)
    for document, field, opened_by in OPENS:
        code = world.data(key, document % LOST)[field].get("code")
        assert (code not in REFUSALS) == (opened_by is not None), (field, code)


def test_a_key_that_writes_is_told_what_it_may_read_and_else_the_id_alone(world: World) -> None:
    """An empty change would else read anybody."""
    person, unit = world.person("Alpha 1"), world.unit("North")

    def people(key: str) -> list[dict[str, Any]]:
        new = {"name": f"New {key}", "email": f"{key}@x.example", "units": [unit]}
        made = world.do("addPerson", new, key)
        assert "id" in made, made
        given = {"id": made["id"]}
        assert world.data("admin", NAME_OF, given)["node"]["name"] == f"New {key}"
        done = [("changePerson", {"id": person}), ("movePerson", {"id": person, "units": [unit]}),
                ("deactivatePerson", given), ("reactivatePerson", given)]  # fmt: skip
        return [made, *(world.do(verb, change, key) for verb, change in done)]

    def surveys(key: str) -> list[dict[str, Any]]:
        made = world.do("createSurvey", {"title": f"By {key}"}, key)
        given = {"id": made.get("id")}
        done = [("changeSurvey", {**given, "title": "Changed"}), ("cancelSurvey", given)]
        return [made, *(world.do(verb, change, key) for verb, change in done)]

    for tried, kind in ((people, "Person"), (surveys, "Survey")):
        scopes = (f"{tried.__name__.upper()}_WRITE", f"{tried.__name__.upper()}_READ")
        world.tokens |= {"blind": make_key(world, scopes[0]), "seeing": make_key(world, *scopes)}
        for answer in tried("blind"):
            assert (answer["__typename"], set(answer)) == ("Changed", {"__typename", "id"}), answer
        assert {answer["__typename"] for answer in tried("seeing")} == {kind}


def test_every_change_that_a_key_may_make_has_an_answer_for_one_that_may_not_read() -> None:
    rows = {name: roles for (kind, name), roles in table().items() if kind == "Mutation"}
    written = {
        name
        for name, roles in rows.items()
        if {"people:write", "surveys:write"} & roles and "audit:read" not in roles
    }
    assert len(written) > 15
    for name in written:
        told = {kind.name for kind in core().mutation_type.fields[name].type.of_type.types}
        assert "Changed" in told, name


def test_results_need_their_scope_and_comments_one_more(world: World, published: str) -> None:
    def seen(*scopes: str) -> Any:
        found = world.data(with_key(world, *scopes), RESULTS, {"id": published})["survey"]
        return found and found["results"]

    results = seen("RESULTS_READ")
    assert results["__typename"] == "UnitResults"
    assert results["comments"]["__typename"] == "NotAllowed"
    assert seen("RESULTS_READ", "COMMENTS_READ")["comments"]["__typename"] == "Comments"
    assert seen("PEOPLE_READ") is None
    assert seen("COMMENTS_READ") is None
    assert seen("SURVEYS_READ")["__typename"] == "NotAllowed"
    matrix = world.data(with_key(world, "SURVEYS_READ"), MATRIX, {"id": published})
    assert matrix["survey"]["matrix"]["__typename"] == "NotAllowed"


def test_units_and_rates_are_for_keys_that_need_them(world: World, published: str) -> None:
    units = "{ units(first: 50) { totalCount } }"
    rate = f"query ($id: ID!) {{ survey(id: $id) {{ responseRate {LOST} settings {{ cuts }} }} }}"
    counts = {s: world.data(with_key(world, s), units)["units"]["totalCount"] for s in ALL}
    seen = {scope for scope, count in counts.items() if count}
    assert seen == {"PEOPLE_READ", "SURVEYS_READ", "RESULTS_READ"}
    found = world.data(with_key(world, "SURVEYS_READ"), rate, {"id": published})["survey"]
    assert found["responseRate"]["__typename"] == "ResponseRate"
    assert found["settings"] is not None
    found = world.data(with_key(world, "RESULTS_READ"), rate, {"id": published})["survey"]
    assert found["settings"] is None


def test_programs_may_introspect_and_strangers_may_not(world: World) -> None:
    asked = "{ __schema { queryType { name } } }"
    assert "errors" not in world.ask(with_key(world, "AUDIT_READ"), asked).json()
    assert world.ask(None, asked).json()["errors"]


def test_a_key_counts_in_the_header_alone(world: World) -> None:
    key = make_key(world, *ALL)
    answer = world.send(
        "POST",
        "/graphql",
        json={"query": "{ viewer { kind } }"},
        headers={"Cookie": f"sos_session={key}", "X-SOS-Request": "1"},
    )
    assert answer.json()["data"]["viewer"]["kind"] == "ANONYMOUS"
