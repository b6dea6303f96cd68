"""Documents that ask for every field there is, and which fields an answer told.

A field is told where it holds something that is not null, not empty and no refusal. Fields that
are merely parts of a thing, with no resolver of their own, are told wherever the thing is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import GraphQLField, get_named_type, is_composite_type, is_object_type, is_union_type

from sos_graphql import schema
from sos_graphql.nodes import node_id
from tests.access_policy.cast import MISSING, Cast
from tests.graphql.conftest import core

Field = tuple[str, str]
PROBLEMS = frozenset({"InvalidInput", "NotAllowed", "NotFound", "Conflict", "Unavailable"})
NODES = frozenset(kind.__name__ for kind in schema.NODES)
ROOTS: Mapping[str, tuple[str, ...]] = {
    "viewer": ("",),
    "organization": ("",),
    "accounts": ("(first: 5)",),
    "accessRules": ("",),
    "installation": ("",),
    "apiKeys": ("(first: 5)",),
    "embeddings": ("(first: 5)",),
    "auditEntries": ("(first: 5)",),
    "retention": ("",),
    "units": ("(first: 5)",),
    "people": ("(first: 5)",),
    "person": ('(id: "Person")',),
    "changePlans": ("(first: 5)",),
    "changePlan": ('(id: "ChangePlan")',),
    "surveys": ("(first: 5)",),
    "survey": ("", '(id: "Survey")', '(id: "Open")', '(id: "Draft")'),
    "surveyPreview": ('(id: "Draft")',),
    "ballotForm": ("",),
    "node": tuple(f'(id: "{kind}")' for kind in sorted(NODES)),
}
"""The root fields with their arguments; a kind stands for the id of one thing of that kind."""
ARGUMENTS = {
    ("ChangePlan", "rows"): "(kind: MOVED, first: 5)",
    ("Unit", "children"): "(first: 5)",
    ("Installation", "organizations"): "(first: 5)",
    ("UnitResults", "area"): '(key: "area")',
    ("UnitResults", "statement"): '(key: "statement")',
    ("Survey", "matrix"): "(compare: PREVIOUS)",
}
KINDS = {"Open": "Survey", "Draft": "Survey", "Part": "Unit"}


@dataclass
class Branch:
    """One object in a document: what is asked of it, and the objects below it."""

    kinds: dict[str, dict[str, Branch | None]] = field(default_factory=dict)

    def text(self) -> str:
        """Return the selection."""
        parts = ["__typename"]
        for kind, fields in self.kinds.items():
            inner = " ".join(
                name if below is None else f"{name} {below.text()}"
                for name, below in fields.items()
            )
            parts.append(f"... on {kind} {{ {inner} }}")
        return "{ " + " ".join(parts) + " }"


def branch(output: Any, seen: set[str]) -> Branch:
    """Return the selection of everything below a type, each type once a document."""
    named = get_named_type(output)
    members = [named] if is_object_type(named) else core().get_possible_types(named)
    made = Branch()
    fresh = [m for m in members if m.name not in seen and m.name not in PROBLEMS]
    seen.update(member.name for member in fresh)
    for member in fresh:
        fields: dict[str, Branch | None] = {}
        for name, one in member.fields.items():
            call = name + ARGUMENTS.get((member.name, name), "")
            fields[call] = (
                branch(one.type, seen) if is_composite_type(get_named_type(one.type)) else None
            )
        made.kinds[member.name] = fields
    return made


@cache
def documents() -> tuple[str, ...]:
    """Return a document for each root field and each choice of its arguments."""
    query = core().query_type
    assert set(ROOTS) == set(query.fields), "each field of Query needs its arguments in ROOTS"
    found = []
    for name, choices in ROOTS.items():
        for given in choices:
            others = NODES - {given[6:-2]} if name == "node" else frozenset()
            below = branch(query.fields[name].type, {"Query", *others})
            text = f"query Areas {{ {name}{given} {below.text()} }}"
            units = ("Unit", "Part") if '"Survey"' in given and name == "survey" else ()
            found += [text, *(text.replace("results {", f'results(unit: "{u}") {{') for u in units)]
    return tuple(found)


def with_ids(cast: Cast, document: str, whose: str = "own") -> str:
    """Return a document with real ids: one's own, or those of nothing."""
    for kind in (*NODES, *KINDS):
        real = KINDS.get(kind, kind)
        number = cast.things[kind] if whose == "own" else MISSING
        document = document.replace(f'"{kind}"', f'"{node_id(real, number)}"')
    for name, key in cast.keys.items():
        document = document.replace(f'"{name}"', f'"{key}"')
    return document


def digests(cast: Cast) -> dict[str, str]:
    """Return the documents by their SHA-256, as guests name them."""
    texts = [with_ids(cast, document) for document in documents()]
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def told(data: Any, root: str = "Query") -> Iterator[Field]:
    """Yield the fields that an answer told."""
    kind = data.get("__typename", root)
    for name, value in data.items():
        if name == "__typename":
            continue
        if is_plain(kind, name) or is_something(value):
            yield kind, name
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and item["__typename"] not in PROBLEMS:
                yield from told(item)


def is_something(value: Any) -> bool:
    """Tell whether a value is not null, not empty and no refusal."""
    if isinstance(value, dict):
        return value["__typename"] not in PROBLEMS
    return value is not None and value != []


def is_plain(kind: str, name: str) -> bool:
    """Tell whether a field is a part of its object, without a decision of its own."""
    definition = core().type_map[kind].fields[name]
    made = (definition.extensions or {}).get("strawberry-definition")
    return made is not None and made.base_resolver is None


def all_fields(*, but: frozenset[str] = frozenset()) -> set[Field]:
    """Return every (type, field) of the schema."""
    return {
        (kind.name, name)
        for kind in core().type_map.values()
        if not kind.name.startswith("__") and kind.name not in but and hasattr(kind, "fields")
        for name, one in kind.fields.items()
        if isinstance(one, GraphQLField)
    }


def members(output: Any) -> list[str]:
    """Return the names of the types that a field may give, without refusals."""
    named = get_named_type(output)
    found = [m.name for m in named.types] if is_union_type(named) else [named.name]
    return [name for name in found if name not in PROBLEMS]
