"""What belongs to others: foreign ids answer like missing ones, and roles keep to their own."""

from __future__ import annotations

from typing import Any

import pytest

from sos_graphql.nodes import node_id
from tests.graphql.conftest import World

MISSING = 987_654
BY_ID = {
    "Person": "query ($id: ID!) { found: person(id: $id) { __typename "
    "... on Person { name } ... on Problem { code what remedy } } }",
    "Survey": "query ($id: ID!) { found: survey(id: $id) { title } }",
    "ChangePlan": "query ($id: ID!) { found: changePlan(id: $id) { __typename "
    "... on ChangePlan { title } ... on Problem { code what remedy } } }",
}
NODE = "query ($id: ID!) { found: node(id: $id) { __typename id } }"
GIVEN: dict[str, Any] = {
    "applyChangePlan": ("ChangePlan", {}),
    "discardChangePlan": ("ChangePlan", {}),
    "undoChangePlan": ("ChangePlan", {}),
    "decideSuspects": ("ChangePlan", {"decisions": []}),
    "changePerson": ("Person", {"name": "X"}),
    "movePerson": ("Person", {"units": []}),
    "deactivatePerson": ("Person", {}),
    "reactivatePerson": ("Person", {}),
    "changeSurvey": ("Survey", {"title": "X"}),
    "scheduleSurvey": ("Survey", {}),
    "openSurvey": ("Survey", {}),
    "closeSurvey": ("Survey", {}),
    "cancelSurvey": ("Survey", {}),
    "extendSurvey": ("Survey", {"closes": "2027-01-01T08:00"}),
    "sendReminder": ("Survey", {}),
    "issuePrintedCodes": ("Survey", {}),
    "sendTestMail": ("Survey", {"email": "a@x.example", "language": "en"}),
}
NAMED = {
    "decideSuspects": "plan",
    "sendReminder": "survey",
    "issuePrintedCodes": "survey",
    "sendTestMail": "survey",
}
"""Where the thing has another name than ``id``, as it does not stand in the name of the change."""


def things(world: World) -> dict[str, int]:
    """Make one of each thing in the first organization."""
    survey = world.do("createSurvey", {"title": "Secret"})
    world.do("addPerson", {"name": "New", "email": "new@x.example"})
    plans = world.data(
        "admin", "{ changePlans(first: 1) { ... on ChangePlanConnection { nodes { id }}}}"
    )
    return {
        "Person": world.people["Alpha 1"],
        "Unit": world.units["Alpha"],
        "Survey": _number(survey["id"]),
        "ChangePlan": _number(plans["changePlans"]["nodes"][0]["id"]),
        "Organization": world.organization_id,
    }


def test_every_id_of_another_organization_answers_like_a_missing_one(world: World) -> None:
    for kind, number in things(world).items():
        for document in (NODE, BY_ID.get(kind, NODE)):
            asked = [
                world.ask("foreign", document, {"id": node_id(kind, n)}).json()
                for n in (number + 0, MISSING)
            ]
            # Both organizations number their things in one line, so no foreign number is an own one.
            assert asked[0] == asked[1], kind
            own = world.data("admin", document, {"id": node_id(kind, number)})["found"]
            assert own is not None, kind
            assert own.get("__typename") not in {"NotFound", "NotAllowed"}, kind


@pytest.mark.parametrize("mutation", sorted(GIVEN))
def test_every_mutation_treats_foreign_things_as_missing(world: World, mutation: str) -> None:
    kind, more = GIVEN[mutation]
    number = things(world)[kind]
    name = NAMED.get(mutation, "id")
    foreign = world.do(mutation, {name: node_id(kind, number), **more}, "foreign")
    missing = world.do(mutation, {name: node_id(kind, MISSING), **more}, "foreign")
    assert foreign == missing
    assert foreign["__typename"] == "NotFound", foreign


def test_foreign_units_and_people_in_inputs_are_missing(world: World) -> None:
    for field, given in (
        ("units", world.unit("Alpha")),
        ("people", world.person("Alpha 1")),
        ("without", world.person("Alpha 1")),
    ):
        found = world.do(
            "createSurvey", {"title": "S", "participants": {field: [given]}}, "foreign"
        )
        assert found["__typename"] == "NotFound"
    added = {"name": "N", "email": "n@x.example"}
    for more in ({"units": [world.unit("Alpha")]}, {"manager": world.person("Alpha 1")}):
        assert world.do("addPerson", added | more, "foreign")["__typename"] == "NotFound"


@pytest.mark.parametrize("role", ["leader", "viewer", "participant", "nobody"])
def test_administration_is_for_administrators(world: World, role: str) -> None:
    made = things(world)
    for mutation, (kind, more) in GIVEN.items():
        refused = world.do(
            mutation, {NAMED.get(mutation, "id"): node_id(kind, made[kind]), **more}, role
        )
        assert refused["code"] == "administrators_only", mutation
    for mutation, given in (
        ("createSurvey", {"title": "S"}),
        ("addPerson", {"name": "N", "email": "n@x.example"}),
        ("createChangePlan", {"upload": "x"}),
    ):
        assert world.do(mutation, given, role)["code"] == "administrators_only"
    seen = world.data(
        role,
        "query ($p: ID!) { people(first: 5) { __typename } changePlans(first: 5) { __typename } "
        "person(id: $p) { __typename } surveys(first: 5) { nodes { title } } }",
        {"p": world.person("Alpha 1")},
    )
    assert seen == {
        "people": {"__typename": "NotAllowed"},
        "changePlans": {"__typename": "NotAllowed"},
        "person": {"__typename": "NotAllowed"},
        "surveys": {"nodes": []},
    }


def test_units_are_shown_as_far_as_somebody_sees(world: World) -> None:
    document = "{ units(first: 50) { nodes { name leaders { name } } } }"

    def names(role: str | None) -> list[str]:
        return [unit["name"] for unit in world.data(role, document)["units"]["nodes"]]

    everything = ["North", "East", "Alpha", "Beta", "South", "West", "Gamma"]
    assert names("admin") == everything
    assert names("viewer") == everything[:4]
    assert names("leader") == names("participant") == ["North", "East", "Alpha"]
    assert names("nobody") == names(None) == []
    leaders = {u["name"]: u["leaders"] for u in world.data("admin", document)["units"]["nodes"]}
    assert leaders["Alpha"] == [{"name": "Alpha Leader"}]
    assert not any(u["leaders"] for u in world.data("leader", document)["units"]["nodes"])


def test_strangers_and_respondents_get_nothing_but_the_form(world: World) -> None:
    survey = world.open_survey()
    made = things(world)
    world.respondent(_number(survey), "Alpha 1")
    for role in (None, "respondent"):
        for mutation, (kind, more) in GIVEN.items():
            refused = world.do(
                mutation, {NAMED.get(mutation, "id"): node_id(kind, made[kind]), **more}, role
            )
            assert refused["code"] == "not_signed_in", mutation
        seen = world.data(
            role,
            "query ($s: ID!) { units(first: 5) { nodes { name } } people(first: 5) { __typename } "
            "surveys(first: 5) { nodes { title } } survey(id: $s) { title } "
            "latest: survey(latest: OPEN) { title } node(id: $s) { id } }",
            {"s": survey},
        )
        assert seen == {
            "units": {"nodes": []},
            "people": {"__typename": "NotAllowed"},
            "surveys": {"nodes": []},
            "survey": None,
            "latest": None,
            "node": None,
        }


def _number(given: str) -> int:
    from sos_graphql.nodes import read_id

    return read_id(given)[1]
