"""What lets somebody in is told once, in answer to a change, and can be read by nobody afterwards."""

from __future__ import annotations

import re

from graphql import GraphQLObjectType, get_named_type, is_union_type

from tests.graphql.conftest import core

SECRET = re.compile(r"(?i)token|secret|seed|password|codes|otpauth|sealed|encrypt")
HARMLESS = {
    ("Invitations", "codesIssued"),
    ("Invitations", "codesRedeemed"),
}
"""How many codes there are; each has to be a number."""


def readable() -> set[str]:
    """Return the names of the types that a query or a subscription can reach."""
    waiting = [core().query_type, core().subscription_type]
    found: set[str] = set()
    while waiting:
        kind = waiting.pop()
        if kind.name in found:
            continue
        found.add(kind.name)
        parts = kind.types if is_union_type(kind) else ()
        fields = getattr(kind, "fields", {}).values()
        implementing = core().get_possible_types(kind) if hasattr(kind, "resolve_type") else ()
        waiting += [*parts, *implementing, *(get_named_type(one.type) for one in fields)]
    return found


def test_no_query_and_no_subscription_reaches_a_secret() -> None:
    reached = readable()
    assert {"Viewer", "Account", "ApiKey", "Embedding", "SecondFactor", "Session"} <= reached
    told = {
        (kind.name, name)
        for kind in core().type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind.name in reached and kind.name[:2] != "__"
        for name in kind.fields
        if SECRET.search(name)
    }
    assert told == HARMLESS
    for kind, name in HARMLESS:
        assert str(core().type_map[kind].fields[name].type) == "Int!"


def test_secrets_are_told_by_changes() -> None:
    once = {"NewApiKey", "Enrollment", "RecoveryCodes", "Token", "GuestToken", "PrintedCodes"}
    assert once <= core().type_map.keys()
    assert once & readable() == set()
