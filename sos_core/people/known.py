"""Loads what is known into the plain objects that the rules compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, select

from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organization
from sos_core.people.identity import identity_of
from sos_core.people.roster import Known
from sos_core.people.tables import Leadership, Membership, Person, Unit
from sos_core.people.units import KnownUnit, UnitBook

FEW = 5
"""Fewer than one in so many people are looked up one by one; else all are read at once."""

FIELDS = (
    Person.id,
    Person.identity,
    Person.digest,
    Person.name,
    Person.email,
    Person.employee_id,
    Person.language,
    Person.user_type,
    Person.unit_id,
    Person.manager_id,
    Person.source,
    Person.active,
)


@dataclass(slots=True)
class Wanted:
    """Whom to look up: any person who has one of these."""

    ids: set[int] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    employee_ids: set[str] = field(default_factory=set)
    unit_ids: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.ids) + len(self.emails) + len(self.employee_ids)


def digests(session: OrganizationSession, but: Collection[int] = ()) -> dict[int, int]:
    """Return the ids of the active people, ``but`` some, by the digest of the row they equal."""
    # Without the mapper: there may be 100,000 of them, and nothing but two numbers is wanted.
    person = Person.__table__.c
    query = select(person.digest, person.id).where(
        person.organization_id == session.organization_id,
        person.active,
        person.digest.is_not(None),
    )
    # The driver's own rows are pairs already: two numbers need none of SQLAlchemy's.
    pairs: Any = session.connection().execute(query).cursor
    found = dict(pairs)
    return {digest: id_ for digest, id_ in found.items() if id_ not in but} if but else found


def active_ids(session: OrganizationSession, unit_ids: Collection[int] | None = None) -> set[int]:
    """Return the active people whose home is one of ``unit_ids`` (None: all)."""
    query = select(Person.id).where(Person.active)
    if unit_ids is None:
        return set(session.scalars(query))
    return {
        id_
        for part in batches(sorted(unit_ids))
        for id_ in session.scalars(query.where(Person.unit_id.in_(part)))
    }


def known_people(session: OrganizationSession, wanted: Wanted) -> list[Known]:
    """Return whoever is wanted, with further units and what they are said to lead."""
    total = session.scalar(select(func.count()).select_from(Person)) or 0
    if not total:
        return []
    if len(wanted) * FEW > total:
        rows: dict[int, Any] = {row[0]: row for row in session.execute(select(*FIELDS))}
    else:
        rows = {row[0]: row for row in _looked_up(session, wanted)}
    further, leads = _places(session, rows.keys())
    found = []
    for id_, row in rows.items():
        fields: list[Any] = [*row, further.get(id_, ()), leads.get(id_, ())]
        found.append(Known(*fields))
    return found


def unit_book(session: OrganizationSession) -> UnitBook:
    """Return the whole tree, closed units included, parents before children."""
    query = select(Unit.id, Unit.parent_id, Unit.name, Unit.active).order_by(Unit.level, Unit.id)
    depth = len(organization(session, session.organization_id).levels)
    return UnitBook((KnownUnit(*row) for row in session.execute(query)), depth)


def leaderships(session: OrganizationSession) -> dict[tuple[int, int], str]:
    """Return every leadership's origin by (unit, person)."""
    query = select(Leadership.unit_id, Leadership.person_id, Leadership.origin)
    return {(unit_id, person_id): origin for unit_id, person_id, origin in session.execute(query)}


def members(session: OrganizationSession, unit_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return (home, manager or 0) of the active people whose home is one of ``unit_ids``."""
    query = select(Person.id, Person.unit_id, Person.manager_id).where(Person.active)
    return {
        id_: (unit_id or 0, manager_id or 0)
        for part in batches(sorted(unit_ids))
        for id_, unit_id, manager_id in session.execute(query.where(Person.unit_id.in_(part)))
    }


def inactive_among(session: OrganizationSession, person_ids: Collection[int]) -> set[int]:
    """Return those of ``person_ids`` who are inactive."""
    query = select(Person.id).where(Person.active.is_(False))
    return {
        id_
        for part in batches(sorted(person_ids))
        for id_ in session.scalars(query.where(Person.id.in_(part)))
    }


def usage(session: OrganizationSession) -> dict[int, int]:
    """Return how many active people have each unit as a home or as a further one."""
    counts: dict[int, int] = defaultdict(int)
    homes = (
        select(Person.unit_id, func.count())
        .where(Person.active, Person.unit_id.is_not(None))
        .group_by(Person.unit_id)
    )
    further = (
        select(Membership.unit_id, func.count())
        .join(Person, Person.id == Membership.person_id)
        .where(Person.active)
        .group_by(Membership.unit_id)
    )
    for query in (homes, further):
        for unit_id, count in session.execute(query):
            counts[unit_id or 0] += count
    return counts


def chains(session: OrganizationSession, person_ids: Iterable[int]) -> dict[int, int]:
    """Return the manager of each person and of everybody above them, where there is one."""
    managers: dict[int, int] = {}
    frontier = set(person_ids)
    asked: set[int] = set()
    while frontier:
        asked |= frontier
        query = select(Person.id, Person.manager_id).where(Person.manager_id.is_not(None))
        for part in batches(sorted(frontier)):
            for id_, manager_id in session.execute(query.where(Person.id.in_(part))):
                managers[id_] = manager_id or 0
        frontier = {managers[id_] for id_ in frontier if id_ in managers} - asked
    return managers


def _looked_up(session: OrganizationSession, wanted: Wanted) -> Iterable[Any]:
    identities = [identity_of(employee_id, None) or "" for employee_id in wanted.employee_ids]
    conditions: list[ColumnElement[bool]] = [
        *(Person.id.in_(part) for part in batches(sorted(wanted.ids))),
        *(Person.email.in_(part) for part in batches(sorted(wanted.emails))),
        # By the identity, which has an index, and which a person with an employee id has from it.
        *(Person.identity.in_(part) for part in batches(sorted(identities))),
        *(Person.unit_id.in_(part) & Person.active for part in batches(sorted(wanted.unit_ids))),
    ]
    for condition in conditions:
        yield from session.execute(select(*FIELDS).where(condition))


def _places(
    session: OrganizationSession, person_ids: Collection[int]
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """Return further units (in order) and said led units (by id) of people."""
    further: dict[int, tuple[int, ...]] = {}
    leads: dict[int, tuple[int, ...]] = {}
    memberships = select(Membership.person_id, Membership.unit_id).order_by(Membership.position)
    led = (
        select(Leadership.person_id, Leadership.unit_id)
        .where(Leadership.origin == "said")
        .order_by(Leadership.unit_id)
    )
    for query, column, found in (
        (memberships, Membership.person_id, further),
        (led, Leadership.person_id, leads),
    ):
        # A file of many people asks for everything at once: these tables are small.
        parts = batches(sorted(person_ids)) if len(person_ids) < 10_000 else [None]
        for part in parts:
            narrowed = query if part is None else query.where(column.in_(part))
            for person_id, unit_id in session.execute(narrowed):
                found[person_id] = (*found.get(person_id, ()), unit_id)
    return further, leads
