"""Reads units and people once a request, however many fields ask for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.people import queries
from sos_core.people.queries import PersonView, UnitView
from sos_graphql.context import Context, Info, context


@dataclass(frozen=True, slots=True)
class Directory:
    """The organization's people and units as they are now."""

    units: Mapping[int, UnitView]
    people: Mapping[int, PersonView]
    leaders: Mapping[int, list[int]]
    further: Mapping[int, list[int]]
    counts: Mapping[int, int]

    def leaders_of(self, unit_id: int) -> list[PersonView]:
        """Return the people who lead a unit."""
        return [self.people[person] for person in self.leaders.get(unit_id, ())]

    def led_by(self, person_id: int) -> list[UnitView]:
        """Return the units that a person leads."""
        return [self.units[unit] for unit, led in self.leaders.items() if person_id in led]

    def units_of(self, person: PersonView) -> list[UnitView]:
        """Return the home and the further units of a person."""
        ids = [person.unit_id or 0, *self.further.get(person.id, ())]
        return [self.units[unit] for unit in ids if unit in self.units]

    def subtree(self, unit_id: int) -> frozenset[int]:
        """Return a unit and all below it; nothing where there is no such unit."""
        parents = {view.id: view.parent_id for view in self.units.values()}
        return frozenset(_below(parents, frozenset({unit_id} & parents.keys())))

    def people_below(self, unit_id: int) -> int:
        """Return how many active people have their home in a unit's subtree."""
        return self.counts.get(unit_id, 0)


async def directory(info: Info) -> Directory:
    """Return the directory; it is read once a request."""
    asker = context(info)
    return await asker.once("directory", lambda: asker.read(_directory))


async def seen_units(info: Info) -> list[UnitView]:
    """Return the active units that the caller may know of, in preorder; read once a request."""
    asker = context(info)
    return await asker.once("units", lambda: _seen_units(asker))


async def _seen_units(asker: Context) -> list[UnitView]:
    """Return whole subtrees of what the caller sees or leads, and the way up from all own units."""
    principal = asker.principal
    known: list[UnitView] = await asker.read(queries.units)
    if principal.all_units or asker.may(Scope.PEOPLE_READ, Scope.SURVEYS_READ):
        return known
    parents = {view.id: view.parent_id for view in known}
    whole = principal.led | principal.granted
    seen = _below(parents, whole)
    for unit_id in [*principal.units, *whole]:
        above: int | None = unit_id
        while above is not None and above in parents:
            seen.add(above)
            above = parents[above]
    return [view for view in known if view.id in seen]


def _below(parents: Mapping[int, int | None], tops: frozenset[int]) -> set[int]:
    """Return ``tops`` and all below them; ``parents`` is in preorder, parents first."""
    found: set[int] = set()
    for unit_id, parent_id in parents.items():
        if unit_id in tops or parent_id in found:
            found.add(unit_id)
    return found


def _directory(session: OrganizationSession) -> Directory:
    units = {view.id: view for view in queries.units(session, active=None)}  # in preorder
    people = {view.id: view for view in queries.people_in(session, active=None)}
    counts: Counter[int] = Counter()
    for view in people.values():
        above = view.unit_id if view.active else None
        while above is not None and above in units:
            counts[above] += 1
            above = units[above].parent_id
    return Directory(
        units,
        people,
        queries.leaders(session),
        queries.further_memberships(session),
        counts,
    )
