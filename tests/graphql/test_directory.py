"""Pages of the directory cost what they show: as many statements for twenty people as for two."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, insert

from sos_core.people.tables import ChangePlan
from tests.graphql.conftest import World

PEOPLE = """query ($first: Int!, $after: String, $search: String) {
  people(first: $first, after: $after, search: $search) { __typename
    ... on Problem { code }
    ... on PersonConnection { totalCount pageInfo { endCursor hasNextPage } nodes {
      name units { path } manager { name } leads { name } } } } }"""
UNITS = """query ($first: Int!) {
  units(first: $first) { nodes { name peopleCount leaders { name } } totalCount } }"""
PLANS = """query ($after: String) { changePlans(first: 100, after: $after) {
  ... on ChangePlanConnection { totalCount pageInfo { hasNextPage endCursor } nodes { title } } } }"""


def statements(world: World, document: str, variables: dict[str, Any]) -> int:
    """Return how many statements an administrator's question takes."""
    seen: list[str] = []

    def executed(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    engine = world.application.database.engine
    event.listen(engine, "after_cursor_execute", executed)
    try:
        world.data("admin", document, variables)
    finally:
        event.remove(engine, "after_cursor_execute", executed)
    return len([statement for statement in seen if "person" in statement or "unit" in statement])


def test_people_take_as_many_statements_as_a_few(world: World) -> None:
    world.data("admin", PEOPLE, {"first": 1})
    seven = statements(world, PEOPLE, {"first": 7})  # the seventh is the first who leads a unit
    assert statements(world, PEOPLE, {"first": 22}) <= seven
    assert statements(world, PEOPLE, {"first": 20}) < 15


def test_units_take_as_many_statements_as_one_unit(world: World) -> None:
    world.data("admin", UNITS, {"first": 1})
    assert statements(world, UNITS, {"first": 7}) <= statements(world, UNITS, {"first": 1})
    assert statements(world, UNITS, {"first": 7}) < 8


def test_people_are_paged_by_name(world: World) -> None:
    names: list[str] = []
    after = None
    for _ in range(10):
        page = world.data("admin", PEOPLE, {"first": 5, "after": after})["people"]
        assert page["totalCount"] == 22
        names += [person["name"] for person in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert names == sorted(names, key=str.lower)
    assert len(set(names)) == len(names) == 22


def test_what_belongs_to_people_and_units_is_theirs(world: World) -> None:
    found = world.data("admin", PEOPLE, {"first": 5, "search": "gamma leader"})["people"]["nodes"]
    assert found == [
        {
            "name": "Gamma Leader",
            "units": [{"path": ["South", "West", "Gamma"]}],
            "manager": None,
            "leads": [{"name": "Gamma"}],
        }
    ]
    units = world.data("admin", UNITS, {"first": 100})["units"]["nodes"]
    counts = {unit["name"]: unit["peopleCount"] for unit in units}
    assert counts == {
        "North": 14, "East": 14, "Alpha": 7, "Beta": 7, "South": 7, "West": 7, "Gamma": 7
    }  # fmt: skip
    leaders = {unit["name"]: [p["name"] for p in unit["leaders"]] for unit in units}
    assert leaders["Alpha"] == ["Alpha Leader"]
    assert leaders["North"] == []


def test_plans_are_listed_to_the_first_one(world: World) -> None:
    with world.application.database.write(world.organization_id) as session:
        row = {
            "organization_id": world.organization_id, "state": "discarded", "mode": "change",
            "source": "hand", "base_version": 1, "counts": {}, "created_by": "test",
            "guard": {"confirmation": "", "reasons": [], "same": []}, "created_at": world.clock(),
        }  # fmt: skip
        session.execute(insert(ChangePlan), [row | {"title": f"T {n}"} for n in range(1100)])
    newest = world.data("admin", PLANS)["changePlans"]
    assert newest["totalCount"] == 1101
    assert newest["nodes"][0]["title"] == "T 1099"
    oldest = world.data("admin", PLANS, {"after": "1100"})["changePlans"]
    assert len(oldest["nodes"]) == 1
    assert oldest["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("field", ["peopleCount", "leaders { name }", "parent { name }"])
def test_a_field_that_fails_takes_nothing_from_those_that_share_with_it(
    world: World, field: str
) -> None:
    """Fields beside a failed one are given up; others that wait for the same reading are not."""
    failing = 'children(first: 1, after: "x") { totalCount }'
    document = (
        f"{{ units(first: 9) {{ nodes {{ {field} {failing} }} edges {{ node {{ {field} }} }} }} }}"
    )
    for role in ("admin", "participant"):
        answer = world.ask(role, document)
        assert answer.status_code == 200
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {
            "cursor_unknown"
        }
