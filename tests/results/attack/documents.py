"""Documents that ask for everything, and answers in which every object tells its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_required_argument,
    parse,
)

from sos_graphql.schema import schema as strawberry_schema

Typed = dict[str, Any]
ROOTS = {
    "results": "unit: $unit",
    "matrix": "parent: $unit, compare: $compare",
    "cuts": "",
    "responseRate": "",
}
"""The fields of a survey that give figures, with the arguments that a full document fills."""
TOLD_ONCE = "ResultGroup"
NUMBERS = frozenset({"Int", "Float", "Vector"})


@cache
def schema() -> GraphQLSchema:
    found: GraphQLSchema = strawberry_schema._schema
    return found


def members(union: GraphQLUnionType) -> list[GraphQLObjectType]:
    """Return the members of a union but for failures, which tell no figures."""
    return [each for each in union.types if not each.interfaces]


@cache
def reachable() -> tuple[GraphQLObjectType, ...]:
    """Return every type whose objects figures can stand in."""
    survey = schema().type_map["Survey"]
    assert isinstance(survey, GraphQLObjectType)
    waiting = [get_named_type(survey.fields[name].type) for name in ROOTS]
    found: dict[str, GraphQLObjectType] = {}
    for type_ in waiting:
        if isinstance(type_, GraphQLUnionType):
            waiting += members(type_)
        elif isinstance(type_, GraphQLObjectType) and type_.name not in found:
            found[type_.name] = type_
            waiting += [get_named_type(field.type) for field in type_.fields.values()]
    return tuple(found.values())


def numbers() -> set[tuple[str, str]]:
    """Return every (type, field) that gives a number."""
    return {
        (type_.name, name)
        for type_ in reachable()
        for name, field in type_.fields.items()
        if get_named_type(field.type).name in NUMBERS
    }


@cache
def full(root: str) -> str:
    """Return a document that asks for every field below a field of a survey."""
    used: dict[str, str] = {}

    def fragment(type_: GraphQLObjectType) -> str:
        if type_.name not in used:
            used[type_.name] = ""
            lines = ["__typename"]
            for name, field in type_.fields.items():
                if not any(map(is_required_argument, field.args.values())):
                    lines.append(name + below(get_named_type(field.type)))
            used[type_.name] = f"fragment F{type_.name} on {type_.name} {{ {' '.join(lines)} }}"
        return f"...F{type_.name}"

    def below(type_: Any) -> str:
        if isinstance(type_, GraphQLUnionType):
            return f" {{ __typename {' '.join(map(fragment, members(type_)))} }}"
        return f" {{ {fragment(type_)} }}" if isinstance(type_, GraphQLObjectType) else ""

    survey = schema().type_map["Survey"]
    assert isinstance(survey, GraphQLObjectType)
    asked = below(get_named_type(survey.fields[root].type))
    arguments = ROOTS.get(root, "")
    declared = {"$unit": "$unit: ID", "$compare": "$compare: Comparison!"}
    heads = [words for name, words in declared.items() if name in arguments]
    given = f"({arguments})" if arguments else ""
    head = f"query ({', '.join(['$survey: ID', *heads])})"
    return f"{head} {{ survey(id: $survey) {{ {root}{given}{asked} }} }} {' '.join(used.values())}"


@cache
def parsed(text: str) -> DocumentNode:
    return parse(text)


def variables_of(text: str) -> list[str]:
    """Return the names of a document's variables."""
    return [each.variable.name.value for each in operation(parsed(text)).variable_definitions or ()]


def operation(document: DocumentNode) -> OperationDefinitionNode:
    return next(n for n in document.definitions if isinstance(n, OperationDefinitionNode))


def typed(text: str, data: Mapping[str, Any]) -> Typed:
    """Return the answer to a document with ``__typename`` in every object."""
    document = parsed(text)
    found: Typed = Typing(document).walk(
        schema().query_type, [operation(document).selection_set], data
    )
    return found


class Typing:
    """Walks an answer beside the document that asked for it."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def walk(self, type_: Any, selections: Sequence[SelectionSetNode], value: Any) -> Any:
        if isinstance(value, list):
            return [self.walk(type_, selections, each) for each in value]
        if value is None:
            return None
        if not isinstance(type_, GraphQLObjectType):
            type_ = schema().type_map[value["__typename"]]
        asked: dict[str, list[FieldNode]] = {}
        for selection in selections:
            for node in self._fields(type_, selection):
                asked.setdefault((node.alias or node.name).value, []).append(node)
        found: Typed = {"__typename": type_.name}
        for key, same in asked.items():
            found[key] = value[key]
            deeper = [node.selection_set for node in same if node.selection_set]
            if deeper:
                below = get_named_type(type_.fields[same[0].name.value].type)
                found[key] = self.walk(below, deeper, value[key])
        return found

    def _fields(self, type_: GraphQLObjectType, selection: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
                continue
            inside = (
                self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            )
            assert isinstance(inside, InlineFragmentNode | FragmentDefinitionNode)
            condition = inside.type_condition
            wanted = condition and schema().type_map[condition.name.value]
            if wanted in (None, type_, *type_.interfaces):
                yield from self._fields(type_, inside.selection_set)
