"""Values of the schema's input types: plausible, odd, and of another kind altogether."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
)

from sos_graphql.nodes import node_id
from tests.access_policy.cast import MISSING, Cast
from tests.access_policy.trying import KIND_OF

TEXTS = (
    "",
    " ",
    "x",
    "Ω",
    "’",
    "\x00",
    "\ud83d",
    "\ud800\udc00",
    "\u202egpj",
    "\ufeff",
    "a\r\nb",
    "x" * 3000,
    "' OR 1=1 --",
    "../../etc/passwd",
    "{{7*7}}",
    "%s%n",
    "${x}",
    "<script>alert(1)</script>",
    "1e999",
    "null",
    "true",
    "-1",
    "\u0661",
    "é\u0301" * 50,
    "𝒳" * 400,
    "=1+1",
    "\\u0000",
    "\t",
    "__proto__",
)
PLAUSIBLE: Mapping[str, tuple[Any, ...]] = {
    "email": ("a@x.example", "admin@acme.example", "new@x.example"),
    "language": ("en", "sv", "zh-Hans", "xx"),
    "timeZone": ("Europe/Stockholm", "UTC", "Nowhere/Land"),
    "timeOfDay": ("09:00", "25:00", "9"),
    "anchor": ("OPENS",),
    "levels": ("Region", "Team"),
    "origins": ("https://intranet.example", "https://evil.example/", "null"),
    "origin": ("https://intranet.example", "https://evil.example"),
    "first": (1, 2, 5, 20),
    "after": ("0", "1", "999999999", "-1", "x"),
    "sequence": (0, 1, 2, 9),
    "position": (0, 1, -1),
    "value": (1, 3, 5, 0, 6),
    "days": (0, 3, 400),
    "people": (4, 8, 1),
    "comments": (8, 4),
    "across": (2, 1),
    "search": ("Alpha", "al%", "_", "'"),
    "level": ("Region", "Team", "x"),
    "verbs": ("survey.opened", "x"),
}
"""What a part of that name holds where somebody means well."""
INTS = (0, 1, 2, -1, 100, 101, 2**31 - 1, -(2**31), 2**31, 2**53, 2**63, -(2**63) - 1, 10**400)
TIMES = (
    "2026-03-09T08:00",
    "2026-04-20T08:00",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "2026-02-30T00:00",
    "2026-03-29T02:30",
    "x",
    "",
    "2026-03-09T08:00:00+14:00",
    "2026-W10-1",
    "20260309T0800",
)
INSTANTS = (
    "2026-03-09T08:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+14:00",
    "2026-03-09",
    "0001-01-01T00:00:00-14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-03-09T08:00:60Z",
    "x",
    "2026-03-09T08:00",
)
FORGED_IDS = (
    "U3VydmV5OjAwMDAwMDAwMDAwMDAwMDAwMDAwOTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    *(node_id("Survey", number) for number in (2**31, 2**32, 2**40, 2**63 - 1)),
    *(node_id(kind, 2**31) for kind in ("Unit", "Person", "Account", "ChangePlan", "ApiKey")),
    "",
    "x",
    "VW5pdDox",
    "U3VydmV5OjE",
    "UGVyc29uOjE",
    "Q2hhbmdlUGxhbjox",
    "T3JnYW5pemF0aW9uOjE",
    "U3VydmV5Oi0x",
    "U3VydmV5OjE4NDQ2NzQ0MDczNzA5NTUxNjE2",
    "\x00",
    "é",
    "U3VydmV5",
    "U3VydmV5Og",
    "OjE",
    "U3VydmV5OjE=",
    "U3VydmV5OjEuMA",
    "U3VydmV5OtmhIA",
    "U3VydmV5OiAx",
    "U3VydmV5OjA",
    "1",
    "0",
    "=",
    "====",
    "U3VydmV5OjEK",
    "U3VydmV5OjAx",
    "A" * 3000,
    "U3VydmV5OjkyMjMzNzIwMzY4NTQ3NzU4MDg",
    "QWNjb3VudDox",
    "-1",
)
KINDS = (
    "Survey",
    "Unit",
    "Person",
    "Account",
    "Organization",
    "Embedding",
    "ApiKey",
    "ChangePlan",
    "Session",
)


class Values:
    """Makes values with a seeded chance; ``odd`` is how many of ten leaves are no honest ones."""

    def __init__(self, chance: random.Random, cast: Cast, *, odd: int = 2) -> None:
        self.chance, self.cast, self.odd = chance, cast, odd
        self.nothing = False
        """Whether ids may only be those of nothing that the caller may touch."""

    def of(self, kind: Any, place: str) -> Any:
        """Return a value of an input type, for the part of the schema called ``place``."""
        if isinstance(kind, GraphQLNonNull):
            return self.of(kind.of_type, place)
        if isinstance(kind, GraphQLList):
            least = 1 if self.nothing else 0
            return [self.of(kind.of_type, place) for _ in range(self.chance.randint(least, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self.chance.choice(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        return self._leaf(kind.name, place)

    def _object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        made = {}
        for name, one in kind.fields.items():
            needed = isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
            named = self.nothing and holds_id(one.type)
            if needed or named or self.chance.random() < 0.4:
                made[name] = self.of(one.type, f"{kind.name}.{name}")
        return made

    def _leaf(self, scalar: str, place: str) -> Any:
        if scalar == "ID":
            return self.id(place)
        if scalar == "Boolean":
            return self.chance.random() < 0.5
        odd = self.chance.random() * 10 < self.odd
        name = place.rpartition(".")[2]
        if name == "key" and not odd:
            return self.chance.choice(sorted(self.cast.keys.values()))
        if name in PLAUSIBLE and not odd:
            return self.chance.choice(PLAUSIBLE[name])
        if scalar == "Int":
            return self.chance.choice(INTS) if odd else self.chance.randint(0, 9)
        if scalar == "LocalDateTime":
            return self.chance.choice(TIMES) if odd else TIMES[0]
        if scalar == "DateTime":
            return self.chance.choice(INSTANTS) if odd else INSTANTS[0]
        return self.chance.choice(TEXTS) if odd else self.chance.choice(("Spring", "Hej", "人员"))

    def id(self, place: str) -> str:
        """Return an id: our own, another organization's, of nothing, of another kind, or none at all."""
        kind = KIND_OF.get(place) or self.chance.choice(KINDS)
        lot = self.chance.random()
        if lot < 0.4 and not self.nothing:
            return node_id(kind, self.cast.things.get(kind, MISSING))
        if lot < 0.55:
            return node_id(kind, self.cast.foreign.get(kind, MISSING))
        if lot < 0.7:
            return node_id(kind, MISSING)
        if lot < 0.85 and not self.nothing:
            other = self.chance.choice(KINDS)
            return node_id(other, self.cast.things.get(other, MISSING))
        if self.nothing:
            return node_id("Upload" if kind != "Upload" else "Survey", MISSING)
        return self.chance.choice(FORGED_IDS)

    def anything(self, depth: int = 2) -> Any:
        """Return a JSON value of any kind."""
        kinds = [None, True, 0, -1, 1.5, *self.chance.sample(TEXTS, 2), self.chance.choice(INTS)]
        if depth:
            kinds += [
                [self.anything(depth - 1)],
                {self.chance.choice(("a", "id", "__proto__", "")): self.anything(depth - 1)},
            ]
        return self.chance.choice(kinds)


def holds_id(kind: Any) -> bool:
    """Tell whether an input type has an id in it, at any depth."""
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    if isinstance(kind, GraphQLInputObjectType):
        return any(holds_id(one.type) for one in kind.fields.values())
    return str(kind) == "ID"


def literal(value: Any, kind: Any = None) -> str:
    """Return a value as it is written in a document; names of an enum stand bare."""
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(value, list):
        inner = kind.of_type if isinstance(kind, GraphQLList) else None
        return f"[{', '.join(literal(item, inner) for item in value)}]"
    if isinstance(value, dict):
        fields = kind.fields if isinstance(kind, GraphQLInputObjectType) else {}
        parts = (
            f"{name}: {literal(item, fields[name].type if name in fields else None)}"
            for name, item in value.items()
        )
        return f"{{{', '.join(parts)}}}"
    if isinstance(kind, GraphQLEnumType) and isinstance(value, str):
        return value
    return json.dumps(value)
