"""Answers that are kept: results are immutable once published, so equal questions have equal answers.

An answer is kept under the bytes of the request, the language and the *scope* of the caller: what
decides what they may see. It is thrown away after a minute, so that nothing has to be told when
something beside the figures changes, such as the benchmark that they are compared with.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from strawberry.extensions import SchemaExtension

from sos_core.errors import Unavailable
from sos_graphql.arrival import REQUEST_HEADER
from sos_graphql.context import Context
from sos_graphql.limits import BODY_BYTES
from sos_graphql.preferences import LANGUAGE_COOKIE, preference

BYTES = 32 * 1024 * 1024
BYTES_EACH = 1024
"""What an answer takes besides its body: else small ones would be without bound."""
SECONDS = 60.0
SECONDS_LATEST = 2.0
"""For an answer about the latest survey, since tomorrow that is another one."""
LASTING = frozenset(
    {"id", "title", "timeZone", "opensAt", "closesAt", "publishesAt", "opensLocal", "closesLocal"}
    | {"publishesLocal", "languages", "questionnaireVersion", "results", "matrix", "cuts"}
    | {"__typename"}
)
"""The fields of a survey that never change once its results are published."""


DECIDING = (b"accept", b"accept-language", b"x-sos-language", REQUEST_HEADER.encode(), b"cookie")
"""The headers that decide in which form and language somebody is answered."""
ADMITTING = frozenset({*DECIDING, b"authorization", b"content-type", b"origin", b"host"}) | {
    b"sec-fetch-site"
}
"""These and those that decide whether a request is taken, and from whom."""
SHORTCUTS = 5_000
LOOKED = "sos.looked"
"""Under this name a request's scope has what was ``Looked`` up for it already."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as bytes, and as the server takes them."""

    body: bytes
    headers: list[tuple[bytes, bytes]]
    until: float

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the answer; the headers are a list of its own each time, since others add to it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.headers.copy()})
        await send({"type": "http.response.body", "body": self.body})


class Looked(NamedTuple):
    """The ``first`` message of a request, and what was found for it: an answer, or a refusal."""

    first: Message
    kept: Kept | None = None
    refused: Unavailable | None = None


class Answers:
    """The kept answers of one process, the least used thrown away first; not for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: OrderedDict[bytes, Kept] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    def get(self, key: bytes) -> Kept | None:
        """Return a kept answer, None where there is none."""
        kept = self._answers.get(key)
        if kept is None:
            return None
        if self._clock() >= kept.until:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return kept

    def keep(self, key: bytes, body: bytes, media_type: str, *, latest: bool) -> None:
        """Keep an answer; ``latest`` where it depends on which survey is the latest."""
        if key in self._answers:
            self._drop(key)
        seconds = SECONDS_LATEST if latest else SECONDS
        headers = [
            (b"content-length", str(len(body)).encode()),
            (b"content-type", media_type.encode()),
            (b"cache-control", b"no-store"),
        ]
        self._answers[key] = Kept(body, headers, self._clock() + seconds)
        self._bytes += len(body) + BYTES_EACH
        while self._bytes > BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: bytes) -> None:
        self._bytes -= len(self._answers.pop(key).body) + BYTES_EACH


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Where a request leads: the digest of its token, the scope it had, the key of its answer."""

    caller: bytes
    scope: str
    answer: bytes


class Shortcuts:
    """Requests that were answered from what is kept, by all of their bytes that decide anything.

    It spares routing and reading the request: who asks and whether the answer is still there has to
    be looked up all the same. None came from a page of another origin, for in its answer stands
    whether it may read it.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Shortcut] = OrderedDict()

    def __len__(self) -> int:
        """Return how many requests are known."""
        return len(self._known)

    def find(self, scope: Scope, first: Message) -> Shortcut | None:
        """Return where a request leads whose whole body is in its ``first`` message."""
        if first.get("more_body", False) or scope["method"] != "POST":
            return None
        body = first.get("body", b"")
        return None if len(body) > BODY_BYTES else self._known.get(_digest(scope, body))

    def note(self, scope: Scope, body: bytes, shortcut: Shortcut) -> None:
        """Note where a request leads."""
        self._known[_digest(scope, body)] = shortcut
        if len(self._known) > SHORTCUTS:
            self._known.popitem(last=False)


class Keeping(SchemaExtension):
    """Notes before the execution whether a document asks for lasting things only."""

    def on_execute(self) -> Iterator[None]:
        """Look at the document."""
        asker, document = self.execution_context.context, self.execution_context.graphql_document
        if isinstance(asker, Context) and document is not None:
            asker.lasting, asker.latest = lasting(document, self.execution_context.variables or {})
        yield


def lasting(document: DocumentNode, variables: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether a document asks for lasting fields of surveys only, and if of the latest one."""
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation.value != "query":
        return False, False
    latest = False
    for root in _fields(operations[0].selection_set, fragments):
        if root.name.value == "__typename":
            continue
        if root.name.value != "survey" or root.selection_set is None:
            return False, False
        if not _stays(root.selection_set, fragments):
            return False, False
        latest = latest or not _names_survey(root, variables)
    return True, latest


def _stays(selection: SelectionSetNode, fragments: dict[str, SelectionSetNode]) -> bool:
    """Return whether the fields of a survey never change; those of the survey before it, too."""
    for field in _fields(selection, fragments):
        name = field.name.value
        if name == "previous" and field.selection_set is not None:
            if not all(f.name.value in LASTING for f in _fields(field.selection_set, fragments)):
                return False
        elif name not in LASTING:
            return False
    return True


def _names_survey(root: FieldNode, variables: Mapping[str, Any]) -> bool:
    for argument in root.arguments or ():
        if argument.name.value == "id":
            value = argument.value
            if isinstance(value, VariableNode):
                return variables.get(value.name.value) is not None
            return not isinstance(value, NullValueNode)
    return False


def asked(request: Request) -> str:
    """Return what of the headers decides about an answer: the languages and the media type."""
    found = dict.fromkeys(DECIDING, "")
    for name, value in reversed(request.scope["headers"]):  # of those sent twice the first counts
        if name in found:
            found[name] = value.decode("latin-1")
    cookie = preference(request.cookies, LANGUAGE_COOKIE) if found.pop(b"cookie") else ""
    return "\0".join([*found.values(), request.scope["query_string"].decode("latin-1"), cookie])


def key(scope: str, asked: str, body: bytes) -> bytes:
    """Return where the answer to a request is kept: ``scope`` is the caller's, of ``callers``.

    ``asked`` is what of the request's headers decides about the answer.
    """
    return hashlib.blake2b(f"{scope}\0{asked}\0".encode() + body, digest_size=16).digest()


def _fields(
    selection: SelectionSetNode, fragments: dict[str, SelectionSetNode]
) -> Iterator[FieldNode]:
    waiting, seen = [selection], set[str]()
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                waiting.extend([s for s in [fragments.get(node.name.value)] if s])


def _digest(scope: Scope, body: bytes) -> bytes:
    """Return the digest of what decides about a request.

    Its parts cannot be mistaken for each other: their number comes first and the body last, and no
    header or address holds a line break.
    """
    parts = [scope["query_string"]]
    for header in scope["headers"]:
        if header[0] in ADMITTING:
            parts += header
    parts.append(body)
    return hashlib.blake2b(b"%d\n" % len(parts) + b"\n".join(parts), digest_size=16).digest()
