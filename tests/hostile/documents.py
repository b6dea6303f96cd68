"""Documents made from the schema: every field, argument and input may come, as somebody would ask."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNonNull,
    Undefined,
    get_named_type,
    is_composite_type,
    is_object_type,
)

from tests.graphql.conftest import core
from tests.hostile.values import Values, literal

ALIAS = "a{}_"
"""How an alias begins: the field's own name follows, so that answers can be judged."""


@dataclass
class Asked:
    """A document with its variables."""

    text: str
    variables: dict[str, Any] = field(default_factory=dict)
    changes: frozenset[str] = frozenset()
    """The mutations that it calls."""


class Writer:
    """Writes one document."""

    def __init__(self, values: Values, *, most_fields: int = 30) -> None:
        self.values, self.left = values, most_fields
        self.chance: random.Random = values.chance
        self.defined: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []
        self.aliases = 0

    def operation(self, kind: str, roots: Sequence[str]) -> Asked:
        """Return an operation of a kind that asks some of the root fields of that name."""
        root = getattr(core(), f"{kind}_type")
        most = 1 if kind == "subscription" else 3
        names = [self.chance.choice(roots) for _ in range(self.chance.randint(1, most))]
        asked = [
            self._field(root.name, name, root.fields[name], 5) for name in dict.fromkeys(names)
        ]
        body = " ".join(asked)
        if kind != "subscription" and self.chance.random() < 0.3:
            body = f"__typename {body}"
        variables = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.defined.items())
        head = f"{kind} Q" + (f"({variables})" if variables else "")
        text = " ".join([f"{head} {{ {body} }}", *self.fragments])
        given = {name: value for name, (_, value) in self.defined.items()}
        return Asked(text, given, frozenset(names if kind == "mutation" else ()))

    def _field(self, owner: str, name: str, one: GraphQLField, depth: int) -> str:
        self.left -= 1
        before = ""
        if self.chance.random() < 0.12:
            self.aliases += 1
            before = f"{ALIAS.format(self.aliases)}{name}: "
        arguments = [
            f"{arg}: {self._argument(f'{owner}.{name}.{arg}', declared.type)}"
            for arg, declared in one.args.items()
            if _required(declared) or self.values.nothing or self.chance.random() < 0.5
        ]
        given = f"({', '.join(arguments)})" if arguments else ""
        below = (
            self._selection(one.type, depth - 1)
            if is_composite_type(get_named_type(one.type))
            else ""
        )
        return f"{before}{name}{given}{self._directive()} {below}".rstrip()

    def _argument(self, place: str, kind: Any) -> str:
        value = self.values.of(kind, place)
        if self.chance.random() < 0.5:
            return literal(value, kind)
        name = f"v{len(self.defined)}"
        self.defined[name] = (str(kind), value)
        return f"${name}"

    def _directive(self) -> str:
        if self.chance.random() > 0.06:
            return ""
        name = f"v{len(self.defined)}"
        self.defined[name] = ("Boolean!", self.chance.random() < 0.5)
        return f" @{self.chance.choice(('skip', 'include'))}(if: ${name})"

    def _selection(self, output: Any, depth: int) -> str:
        named = get_named_type(output)
        if is_object_type(named):
            return self._of_object(named, depth)
        members = list(core().get_possible_types(named))
        chosen = self.chance.sample(members, min(len(members), self.chance.randint(1, 2)))
        inner = " ".join(
            f"... on {member.name} {self._of_object(member, depth)}" for member in chosen
        )
        problem = "... on Problem { code what remedy } " if self.chance.random() < 0.3 else ""
        return f"{{ __typename {problem}{inner} }}"

    def _of_object(self, kind: Any, depth: int) -> str:
        names = list(kind.fields)
        taken = self.chance.sample(names, min(len(names), self.chance.randint(1, 6)))
        parts = ["__typename"]
        for name in taken:
            composite = is_composite_type(get_named_type(kind.fields[name].type))
            if (composite and depth <= 0) or self.left <= 0:
                continue
            parts.append(self._field(kind.name, name, kind.fields[name], depth))
        selection = f"{{ {' '.join(parts)} }}"
        if self.chance.random() > 0.08:
            return selection
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {kind.name} {selection}")
        return f"{{ __typename ...{name} }}"


def _required(argument: Any) -> bool:
    return isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
