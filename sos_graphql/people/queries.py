"""What is asked about people and plans."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.errors import SosError
from sos_core.people import queries
from sos_core.people.directory import Wanted, people_page, unit_exists
from sos_core.people.queries import PersonView
from sos_graphql.context import Info, context
from sos_graphql.describing import resolved
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import (
    After,
    Connection,
    First,
    no_such_thing,
    number_of,
    page,
    page_of,
    page_size,
    place_after,
)
from sos_graphql.people.changes import ChangePlan, change_plan, change_plans
from sos_graphql.people.loading import seen_units
from sos_graphql.people.types import Person, Unit, person_type, unit_type

PeopleAnswer = Annotated[
    Connection[Person] | AnyProblem,
    strawberry.union("PeopleAnswer", description="People, or why they are not shown."),
]
PersonAnswer = Annotated[
    Person | AnyProblem,
    strawberry.union("PersonAnswer", description="A person, or why they are not shown."),
]
ChangePlansAnswer = Annotated[
    Connection[ChangePlan] | AnyProblem,
    strawberry.union("ChangePlansAnswer", description="Plans, or why they are not shown."),
]
ChangePlanAnswer = Annotated[
    ChangePlan | AnyProblem,
    strawberry.union("ChangePlanAnswer", description="A plan, or why it is not shown."),
]
ParentUnit = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only units directly below this one; absent: all units."),
]
SearchText = Annotated[
    str | None, strawberry.argument(description="Part of a name or an address; absent: anybody.")
]
InUnit = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only people in this unit or below; absent: everywhere."),
]
Active = Annotated[
    bool | None,
    strawberry.argument(description="Only active (true) or inactive people; null: both."),
]
PersonId = Annotated[strawberry.ID, strawberry.argument(description="Id of anybody of the list.")]
PlanId = Annotated[strawberry.ID, strawberry.argument(description="Id of any of the list.")]


@strawberry.type
class PeopleQuery:
    """People, units and plans."""

    @resolved
    async def units(
        self, info: Info, first: First, after: After = None, parent: ParentUnit = None
    ) -> Connection[Unit]:
        """The active units that the caller may know of, from the top down; none for strangers."""
        return await _units(info, first, after, parent)

    @resolved
    async def people(
        self,
        info: Info,
        first: First,
        after: After = None,
        search: SearchText = None,
        unit: InUnit = None,
        active: Active = True,
    ) -> PeopleAnswer:
        """The organization's people by name; for administrators."""
        return await attempt(info, _people(info, first, after, search, unit, active))

    @resolved
    async def person(self, info: Info, id: PersonId) -> PersonAnswer:  # noqa: A002
        """One of the organization's people; for administrators."""
        return await attempt(info, find_person(info, id))

    @resolved
    async def change_plans(
        self, info: Info, first: First, after: After = None
    ) -> ChangePlansAnswer:
        """Plans, the newest first; for administrators."""
        return await attempt(info, change_plans(info, first, after))

    @resolved
    async def change_plan(self, info: Info, id: PlanId) -> ChangePlanAnswer:  # noqa: A002
        """One plan; for administrators."""
        return await attempt(info, change_plan(info, id))


async def find_person(info: Info, given: str) -> Person:
    """Return a person for an administrator; raise NotFound where there is none."""
    context(info).administer(Scope.PEOPLE_READ)
    return await person_by_number(info, number_of("Person", given))


async def person_by_number(info: Info, number: int) -> Person:
    """Return a person for an administrator; raise NotFound where there is none."""
    asker = context(info)
    asker.administer(Scope.PEOPLE_READ)
    return person_type(await asker.read(lambda session: queries.person(session, number)))


async def _units(info: Info, first: int, after: str | None, parent: str | None) -> Connection[Unit]:
    if not context(info).signed_in:
        return page([], first, after, unit_type)
    seen = await seen_units(info)
    if parent is not None:
        try:
            number = number_of("Unit", parent)
        except SosError:
            number = 0
        seen = [view for view in seen if view.parent_id == number]
    return page(seen, first, after, unit_type)


async def _people(
    info: Info,
    first: int,
    after: str | None,
    search: str | None,
    unit: str | None,
    active: bool | None,
) -> Connection[Person]:
    context(info).administer(Scope.PEOPLE_READ)
    inside = None if unit is None else number_of("Unit", unit)
    wanted = Wanted(search or "", inside, active)
    start, size = place_after(after), page_size(first)

    def work(session: OrganizationSession) -> tuple[list[PersonView], int]:
        if inside is not None and not unit_exists(session, inside):
            raise no_such_thing()
        return people_page(session, wanted, start=start, count=size)

    found, total = await context(info).read(work)
    return page_of([person_type(view) for view in found], start, total)
