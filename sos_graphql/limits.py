"""What a document may ask for at most: depth, aliases, fields, directives, cost and time.

Documents are measured before they are validated, each fragment once: validation takes time that
grows with the square of repeated fields, and a chain of fragments that use each other twice would
take for ever where every use is walked.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

from sos_graphql.context import SECONDS, Context

DEPTH = 10
ALIASES = 15
TOKENS = 1500
FIELDS = 400
DIRECTIVES = 20
BODY_BYTES = 100_000
COST = 2000
STRANGERS_COST = 400
GUESTS_COST = 200
MOST_AT_ONCE = 100
WEIGHTS = {
    "matrix": 50,
    "results": 20,
    "cuts": 20,
    "people": 20,
    "responseRate": 20,
    "comments": 10,
}
"""What fields cost that read much; every other field costs one."""
NUL = re.compile(r"\\u(0000|\{0+\})")
INTROSPECTION = frozenset({"__schema", "__type"})


class Limits(SchemaExtension):
    """Refuses a document that is too deep, too wide or too dear, before it is validated."""

    def on_validate(self) -> Iterator[None]:
        """Note the error of a document that asks for too much.

        It is not raised: over a WebSocket that would be taken for a fault of ours, and told to nobody.
        """
        try:
            self._check()
        except GraphQLError as error:
            self.execution_context.pre_execution_errors = [error]
        except RecursionError:
            told = _refusal("too_deep", "The document is too deep.")
            self.execution_context.pre_execution_errors = [told]
        yield

    def _check(self) -> None:
        asked = self.execution_context
        asker, document, variables = asked.context, asked.graphql_document, asked.variables or {}
        if NUL.search(asked.query or "") or _has_nul(variables):
            # No database column of PostgreSQL can hold it, and no keyboard has it.
            raise _refusal("nul_character", "Texts may not hold the character U+0000.")
        if document is not None:
            known = isinstance(asker, Context) and asker.signed_in
            guest = isinstance(asker, Context) and asker.principal.guest is not None
            most = GUESTS_COST if guest else COST if known else STRANGERS_COST
            check_document(document, variables, signed_in=known, most=most)


class Parsed(ParserCache):
    """Parses a document once; one that cannot be parsed is left to be refused by the schema.

    An error raised here would be logged, with its document, where it came over a WebSocket.
    """

    def on_parse(self) -> Iterator[None]:
        """Parse, without raising anything."""
        try:
            yield from super().on_parse()
        except GraphQLSyntaxError:
            yield


class Validated(ValidationCache):
    """Validates a document once, and not at all where it was refused before."""

    def on_validate(self) -> Iterator[None]:
        """Validate, unless an error is known already."""
        if self.execution_context.pre_execution_errors:
            yield
        else:
            yield from super().on_validate()


class Deadline(SchemaExtension):
    """Ends a query that takes longer than five seconds; a mutation is let finish."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Let the execution run under a time limit."""
        if not _is_query(self.execution_context.graphql_document):
            yield
            return
        try:
            async with asyncio.timeout(SECONDS):
                yield
        except TimeoutError as error:
            raise _refusal(
                "too_slow", "The query took too long; ask for fewer things at once."
            ) from error


def check_document(
    document: DocumentNode,
    variables: Mapping[str, Any],
    *,
    signed_in: bool = True,
    most: int = COST,
) -> None:
    """Raise GraphQLError when ``document`` exceeds a limit; strangers and guests may not introspect.

    ``most`` is what it may cost.
    """
    meter = _Meter(document, variables)
    total = Measure()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            if not signed_in and INTROSPECTION & meter.roots(node.selection_set):
                raise _refusal("no_introspection", "Sign in to introspect, or read the SDL file.")
            found = meter.measure(node.selection_set)
            total = total.beside(found, directives=len(node.directives or ()))
    limits = (
        ("too_deep", "depth", total.depth, DEPTH),
        ("too_many_aliases", "number of aliases", total.aliases, ALIASES),
        ("too_many_fields", "number of fields", meter.fields, FIELDS),
        ("too_many_directives", "number of directives", total.directives, DIRECTIVES),
        ("too_dear", "cost", total.cost, most),
    )
    for code, name, value, limit in limits:
        if value > limit:
            # The figure may have hundreds of digits: a page in a page in a page.
            told = value if value < 1_000_000 else "more than a million"
            raise _refusal(code, f"The document's {name} is {told}; at most {limit} is allowed.")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection asks for."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0

    def beside(self, other: Measure, *, directives: int = 0) -> Measure:
        """Return what both ask for together."""
        return Measure(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives + directives,
            self.cost + other.cost,
        )


class _Meter:
    """Measures selections; each fragment is measured once, however often it is used."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.fields = 0
        self._variables = variables
        self._measured: dict[str, Measure] = {}
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def measure(self, selection: SelectionSetNode | None) -> Measure:
        """Return what a selection asks for."""
        total = Measure()
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                found = self._field(node)
            elif isinstance(node, InlineFragmentNode):
                found = self.measure(node.selection_set)
            else:
                found = self._fragment(node)
            total = total.beside(found, directives=len(node.directives or ()))
        return total

    def roots(self, selection: SelectionSetNode) -> set[str]:
        """Return the names of the fields at the top, those in fragments included."""
        names: set[str] = set()
        waiting, seen = [selection], set[str]()
        while waiting:
            for node in waiting.pop().selections:
                if isinstance(node, FieldNode):
                    names.add(node.name.value)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    fragment = self._fragments.get(node.name.value)
                    waiting.extend([fragment.selection_set] if fragment else [])
        return names

    def _field(self, node: FieldNode) -> Measure:
        self.fields += 1
        name = node.name.value
        below = self.measure(node.selection_set)
        depth = 0 if name in INTROSPECTION else below.depth + 1
        return Measure(
            depth,
            below.aliases + (node.alias is not None),
            below.directives,
            WEIGHTS.get(name, 1) + below.cost * _first(node, self._variables),
        )

    def _fragment(self, spread: SelectionNode) -> Measure:
        name = spread.name.value if isinstance(spread, FragmentSpreadNode) else ""
        if name not in self._measured:
            self._measured[name] = Measure()  # a cycle, which validation refuses, ends here
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._measured[name] = self.measure(fragment.selection_set)
        return self._measured[name]


def _first(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, IntValueNode):
                return max(1, int(value.value[:6]))
            if isinstance(value, VariableNode):
                given = variables.get(value.name.value)
                return max(1, given) if isinstance(given, int) else MOST_AT_ONCE
    return 1


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(item) for pair in value.items() for item in pair)
    return isinstance(value, list) and any(_has_nul(item) for item in value)


def _is_query(document: DocumentNode | None) -> bool:
    return document is not None and all(
        node.operation.value == "query"
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    )


def _refusal(code: str, words: str) -> GraphQLError:
    return GraphQLError(words, extensions={"code": code})
