"""Single people changed by hand: the input as a record, and the person as they are afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import strawberry

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.people import by_hand
from sos_core.people.plan_queries import plan_rows
from sos_core.people.queries import PersonView, person, units
from sos_core.records import PersonRecord, UnitPath
from sos_graphql.changed import Changed, shown
from sos_graphql.context import Info, context
from sos_graphql.nodes import no_such_thing, number_of
from sos_graphql.people.inputs import (
    AddPersonInput,
    ChangePersonInput,
    DeactivatePersonInput,
    MovePersonInput,
    ReactivatePersonInput,
)
from sos_graphql.people.types import Person, person_type


async def add_person(info: Info, given: AddPersonInput) -> Person | Changed:
    """Add one person for an administrator."""
    asker = context(info)
    actor, now = asker.administer(Scope.PEOPLE_WRITE).actor, asker.now

    def work(session: OrganizationSession) -> int | None:
        record = PersonRecord(
            name=given.name,
            email=given.email or None,
            employee_id=given.employee_id or None,
            language=given.language,
            user_type=given.user_type.value,
            manager_email=_manager(session, given.manager),
            memberships=_paths(session, given.units),
        )
        plan_id = by_hand.add_person(session, record, actor=actor, now=now)
        return next(row.person_id for row in plan_rows(session, plan_id, "added", count=1))

    return await _shown(info, await asker.write(work))


async def change_person(info: Info, given: ChangePersonInput) -> Person | Changed:
    """Change what is given about one person, for an administrator."""
    number = number_of("Person", given.id)

    def work(session: OrganizationSession, actor: str) -> None:
        manager: str | None = None
        if given.manager is not strawberry.UNSET:
            manager = _manager(session, given.manager) or ""
        record = PersonRecord(
            name=given.name or "",
            email=given.email or None,
            employee_id=given.employee_id or None,
            language=given.language,
            user_type=given.user_type.value if given.user_type else None,
            manager_email=manager,
            leads=None if given.leads is None else _paths(session, given.leads),
        )
        by_hand.edit_person(session, number, record, actor=actor, now=context(info).now)

    return await _changed(info, number, work)


async def move_person(info: Info, given: MovePersonInput) -> Person | Changed:
    """Give one person other units, for an administrator."""
    number = number_of("Person", given.id)

    def work(session: OrganizationSession, actor: str) -> None:
        paths = _paths(session, given.units) or ((),)
        by_hand.move_person(session, number, paths, actor=actor, now=context(info).now)

    return await _changed(info, number, work)


async def deactivate_person(info: Info, given: DeactivatePersonInput) -> Person | Changed:
    """Deactivate one person, for an administrator."""
    number = number_of("Person", given.id)

    def work(session: OrganizationSession, actor: str) -> None:
        by_hand.deactivate_person(session, number, actor=actor, now=context(info).now)

    return await _changed(info, number, work)


async def reactivate_person(info: Info, given: ReactivatePersonInput) -> Person | Changed:
    """Make one person active again, for an administrator."""
    number = number_of("Person", given.id)

    def work(session: OrganizationSession, actor: str) -> None:
        by_hand.reactivate_person(session, number, actor=actor, now=context(info).now)

    return await _changed(info, number, work)


async def _changed(
    info: Info, number: int, work: Callable[[OrganizationSession, str], None]
) -> Person | Changed:
    asker = context(info)
    actor = asker.administer(Scope.PEOPLE_WRITE).actor
    await asker.write(lambda session: work(session, actor))
    return await _shown(info, number)


async def _shown(info: Info, number: int | None) -> Person | Changed:
    if number is None:
        raise no_such_thing()

    async def show() -> Person:
        return person_type(await context(info).read(lambda session: person(session, number)))

    return await shown(info, Scope.PEOPLE_READ, "Person", number, show)


def _paths(session: OrganizationSession, ids: Sequence[str]) -> tuple[UnitPath, ...]:
    """Return the paths of units; raise NotFound where one is none of the organization's."""
    known = {view.id: view.path for view in units(session, active=None)}
    numbers = [number_of("Unit", given) for given in ids]
    if not all(number in known for number in numbers):
        raise no_such_thing()
    return tuple(known[number] for number in numbers)


def _manager(session: OrganizationSession, given: str | None) -> str | None:
    """Return the address of a manager, by which sources name them; None for none."""
    return None if given is None else manager_address(person(session, number_of("Person", given)))


def manager_address(view: PersonView) -> str:
    """Return the address by which sources name a manager; raise InvalidInput where there is none."""
    if not view.email:
        raise InvalidInput(
            "{name} has no e-mail address, so nobody can be told to report there.",
            "Give that person an address first.",
            code="manager_without_email",
            field="manager",
            values={"name": view.name},
        )
    return view.email
