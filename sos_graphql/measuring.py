"""What a document asks for: measured before it is validated, each fragment once.

Validation takes time that grows with the square of repeated fields, and a chain of fragments that
use each other twice would take for ever where every use is walked.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

MOST_AT_ONCE = 100
DOCUMENTS_MEASURED = 64
WEIGHTS = {
    "matrix": 50,
    "results": 20,
    "cuts": 20,
    "people": 20,
    "responseRate": 20,
    "comments": 10,
}
"""What fields cost that read much; every other field costs one."""
INTROSPECTION = frozenset({"__schema", "__type"})


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


@dataclass(frozen=True, slots=True)
class Measured:
    """What a document asks for with the sizes of pages that its variables gave it."""

    document: DocumentNode
    total: Measure
    fields: int
    introspects: bool
    sizes: Mapping[str, int]


class Measurements:
    """Measures of documents that were parsed once and come again as the same object."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Measured] = OrderedDict()

    def get(self, document: DocumentNode, variables: Mapping[str, Any]) -> Measured:
        """Return what a document asks for."""
        known = self._known.get(id(document))
        if known is None or any(
            _size(variables, name) != size for name, size in known.sizes.items()
        ):
            known = self._known[id(document)] = _measured(document, variables)
            if len(self._known) > DOCUMENTS_MEASURED:
                self._known.popitem(last=False)
        return known


def _measured(document: DocumentNode, variables: Mapping[str, Any]) -> Measured:
    meter, total, introspects = _Meter(document, variables), Measure(), False
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            introspects = introspects or bool(INTROSPECTION & meter.roots(node.selection_set))
            found = meter.measure(node.selection_set)
            total = total.beside(found, directives=len(node.directives or ()))
    return Measured(document, total, meter.fields, introspects, meter.sizes)


class _Meter:
    """Measures selections; each fragment is measured once, however often it is used."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.fields = 0
        self.sizes: dict[str, int] = {}
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
            WEIGHTS.get(name, 1) + below.cost * self._first(node),
        )

    def _first(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(1, int(value.value[:6]))
                if isinstance(value, VariableNode):
                    name = value.name.value
                    return self.sizes.setdefault(name, _size(self._variables, name))
        return 1

    def _fragment(self, spread: SelectionNode) -> Measure:
        name = spread.name.value if isinstance(spread, FragmentSpreadNode) else ""
        if name not in self._measured:
            self._measured[name] = Measure()  # a cycle, which validation refuses, ends here
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._measured[name] = self.measure(fragment.selection_set)
        return self._measured[name]


def _size(variables: Mapping[str, Any], name: str) -> int:
    """Return the size of a page that a variable gives."""
    given = variables.get(name)
    return max(1, given) if isinstance(given, int) else MOST_AT_ONCE


MEASURED = Measurements()
"""Of the documents of this process."""
