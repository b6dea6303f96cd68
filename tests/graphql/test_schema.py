"""The schema as front ends know it: committed, described, and with limits on every list."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_nullable_type,
)

from sos_core.errors import NotFound
from sos_graphql.http.visits import number
from sos_graphql.nodes import node_id, number_of
from sos_graphql.schema import schema
from tests.graphql.conftest import World

SDL = Path(__file__).resolve().parents[2] / "sos_graphql" / "schema.graphql"


def core() -> GraphQLSchema:
    return schema._schema


def test_the_committed_schema_is_the_one_in_force() -> None:
    assert SDL.read_text(encoding="utf-8") == schema.as_str() + "\n", (
        "Write it anew: python -m sos_graphql.schema > sos_graphql/schema.graphql"
    )


def test_everything_is_described() -> None:
    missing = []
    for name, kind in core().type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            missing.append(name)
        for field_name, field in getattr(kind, "fields", {}).items():
            if not field.description:
                missing.append(f"{name}.{field_name}")
            for argument_name, argument in getattr(field, "args", {}).items():
                if not argument.description:
                    missing.append(f"{name}.{field_name}({argument_name})")
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{name}.{v}" for v, value in kind.values.items() if not value.description]
    assert missing == []


def test_what_may_be_null_says_when() -> None:
    silent = [
        f"{name}.{field_name}"
        for name, kind in core().type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field_name, field in kind.fields.items()
        if is_nullable_type(field.type) and "null" not in (field.description or "").lower()
    ]
    assert silent == []


def test_no_list_has_holes() -> None:
    holes = []
    for name, kind in core().type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            for field_name, field in kind.fields.items():
                listed = get_nullable_type(field.type)
                if is_list_type(listed) and is_nullable_type(listed.of_type):
                    holes.append(f"{name}.{field_name}")
    assert holes == []


def test_every_connection_must_be_told_how_many() -> None:
    found = 0
    for name, kind in core().type_map.items():
        for field_name, field in getattr(kind, "fields", {}).items():
            returned = get_named_type(field.type)
            members = getattr(returned, "types", [returned])
            if any(member.name.endswith("Connection") for member in members):
                assert str(field.args["first"].type) == "Int!", f"{name}.{field_name}"
                found += 1
    assert found > 5


def test_no_page_holds_more_than_a_hundred(world: World) -> None:
    for name, fields in (
        ("units", "totalCount"),
        ("surveys", "totalCount"),
        ("people", "... on Problem { code }"),
        ("changePlans", "... on Problem { code }"),
    ):
        for first, refused in ((100, False), (101, True), (0, True), (-1, True)):
            answer = world.ask("admin", f"{{ {name}(first: {first}) {{ {fields} }} }}").text
            assert ("page_size" in answer) is refused, (name, first, answer)


def test_every_mutation_returns_its_expected_failures() -> None:
    mutation = core().mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        members = {kind.name for kind in field.type.of_type.types}
        assert {"InvalidInput", "NotAllowed", "NotFound", "Conflict", "Unavailable"} < members, name


def test_words_of_the_design_are_kept() -> None:
    names = {
        *core().type_map,
        *(f for kind in core().type_map.values() for f in getattr(kind, "fields", {})),
    }
    assert not {name for name in names if "wave" in name.lower() or "tenant" in name.lower()}


@pytest.mark.parametrize(("kind", "most"), [("Survey", 2**31 - 1), ("Session", 2**63 - 1)])
def test_ids_that_no_column_holds_are_ids_of_nothing(kind: str, most: int) -> None:
    """PostgreSQL would fail, and not find nothing, where it is asked for a larger number."""
    assert number_of(kind, node_id(kind, most)) == most
    assert number(str(most), kind) == most
    for larger in (str(most + 1), "9" * 30, "0" * 20 + "9" * 30):
        written = base64.urlsafe_b64encode(f"{kind}:{larger}".encode()).decode()
        with pytest.raises(NotFound):
            number_of(kind, written)
        with pytest.raises(NotFound):
            number(larger, kind)
