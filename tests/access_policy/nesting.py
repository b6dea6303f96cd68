"""Every place of the schema where an id is given, at any depth, and requests with one id in it.

All other ids of such a request are our own and its other values are honest, so that it is this one
id that decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    is_interface_type,
    is_object_type,
)

from sos_graphql.nodes import node_id
from tests.access_policy.cast import MISSING, Cast
from tests.access_policy.trying import KIND_OF, SPECIAL
from tests.graphql.conftest import core

REACHED: Mapping[str, str] = {"Survey": "survey(id: {})"}
"""How objects are reached whose fields take ids; a new one needs its line."""
HONEST: Mapping[str, Any] = {
    "Boolean": True,
    "DateTime": "2030-01-01T00:00:00Z",
    "Int": 4,
    "LocalDateTime": "2026-07-01T08:00",
    "String": "Honest",
}
NAMED: Mapping[str, Any] = {
    **{
        f"{verb}SurveyInput.{name}": value
        for verb in ("Create", "Change")
        for name, value in {
            "title": "Honest",
            "opens": "2026-06-01T08:00",
            "closes": "2026-06-15T08:00",
            "publishes": "2026-06-20T08:00",
        }.items()
    },
    "InviteAccountInput.email": "new@x.example",
    "AddPersonInput.email": "new@x.example",
    "CreateEmbeddingInput.origins": ["https://host.example"],
}
"""Parts that are not honest with just any value."""
RUNNING = frozenset(
    {
        "AddParticipantInput.survey",
        "ResendPersonalLinkInput.survey",
        "IssuePrintedCodesInput.survey",
    }
)
"""Places for an open survey; in all others a draft will do."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place for an id: the root field, and the way to the leaf through inputs and lists."""

    operation: str
    field: str
    way: tuple[str, ...]
    kind: str
    """What the id stands for; empty where it may be anything."""

    def __str__(self) -> str:
        return f"{self.field}({'.'.join(self.way)})"


def places() -> Iterator[Place]:
    """Yield every place."""
    for operation in ("query", "mutation"):
        root = getattr(core(), f"{operation}_type")
        for name, one in root.fields.items():
            for argument, declared in one.args.items():
                start = f"{root.name}.{name}.{argument}"
                for way, kind in leaves(declared.type, start, (argument,)):
                    yield Place(operation, name, way, kind)
    for owner, name, argument, kind in below():
        yield Place("query", f"{owner}.{name}", (argument,), kind)


def below() -> Iterator[tuple[str, str, str, str]]:
    """Yield the arguments below the root that are ids."""
    for owner in core().type_map.values():
        if not isinstance(owner, GraphQLObjectType) or owner.name in (
            "Query",
            "Mutation",
            "Subscription",
        ):
            continue
        for name, one in owner.fields.items():
            for argument, declared in one.args.items():
                for _way, kind in leaves(declared.type, f"{owner.name}.{name}.{argument}", ()):
                    yield owner.name, name, argument, kind


def leaves(kind: Any, place: str, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the way to each id in a type, with what it stands for."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        for name, one in named.fields.items():
            yield from leaves(one.type, f"{named.name}.{name}", (*way, name))
    elif named.name == "ID":
        yield way, KIND_OF.get(place, "")


def request(cast: Cast, place: Place, wanted: str) -> dict[str, Any]:
    """Return the request that holds ``wanted`` in a place."""
    if "." in place.field:
        owner, name = place.field.split(".")
        one = core().type_map[owner].fields[name]
        way = REACHED[owner].format("$own")
        text = f"query ($own: ID!, $id: ID) {{ {way} {{ {name}({place.way[0]}: $id) {answer(one)} }} }}"
        return {"query": text, "variables": {"own": cast.id(owner), "id": wanted}}
    one = getattr(core(), f"{place.operation}_type").fields[place.field]
    given = {
        name: value(cast, argument.type, f"{place.field}.{name}", place.way[1:], wanted)
        if name == place.way[0]
        else value(cast, argument.type, f"{place.field}.{name}", None, wanted)
        for name, argument in one.args.items()
        if name == place.way[0] or _needed(argument)
    }
    defined = ", ".join(f"${name}: {one.args[name].type}" for name in given)
    passed = ", ".join(f"{name}: ${name}" for name in given)
    text = f"{place.operation} ({defined}) {{ {place.field}({passed}) {answer(one)} }}"
    return {"query": text, "variables": given}


def value(cast: Cast, kind: Any, place: str, way: tuple[str, ...] | None, wanted: str) -> Any:
    """Return an honest value, with ``wanted`` at the end of ``way`` (None: it lies elsewhere)."""
    if isinstance(kind, GraphQLNonNull):
        return value(cast, kind.of_type, place, way, wanted)
    if place in NAMED:
        return NAMED[place]
    if isinstance(kind, GraphQLList):
        return [value(cast, kind.of_type, place, way, wanted)]
    if isinstance(kind, GraphQLEnumType):
        return min(kind.values)
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: value(cast, one.type, f"{kind.name}.{name}", _rest(way, name), wanted)
            for name, one in kind.fields.items()
            if _needed(one) or (way and way[0] == name) or f"{kind.name}.{name}" in NAMED
        }
    if kind.name == "ID":
        return wanted if way == () else own(cast, place)
    return SPECIAL.get(place, HONEST[kind.name])


def own(cast: Cast, place: str) -> str:
    """Return an id of our own for a place; a draft where it is a survey, since drafts can be changed."""
    kind = KIND_OF.get(place, "Survey")
    if kind == "Upload":
        return upload(cast, "administrator")
    survey = "Open" if place in RUNNING else "Draft"
    return node_id(kind, cast.things.get(survey if kind == "Survey" else kind, MISSING))


def upload(cast: Cast, role: str) -> str:
    """Return the id of a file that a role has sent."""
    sent = cast.send(
        "POST",
        "/files/uploads",
        content=b"Name,n@x.example,North,East,Alpha",
        headers={**cast.headers(role), "X-SOS-File-Name": "people.txt"},
    )
    return str(sent.json()["id"])


def answer(one: GraphQLField) -> str:
    """Return the selection that tells whether something was found."""
    named = get_named_type(one.type)
    if is_object_type(named) or is_interface_type(named):
        return "{ __typename }"
    return "{ __typename ... on Problem { code what remedy } ... on InvalidInput { field } }"


def _rest(way: tuple[str, ...] | None, name: str) -> tuple[str, ...] | None:
    return way[1:] if way and way[0] == name else None


def _needed(one: Any) -> bool:
    return isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
