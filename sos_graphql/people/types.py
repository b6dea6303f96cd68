"""People and units."""

from __future__ import annotations

from enum import Enum

import strawberry

from sos_core.access.scopes import Scope
from sos_core.people.queries import PersonView, UnitView
from sos_graphql.context import Info, context
from sos_graphql.describing import described, described_enum, resolved, told
from sos_graphql.nodes import After, Connection, First, Node, node_id, page
from sos_graphql.people.loading import (
    leaders_of,
    people_below,
    person_by_id,
    seen_units,
    units_led,
    units_of,
)


@described_enum(
    PARTICIPANT="Is invited to surveys.",
    VIEWER="Sees results only.",
)
class UserType(Enum):
    """Whether a person answers surveys."""

    PARTICIPANT = "participant"
    VIEWER = "viewer"


@described
class Unit(Node):
    """A node of the organization tree: a business area, a region, a team."""

    view: strawberry.Private[UnitView]
    name: str = told("What it is called, without the units above it.")
    level: str = told("Name of its level, such as team.")
    depth: int = told("Number of its level, 0 at the top.")
    path: list[str] = told("Names from the top level down to the unit.")
    active: bool = told("Whether anybody is in it or below it.")

    @resolved
    async def parent(self, info: Info) -> Unit | None:
        """The unit above it; null at the top level, or where the caller may not know of it."""
        for view in await seen_units(info):
            if view.id == self.view.parent_id:
                return unit_type(view)
        return None

    @resolved
    async def children(self, info: Info, first: First, after: After = None) -> Connection[Unit]:
        """The active units directly below it, by name."""
        below = [view for view in await seen_units(info) if view.parent_id == self.view.id]
        return page(below, first, after, unit_type)

    @resolved
    async def leaders(self, info: Info) -> list[Person]:
        """The people who lead it; administrators and the scope people:read see them, others get none."""
        if not context(info).may(Scope.PEOPLE_READ):
            return []
        return [person_type(view) for view in await leaders_of(info, self.view.id)]

    @resolved
    async def people_count(self, info: Info) -> int:
        """How many active people have their home in it or below it."""
        return await people_below(info, self.view.id)


@described
class Person(Node):
    """One of the organization's people, as administrators see them."""

    view: strawberry.Private[PersonView]
    name: str = told("Full name.")
    email: str | None = told("E-mail address; null for those who have none.")
    employee_id: str | None = told(
        "The organization's own key for the person; null where there is none."
    )
    language: str = told("Language of mails and forms, such as sv.")
    user_type: UserType = told("Whether the person answers surveys.")
    active: bool = told("Whether the person is with the organization now.")

    @resolved
    async def units(self, info: Info) -> list[Unit]:
        """The units of the person: the home, which surveys copy, then those that only give sight."""
        return [unit_type(view) for view in await units_of(info, self.view.id)]

    @resolved
    async def manager(self, info: Info) -> Person | None:
        """The person's manager; null where none is known."""
        if self.view.manager_id is None:
            return None
        found = await person_by_id(info, self.view.manager_id)
        return person_type(found) if found else None

    @resolved
    async def leads(self, info: Info) -> list[Unit]:
        """The units that the person leads."""
        return [unit_type(view) for view in await units_led(info, self.view.id)]


def unit_type(view: UnitView) -> Unit:
    """Return a unit as the schema shows it."""
    return Unit(
        id=node_id("Unit", view.id),
        view=view,
        name=view.name,
        level=view.level_name,
        depth=view.level,
        path=list(view.path),
        active=view.active,
    )


def person_type(view: PersonView) -> Person:
    """Return a person as the schema shows them."""
    return Person(
        id=node_id("Person", view.id),
        view=view,
        name=view.name,
        email=view.email,
        employee_id=view.employee_id,
        language=view.language,
        user_type=UserType(view.user_type),
        active=view.active,
    )
