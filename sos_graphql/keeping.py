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
from typing import Any

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
from strawberry.extensions import SchemaExtension

from sos_graphql.context import Context

BYTES = 32 * 1024 * 1024
SECONDS = 60.0
SECONDS_LATEST = 2.0
"""For an answer about the latest survey, since tomorrow that is another one."""
LASTING = frozenset(
    {"id", "title", "timeZone", "opensAt", "closesAt", "publishesAt", "opensLocal", "closesLocal"}
    | {"publishesLocal", "languages", "questionnaire", "results", "matrix", "cuts", "__typename"}
)
"""The fields of a survey that never change once its results are published."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as bytes."""

    body: bytes
    media_type: str
    until: float


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
        self._answers[key] = Kept(body, media_type, self._clock() + seconds)
        self._bytes += len(body)
        while self._bytes > BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: bytes) -> None:
        self._bytes -= len(self._answers.pop(key).body)


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
