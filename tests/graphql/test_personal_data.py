"""Data protection over the API: everybody for themselves, administrators for others, typed results."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sos_graphql.nodes import node_id
from tests.graphql.conftest import World

FIELDS = "{ __typename ... on PersonalDataExport { json html } ... on Problem { code } }"
ERASED = """{ __typename ... on PersonErased { personId planCount accountCount surveyCount erasedBefore }
  ... on Problem { code } }"""
OWN = f"mutation {{ exportOwnData {FIELDS} }}"
EXPORT = f"mutation ($person: ID!) {{ exportPerson(input: {{id: $person}}) {FIELDS} }}"
ERASE = f"""mutation ($person: ID!, $typed: String!) {{
  erasePerson(input: {{id: $person, confirmation: $typed}}) {ERASED} }}"""

PLANS = '{kind: "plans", days: 40}'
SHOWN = """{ __typename ... on Retention { times { kind title days dueCount } }
  ... on Problem { code } }"""
TIMES = f"{{ retention {SHOWN} }}"
CHANGE = f"mutation {{ changeRetention(input: {{times: [%s]}}) {SHOWN} }}"


def did(world: World, role: str, document: str, **values: str) -> dict[str, Any]:
    [result] = world.data(role, document, values).values()
    return dict(result)


def person(world: World, number: int = 2) -> str:
    return node_id("Person", number)


def test_the_caller_gets_their_own_data(world: World) -> None:
    told = did(world, "participant", OWN)
    assert told["__typename"] == "PersonalDataExport"
    assert json.loads(told["json"])["for_the_person"] is True
    assert told["html"].startswith("<!doctype html>")
    assert did(world, "admin", OWN)["code"] == "no_person_behind_account"


def test_an_administrator_exports_and_erases(world: World) -> None:
    told = json.loads(did(world, "admin", EXPORT, person=person(world))["json"])
    name = told["held"]["person"][0]["name"]
    assert told["for_the_person"] is False
    wrong = did(world, "admin", ERASE, person=person(world), typed="nobody")
    assert (wrong["__typename"], wrong["code"]) == ("InvalidInput", "erasure_not_confirmed")
    done = did(world, "admin", ERASE, person=person(world), typed=name)
    assert (done["personId"], done["planCount"], done["erasedBefore"]) == (person(world), 1, False)
    assert did(world, "admin", ERASE, person=person(world), typed="")["erasedBefore"]
    assert did(world, "admin", EXPORT, person=person(world))["__typename"] == "NotFound"


@pytest.mark.parametrize("role", ["leader", "participant", "viewer"])
def test_nobody_else_may(world: World, role: str) -> None:
    assert did(world, role, EXPORT, person=person(world))["__typename"] == "NotAllowed"
    erased = did(world, role, ERASE, person=person(world), typed="Alpha 0")
    assert erased["__typename"] == "NotAllowed"
    assert did(world, "admin", EXPORT, person=person(world))["__typename"] == "PersonalDataExport"


def test_another_organization_finds_nobody(world: World) -> None:
    assert did(world, "foreign", EXPORT, person=person(world))["__typename"] == "NotFound"
    assert did(world, "foreign", ERASE, person=person(world), typed="x")["__typename"] == "NotFound"


def test_an_administrator_tries_and_changes_how_long_data_are_kept(world: World) -> None:
    tried = did(world, "admin", TIMES.replace("retention", f"retention(trying: [{PLANS}])"))
    days = {one["kind"]: one["days"] for one in tried["times"]}
    assert (days["plans"], days["people"]) == (40, 730)
    assert did(world, "admin", TIMES)["times"][0]["days"] == 365
    assert did(world, "admin", CHANGE % PLANS)["times"][0]["days"] == 40
    shown = did(world, "admin", TIMES)["times"][0]
    assert (shown["title"], shown["dueCount"]) == ("Change plans of people", 0)
    for wrong, code in (
        ('{kind: "plans", days: 1}', "retention_out_of_bounds"),
        ('{kind: "answers", days: 90}', "retention_kind_unknown"),
        ('{kind: "mails", days: 800}', "retention_people_too_short"),
    ):
        assert did(world, "admin", CHANGE % wrong)["code"] == code
    for role in ("leader", "participant", "viewer"):
        assert did(world, role, TIMES)["__typename"] == "NotAllowed"
        assert did(world, role, CHANGE % PLANS)["__typename"] == "NotAllowed"
