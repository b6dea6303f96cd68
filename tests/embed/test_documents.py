"""The widgets' GraphQL documents against the schema that is committed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache

from graphql import (
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from sos_graphql.documents import stored_documents
from sos_graphql.limits import TOKENS, check_document
from tests.embed.browser import ROOT, toolchain


@cache
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "sos_graphql" / "schema.graphql").read_text(encoding="utf-8"))


@cache
def texts() -> tuple[str, ...]:
    toolchain.build()
    built = (toolchain.OUTPUT / "documents.json").read_text(encoding="utf-8")
    return tuple(json.loads(built))


def operations(document: DocumentNode) -> Iterator[OperationDefinitionNode]:
    return (node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def name_of(text: str) -> str:
    names = [node.name.value for node in operations(parse(text)) if node.name]
    return names[0] if names else "?"


def test_documents_hold_against_the_schema() -> None:
    faults = {
        name_of(text): [error.message for error in validate(schema(), parse(text))]
        for text in texts()
    }
    assert {name: found for name, found in faults.items() if found} == {}


def test_documents_keep_the_limits() -> None:
    for text in texts():
        document = parse(text, max_tokens=TOKENS)
        # Pages of a hundred are the largest that any variable may ask for.
        variables = {
            variable.variable.name.value: 100
            for node in operations(document)
            for variable in node.variable_definitions or ()
            if variable.variable.name.value == "first"
        }
        check_document(document, variables)


def test_names_are_written_once_and_right() -> None:
    names = [name_of(text) for text in texts()]
    assert sorted(names) == sorted(set(names))
    for text in texts():
        [only] = operations(parse(text))
        assert only.name is not None, "the client sends the name beside the text"


def test_every_room_is_collected() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "embed" / "src").glob("*/documents.ts"))
    )
    for text in texts():
        assert f"name: '{name_of(text)}'" in source
    assert len(texts()) == source.count("  text: `")


def test_the_server_stores_them() -> None:
    stored_documents.cache_clear()
    known = stored_documents()
    assert {hashlib.sha256(text.encode()).hexdigest() for text in texts()} <= set(known)
