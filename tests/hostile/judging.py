"""What an answer may be: no fault of the program's, and nothing that the policy does not give."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.access_policy.cast import ROLES
from tests.access_policy.probing import PROBLEMS, is_plain, is_something
from tests.access_policy.table import table
from tests.hostile.served import FOREIGN_MARKS
from tests.hostile.transport import Request
from tests.hostile.wire import Reply

MASKED = '"code":"unexpected"'
UNTABLED = frozenset({"Problem", *PROBLEMS})
TOLD_BY_CHANGES = {"people:write": "people:read", "surveys:write": "surveys:read"}
"""Programs that may change things are told what they changed, as the scope for reading tells it."""
REFUSED = frozenset({400, 401, 403, 404, 405, 406, 413, 414, 415, 431})


def complaint(role: str, request: Request, reply: Reply) -> str | None:
    """Return what is wrong with an answer, None where nothing is."""
    text = reply.body.decode("utf-8", "replace")
    if reply.status != 200 and reply.status not in REFUSED:
        return f"status {reply.status}: {text[:300]}"
    if MASKED in text:
        return f"an error that nobody expected: {text[:300]}"
    if role != "operator" and any(mark in text for mark in FOREIGN_MARKS):
        return f"another organization's thing: {text[:300]}"
    if reply.status in (404, 405) or request.method not in ("GET", "POST"):
        return None
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not ("errors" in body or "data" in body):
        return f"no answer of GraphQL: {reply.status} {text[:300]}"
    if not isinstance(body.get("data"), dict):
        return None
    if not request.executable:
        return f"executed, though sent as {request.way}: {text[:300]}"
    return untold(role, body["data"], _root(request)) if request.faithful else None


def _root(request: Request) -> str:
    return "Mutation" if request.changes else "Query"


def untold(role: str, data: Any, root: str) -> str | None:
    """Return which field was told to a role that the policy does not name, None where all may be."""
    reader = TOLD_BY_CHANGES.get(role, role) if root == "Mutation" else role
    for kind, name in told(data, root):
        if not {role, reader} & allowed(kind, name):
            return f"{role} was told {kind}.{name}"
    return None


@cache
def allowed(kind: str, name: str) -> frozenset[str]:
    """Return the roles that may be told a field; one without a row fails the test of the table."""
    return table().get((kind, name), frozenset(ROLES))


def told(data: Any, root: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that an answer told; aliases end with the name of their field."""
    kind = data.get("__typename", root)
    for key, value in data.items():
        name = key.partition("_")[2] if key[:1] == "a" and key[1:2].isdecimal() else key
        if name.startswith("__") or not name or name not in _fields(kind):
            continue
        if isinstance(value, dict) and "__typename" not in value:
            continue  # a document of a hostile shape, which asks for no names of types
        if kind not in UNTABLED and (is_plain(kind, name) or is_something(value)):
            yield kind, name
        for item in value if isinstance(value, list) else [value]:
            if (
                isinstance(item, dict)
                and "__typename" in item
                and item["__typename"] not in PROBLEMS
            ):
                yield from told(item, item["__typename"])


@cache
def _fields(kind: str) -> frozenset[str]:
    from tests.graphql.conftest import core

    return frozenset(getattr(core().type_map.get(kind), "fields", {}))
