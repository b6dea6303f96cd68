"""What is read about people and units; each question is answered in one or two statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.people.identity import normalize_email
from sos_core.people.tables import Leadership, Membership, PeopleState, Person, Unit

ERASED = "erased"
"""The source of a person whose data were erased: a row with a number and nothing else."""


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit of the tree; ``path`` holds the names from the top level down to it."""

    id: int
    parent_id: int | None
    level: int
    level_name: str
    name: str
    path: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person; ``unit_id`` is the home that a survey copies, None at the organization's top."""

    id: int
    name: str
    email: str | None
    employee_id: str | None
    language: str
    user_type: str
    unit_id: int | None
    active: bool
    manager_id: int | None


PERSON = (
    Person.id,
    Person.name,
    Person.email,
    Person.employee_id,
    Person.language,
    Person.user_type,
    Person.unit_id,
    Person.active,
    Person.manager_id,
)
"""The columns of a PersonView, in its order."""


def units(session: OrganizationSession, *, active: bool | None = True) -> list[UnitView]:
    """Return the units in preorder, siblings by name; ``active`` None: the closed ones too."""
    query = select(Unit.id, Unit.parent_id, Unit.level, Unit.name, Unit.active)
    if active is not None:
        query = query.where(Unit.active == active)
    names = organization(session, session.organization_id).levels
    below: dict[int | None, list[tuple[str, int, UnitView]]] = defaultdict(list)
    for id_, parent_id, level, name, is_active in session.execute(query):
        level_name = names[level] if level < len(names) else names[-1]
        view = UnitView(id_, parent_id, level, level_name, name, (), is_active)
        below[parent_id].append((name.casefold(), id_, view))
    for siblings in below.values():
        siblings.sort(key=lambda sibling: sibling[:2])
    return list(_preorder(below))


def _preorder(
    below: dict[int | None, list[tuple[str, int, UnitView]]],
) -> Iterator[UnitView]:
    """Yield the units with their paths; a unit whose parent is left out is left out too."""
    stack: list[tuple[tuple[str, ...], UnitView]] = [
        ((), view) for _, _, view in reversed(below[None])
    ]
    while stack:
        above, view = stack.pop()
        path = (*above, view.name)
        yield UnitView(
            view.id, view.parent_id, view.level, view.level_name, view.name, path, view.active
        )
        stack.extend((path, child) for _, _, child in reversed(below.get(view.id, ())))


def subtree(session: OrganizationSession, unit_ids: Collection[int]) -> set[int]:
    """Return ``unit_ids`` and all units below them, closed ones included."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for id_, parent_id in session.execute(select(Unit.id, Unit.parent_id)):
        below[parent_id].append(id_)
    found: set[int] = set()
    stack = list(unit_ids)
    while stack:
        id_ = stack.pop()
        if id_ not in found:
            found.add(id_)
            stack.extend(below.get(id_, ()))
    return found


def people_in(
    session: OrganizationSession,
    unit_ids: Collection[int] | None = None,
    *,
    active: bool | None = True,
) -> list[PersonView]:
    """Return the people whose home is in the subtrees of ``unit_ids`` (None: all), by id."""
    if unit_ids is None:
        return _people(session, (), active=active)
    inside = subtree(session, unit_ids)
    found = [
        view
        for part in batches(sorted(inside))
        for view in _people(session, (Person.unit_id.in_(part),), active=active)
    ]
    return sorted(found, key=lambda view: view.id)


def person(session: OrganizationSession, person_id: int) -> PersonView:
    """Return a person, active or not; raise NotFound when there is none, or was erased."""
    known = (Person.id == person_id, Person.source != ERASED)
    for view in _people(session, known, active=None):
        return view
    raise NotFound("There is no such person.", "Search for the name.", code="no_such_person")


def people_by_id(
    session: OrganizationSession, person_ids: Collection[int]
) -> dict[int, PersonView]:
    """Return those of ``person_ids`` that exist, active or not."""
    return {
        view.id: view
        for part in batches(sorted(set(person_ids)))
        for view in _people(session, (Person.id.in_(part),), active=None)
    }


def find_by_email(session: OrganizationSession, email: str) -> PersonView | None:
    """Return whose address this is, however it is spelled; active people before others."""
    return find_by_emails(session, [email]).get(email)


def find_by_emails(session: OrganizationSession, emails: Collection[str]) -> dict[str, PersonView]:
    """Return those of ``emails`` that are somebody's, each as ``find_by_email`` would."""
    wanted = {email: normalize_email(email) for email in emails}
    found: dict[str | None, PersonView] = {}
    for part in batches(sorted(set(wanted.values()))):
        views = _people(session, (Person.email.in_(part),), active=None)
        for view in sorted(views, key=lambda view: (not view.active, view.id)):
            found.setdefault(view.email, view)
    return {email: found[known] for email, known in wanted.items() if known in found}


def memberships(session: OrganizationSession, person_id: int) -> list[int]:
    """Return the units of a person: the home first, then those that only give sight."""
    home = session.scalar(select(Person.unit_id).where(Person.id == person_id))
    further = session.scalars(
        select(Membership.unit_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.position)
    )
    return [*([] if home is None else [home]), *further]


def further_memberships(session: OrganizationSession) -> dict[int, list[int]]:
    """Return everybody's units besides the home, in order: person id to unit ids."""
    further: dict[int, list[int]] = defaultdict(list)
    query = select(Membership.person_id, Membership.unit_id)
    for person_id, unit_id in session.execute(
        query.order_by(Membership.person_id, Membership.position)
    ):
        further[person_id].append(unit_id)
    return dict(further)


def leaders(session: OrganizationSession) -> dict[int, list[int]]:
    """Return the active people who lead each active unit: unit id to person ids in order."""
    led: dict[int, list[int]] = defaultdict(list)
    query = select(Leadership.unit_id, Leadership.person_id).where(*_of_active_leaders())
    for unit_id, person_id in session.execute(query.order_by(Leadership.person_id)):
        led[unit_id].append(person_id)
    return dict(led)


def units_led_by(
    session: OrganizationSession, person_id: int, *, origin: str | None = None
) -> list[int]:
    """Return the active units that a person leads, by id; none where the person is inactive.

    ``origin``: only what was ``said``, or only what was ``inferred`` from who reports to whom.
    """
    query = (
        select(Leadership.unit_id)
        .where(*_of_active_leaders(), Leadership.person_id == person_id)
        .order_by(Leadership.unit_id)
    )
    if origin is not None:
        query = query.where(Leadership.origin == origin)
    return list(session.scalars(query))


def people_count(session: OrganizationSession, *, active: bool | None = True) -> int:
    """Return how many people the organization has."""
    query = select(func.count()).select_from(Person)
    if active is not None:
        query = query.where(Person.active == active)
    return session.scalar(query) or 0


def people_version(session: OrganizationSession) -> int:
    """Return the version of the organization's people; 0 before the first applied plan."""
    return session.scalar(select(PeopleState.version)) or 0


def _of_active_leaders() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that join leaderships to active people and units."""
    return (
        Person.id == Leadership.person_id,
        Unit.id == Leadership.unit_id,
        Person.active.is_(True),
        Unit.active.is_(True),
    )


def _people(
    session: OrganizationSession,
    conditions: Collection[ColumnElement[bool]],
    *,
    active: bool | None = True,
) -> list[PersonView]:
    query = select(*PERSON).where(*conditions)
    if active is not None:
        query = query.where(Person.active == active)
    return [PersonView(*row) for row in session.execute(query.order_by(Person.id))]
