"""What a document may ask for at most: depth, aliases, fields, directives, cost and time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
)
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

from sos_graphql.context import SECONDS, Context
from sos_graphql.measuring import MEASURED

DEPTH = 10
ALIASES = 15
TOKENS = 1500
FIELDS = 400
DIRECTIVES = 20
BODY_BYTES = 100_000
COST = 2000
STRANGERS_COST = 400
GUESTS_COST = 200
NUL = re.compile(r"\\u(0000|\{0+\})")


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
    found = MEASURED.get(document, variables)
    total = found.total
    if found.introspects and not signed_in:
        raise _refusal("no_introspection", "Sign in to introspect, or read the SDL file.")
    limits = (
        ("too_deep", "depth", total.depth, DEPTH),
        ("too_many_aliases", "number of aliases", total.aliases, ALIASES),
        ("too_many_fields", "number of fields", found.fields, FIELDS),
        ("too_many_directives", "number of directives", total.directives, DIRECTIVES),
        ("too_dear", "cost", total.cost, most),
    )
    for code, name, value, limit in limits:
        if value > limit:
            # The figure may have hundreds of digits: a page in a page in a page.
            told = value if value < 1_000_000 else "more than a million"
            raise _refusal(code, f"The document's {name} is {told}; at most {limit} is allowed.")


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
