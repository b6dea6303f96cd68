"""What a document may ask for at most: depth, aliases, tokens, directives, cost and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

DEPTH = 10
ALIASES = 15
TOKENS = 1500
DIRECTIVES = 20
BODY_BYTES = 100_000
COST = 2000
MOST_AT_ONCE = 100
SECONDS = 5.0


class CostLimiter(SchemaExtension):
    """Refuses a document whose fields, multiplied by the pages they stand in, exceed the budget."""

    def on_execute(self) -> Iterator[None]:
        """Raise GraphQLError before execution when the document is too dear."""
        document = self.execution_context.graphql_document
        if document is not None:
            check_document(document, self.execution_context.variables or {})
        yield


class Deadline(SchemaExtension):
    """Ends a query that takes longer than five seconds; a mutation is let finish."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Let the execution run under a time limit."""
        if _is_query(self.execution_context.graphql_document):
            try:
                async with asyncio.timeout(SECONDS):
                    yield
            except TimeoutError as error:
                raise GraphQLError(
                    "The query took too long; ask for fewer things at once.",
                    extensions={"code": "too_slow"},
                ) from error
        else:
            yield


def check_document(document: DocumentNode, variables: Mapping[str, Any]) -> None:
    """Raise GraphQLError when ``document`` has too many directives or costs more than the budget."""
    meter = _Meter(document, variables)
    directives = 0
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            cost, used = meter.measure(node.selection_set)
            directives += used + len(node.directives or ())
            if cost > COST:
                raise GraphQLError(
                    f"The document costs {cost} of at most {COST}; ask for smaller pages.",
                    extensions={"code": "too_dear"},
                )
    if directives > DIRECTIVES:
        raise GraphQLError(
            f"The document has {directives} directives of at most {DIRECTIVES}.",
            extensions={"code": "too_many_directives"},
        )


class _Meter:
    """Measures selections: one a field, multiplied by the ``first`` above it.

    Each fragment is measured once, or a chain of fragments that use each other twice would take
    for ever.
    """

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._measured: dict[str, tuple[int, int]] = {}
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def measure(self, selection: SelectionSetNode | None) -> tuple[int, int]:
        """Return (cost, directives) of a selection."""
        cost = directives = 0
        for node in selection.selections if selection else ():
            own = times = 1
            if isinstance(node, FieldNode):
                below, used = self.measure(node.selection_set)
                times = _first(node, self._variables)
            elif isinstance(node, InlineFragmentNode):
                own = 0
                below, used = self.measure(node.selection_set)
            else:
                own = 0
                below, used = self._fragment(node)
            cost += own + below * times
            directives += used + len(node.directives or ())
        return cost, directives

    def _fragment(self, spread: SelectionNode) -> tuple[int, int]:
        name = spread.name.value if isinstance(spread, FragmentSpreadNode) else ""
        if name not in self._measured:
            self._measured[name] = (0, 0)  # a cycle, which validation refuses, ends here
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._measured[name] = self.measure(fragment.selection_set)
        return self._measured[name]


def _first(node: FieldNode, variables: Mapping[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, IntValueNode):
                return max(1, int(value.value))
            if isinstance(value, VariableNode):
                given = variables.get(value.name.value)
                return max(1, given) if isinstance(given, int) else MOST_AT_ONCE
    return 1


def _is_query(document: DocumentNode | None) -> bool:
    return document is not None and all(
        node.operation.value == "query"
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    )
