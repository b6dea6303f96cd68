"""Reads units and people for a whole request at once, however many fields ask for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from strawberry.dataloader import DataLoader

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.people import directory, queries
from sos_core.people.queries import PersonView, UnitView
from sos_graphql.context import Context, Info, context

T = TypeVar("T")
AT_ONCE = 500
"""How many things one statement names at most."""


async def unit_by_id(info: Info, unit_id: int) -> UnitView | None:
    """Return a unit, closed or not, as administrators see it; None where there is none."""
    return await _loaded(info, "unit", directory.units_by_id, unit_id)


async def person_by_id(info: Info, person_id: int) -> PersonView | None:
    """Return a person, active or not; None where there is none."""
    return await _loaded(info, "person", queries.people_by_id, person_id)


async def leaders_of(info: Info, unit_id: int) -> list[PersonView]:
    """Return the people who lead a unit."""
    return await _loaded(info, "leaders", directory.leaders_of, unit_id) or []


async def people_below(info: Info, unit_id: int) -> int:
    """Return how many active people have their home in a unit or below it."""
    return await _loaded(info, "people below", directory.people_below, unit_id) or 0


async def units_of(info: Info, person_id: int) -> list[UnitView]:
    """Return the home and the further units of a person."""
    return await _loaded(info, "units of", directory.units_of, person_id) or []


async def units_led(info: Info, person_id: int) -> list[UnitView]:
    """Return the units that a person leads."""
    return await _loaded(info, "units led", directory.units_led, person_id) or []


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


async def _loaded(
    info: Info,
    name: str,
    load: Callable[[OrganizationSession, list[int]], Mapping[int, T]],
    number: int,
) -> T | None:
    # Several fields wait for the same thing; one that is given up must not take it from the others.
    return await asyncio.shield(_loader(info, name, load).load(number))


def _loader(
    info: Info, name: str, load: Callable[[OrganizationSession, list[int]], Mapping[int, T]]
) -> DataLoader[int, T | None]:
    """Return what reads one kind of thing in this request: all that fields ask for, at once."""
    asker = context(info)

    async def many(ids: list[int]) -> list[T | None]:
        found = await asker.read(lambda session: load(session, ids))
        return [found.get(number) for number in ids]

    known: DataLoader[int, T | None] | None = asker.loaded.get(name)
    if known is None:
        known = asker.loaded[name] = DataLoader(load_fn=many, max_batch_size=AT_ONCE)
    return known
