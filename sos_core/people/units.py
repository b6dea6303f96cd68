"""The unit tree while a plan is made: paths become references, new units are noted; pure.

A *unit reference* is the id of a known unit, 0 for the organization itself, or a negative number
for a unit that the plan would create.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sos_core.people.identity import fold, tidy
from sos_core.records import UnitPath

TOP = 0
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as the database has it."""

    id: int
    parent_id: int | None
    name: str
    active: bool


class BadPath(Exception):
    """A path that names no place in the tree; ``code`` is that of the rejection."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


class UnitBook:
    """All units by reference, known ones and those that the plan's rows name for the first time."""

    def __init__(self, known: Iterable[KnownUnit], depth: int) -> None:
        self.depth = depth
        self.parents: dict[int, int] = {TOP: TOP}
        self.names: dict[int, str] = {TOP: ""}
        self.inactive: set[int] = set()
        self._newest = TOP
        self._by_name: dict[tuple[int, str], int] = {}
        self._by_path: dict[UnitPath, int] = {}
        for unit in known:
            self._put(unit.id, unit.parent_id or TOP, unit.name)
            if not unit.active:
                self.inactive.add(unit.id)

    def ref(self, path: UnitPath) -> int:
        """Return the reference of ``path``, noting units not known before; may raise BadPath."""
        found = self._by_path.get(path)
        if found is None:
            found = self._by_path[path] = self._find(path)
        return found

    def path(self, ref: int) -> UnitPath:
        """Return the names from the top level down to a unit."""
        names: list[str] = []
        while ref != TOP:
            names.append(self.names[ref])
            ref = self.parents[ref]
        return tuple(reversed(names))

    def upwards(self, ref: int) -> list[int]:
        """Return a unit and all above it, the organization itself left out."""
        line = []
        while ref != TOP:
            line.append(ref)
            ref = self.parents[ref]
        return line

    def namesakes(self) -> dict[int, list[int]]:
        """Return for each new unit the other units of its level that carry the same name."""
        places: dict[tuple[int, str], list[int]] = defaultdict(list)
        for (_, folded), ref in self._by_name.items():
            places[len(self.upwards(ref)), folded].append(ref)
        return {
            ref: [other for other in refs if other != ref]
            for refs in places.values()
            if len(refs) > 1
            for ref in refs
            if ref < TOP
        }

    def _put(self, ref: int, parent: int, name: str) -> None:
        self.parents[ref] = parent
        self.names[ref] = name
        self._by_name[parent, fold(name)] = ref

    def _find(self, path: UnitPath) -> int:
        names = [tidy(name) for name in path]
        while names and not names[-1]:
            names.pop()
        if len(names) > self.depth:
            raise BadPath("unit_too_deep", unit=names[-1], levels=str(self.depth))
        if not all(names):
            raise BadPath("unit_gap", unit=names[-1])
        if any(len(name) > NAME_LENGTH for name in names):
            raise BadPath("unit_name_too_long", limit=str(NAME_LENGTH))
        ref = TOP
        for name in names:
            below = self._by_name.get((ref, fold(name)))
            if below is None:
                self._newest -= 1
                below = self._newest
                self._put(below, ref, name)
            ref = below
        return ref
