"""Broken and random documents: whatever comes, no fault of the program comes out."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    is_composite_type,
    is_object_type,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graphql.conftest import World, core

FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = ["{", "}", "(", ")", ":", "$", "!", "...", "on", "query", "mutation", "@skip", "[", "]",
         "viewer", "name", "units", "first", "1", '"', '"""', "#", "\\", "\x00", "é", "\ud83d", "&",
         "fragment", "f", "survey", "id", "-1e999", "null", "99999999999999999999"]  # fmt: skip
IDS = ["", "x", "VW5pdDox", "U3VydmV5OjE", "UGVyc29uOjE", "Q2hhbmdlUGxhbjox", "T3JnYW5pemF0aW9uOjE",
       "U3VydmV5Oi0x", "U3VydmV5OjE4NDQ2NzQ0MDczNzA5NTUxNjE2", "\x00", "é"]  # fmt: skip
TEXTS = [
    "",
    " ",
    "a@x.example",
    "2026-03-09T08:00",
    "09:00",
    "en",
    "x" * 3000,
    "\x00",
    "’",
    "1",
    "Ω",
]


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return plausible and odd values of an input type."""
    if isinstance(kind, GraphQLNonNull):
        return values(kind.of_type)
    if isinstance(kind, GraphQLList):
        return st.lists(values(kind.of_type), max_size=3)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        required = {
            name: values(field.type)
            for name, field in kind.fields.items()
            if isinstance(field.type, GraphQLNonNull) and str(field.default_value) == "Undefined"
        }
        optional = {
            name: st.none() | values(field.type)
            for name, field in kind.fields.items()
            if name not in required and not isinstance(field.type, GraphQLNonNull)
        }
        return st.fixed_dictionaries(required, optional=optional)
    assert isinstance(kind, GraphQLScalarType)
    return {
        "ID": st.sampled_from(IDS),
        "Int": st.sampled_from([0, 1, -1, 100, 2**31 - 1, -(2**31)]),
        "Boolean": st.booleans(),
        "LocalDateTime": st.sampled_from(
            ["2026-03-09T08:00", "9999-12-31T23:59", "0001-01-01T00:00"]
        ),
    }.get(kind.name, st.sampled_from(TEXTS))


def selection(kind: Any, depth: int) -> str:
    """Return a selection of the plain fields of a type, some levels deep."""
    parts = ["__typename"]
    for name, field in getattr(kind, "fields", {}).items():
        inner = field.type
        while hasattr(inner, "of_type"):
            inner = inner.of_type
        if any(_required(argument) for argument in field.args.values()):
            continue
        if not is_composite_type(inner):
            parts.append(name)
        elif depth and is_object_type(inner):
            parts.append(f"{name} {selection(inner, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def _required(argument: GraphQLArgument) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and str(argument.default_value) == "Undefined"


def calls(operation: str, root: Any) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Return documents that call one field of a root type with random arguments."""

    def one(name: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
        field = root.fields[name]
        inner = field.type
        while hasattr(inner, "of_type"):
            inner = inner.of_type
        members = [inner] if is_object_type(inner) else core().get_possible_types(inner)
        chosen = " ".join(f"... on {m.name} {selection(m, 0)}" for m in members[:3])
        defined = ", ".join(f"${a}: {arg.type}" for a, arg in field.args.items())
        passed = ", ".join(f"{a}: ${a}" for a in field.args)
        head = f"{operation} Q({defined})" if defined else operation
        call = f"{name}({passed})" if passed else name
        document = f"{head} {{ {call} {{ __typename {chosen} }} }}"
        arguments = st.fixed_dictionaries({a: values(arg.type) for a, arg in field.args.items()})
        return arguments.map(lambda given: (document, given))

    return st.sampled_from(sorted(root.fields)).flatmap(one)


def fault_free(world: World, answer: Any) -> None:
    assert answer.status_code in (200, 400), answer.text
    assert "reference" not in answer.text, answer.text
    assert 'place="graphql"' not in world.application.telemetry.render().decode()


@FEW
@given(words=st.lists(st.sampled_from(WORDS), max_size=25))
def test_noise_is_answered(world: World, words: list[str]) -> None:
    document = " ".join(words).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    fault_free(world, world.ask("admin", document))


@FEW
@given(call=calls("query", core().query_type))
def test_random_questions_are_answered(world: World, call: tuple[str, dict[str, Any]]) -> None:
    for role in ("admin", "leader", None):
        fault_free(world, world.ask(role, *call))


@FEW
@given(call=calls("mutation", core().mutation_type))
def test_random_changes_are_answered(world: World, call: tuple[str, dict[str, Any]]) -> None:
    fault_free(world, world.ask("admin", *call))


def test_a_whole_world_of_fields_is_answered(world: World) -> None:
    survey = world.open_survey()
    for kind in ("Survey", "Organization", "Unit", "Person", "ChangePlan"):
        fields = selection(core().type_map[kind], 1)
        document = f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind} {fields} }} }}"
        ids = {"Survey": survey, "Unit": world.unit("Alpha"), "Person": world.person("Alpha 1")}
        fault_free(world, world.ask("admin", document, {"id": ids.get(kind, survey)}))
