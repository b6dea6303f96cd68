"""Writes people, units, memberships and leaders of a plan, and keeps what they were before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, tuple_, update

from sos_core.database.bulk import batches, bulk_insert, bulk_upsert
from sos_core.database.session import OrganizationSession
from sos_core.people.draft import Row
from sos_core.people.identity import identity_of
from sos_core.people.tables import Leadership, Membership, Person, Unit

PERSON = (
    "id",
    "identity",
    "digest",
    "name",
    "email",
    "employee_id",
    "language",
    "user_type",
    "unit_id",
    "manager_id",
    "source",
    "active",
)
UNIT = ("id", "parent_id", "level", "name", "key", "active")
MEMBERSHIP = ("person_id", "unit_id", "position")
LEADERSHIP = ("unit_id", "person_id", "origin")
COLUMNS = tuple(getattr(Person, name) for name in PERSON)


@dataclass(slots=True)
class Before:
    """What an undo needs of what was just written, as it was before.

    ``people`` (rows as PERSON says), ``memberships``, ``leaderships`` of ``led_units``, and
    ``units`` as pairs of id and active. ``touched`` and ``touched_units`` are whom and what the
    plan changed; ``named`` and ``named_units`` are managers, leaders and parents that it relies on
    without changing them.
    """

    people: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    leaderships: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)
    led_units: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    touched_units: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    named_units: set[int] = field(default_factory=set)


def people_rows(session: OrganizationSession, person_ids: Collection[int]) -> list[Row]:
    """Return whole rows of people in the order of PERSON, by id."""
    return [
        list(row)
        for part in batches(sorted(person_ids))
        for row in session.execute(select(*COLUMNS).where(Person.id.in_(part)).order_by(Person.id))
    ]


def write_people(session: OrganizationSession, rows: Sequence[Row]) -> None:
    """Overwrite people by id; addresses and ids may change hands among the rows."""
    held = {row[1]: row[0] for row in people_rows(session, [row[0] for row in rows])}
    moving = [row[0] for row in rows if held.get(row[1], row[0]) != row[0]]
    owners = {held[row[1]] for row in rows if row[0] in set(moving)}
    for person_id in sorted(owners):
        # The present holder gives the identity up first; its own new one follows below.
        session.execute(
            update(Person).where(Person.id == person_id).values(identity=f"moving:{person_id}")
        )
    bulk_upsert(session, Person, PERSON, rows)


def with_changes(
    row: Row, changes: Mapping[str, Any], *, source: str, digest: int | None, active: bool
) -> Row:
    """Return a person's row with other fields, of which the identity follows."""
    person = dict(zip(PERSON, row, strict=True))
    person.update(changes, source=source, digest=digest, active=active)
    identity = identity_of(person["employee_id"], person["email"])
    person["identity"] = identity or person["identity"]
    return [person[name] for name in PERSON]


def memberships_of(session: OrganizationSession, person_ids: Collection[int]) -> list[Row]:
    """Return the further memberships of people: person, unit, position."""
    query = select(Membership.person_id, Membership.unit_id, Membership.position)
    return [
        list(row)
        for part in batches(sorted(person_ids))
        for row in session.execute(query.where(Membership.person_id.in_(part)))
    ]


def write_memberships(
    session: OrganizationSession, person_ids: Collection[int], rows: Sequence[Row]
) -> None:
    """Replace the further memberships of ``person_ids``."""
    for part in batches(sorted(person_ids)):
        session.execute(delete(Membership).where(Membership.person_id.in_(part)))
    bulk_insert(session, Membership, MEMBERSHIP, rows)


def leaderships_of(session: OrganizationSession, unit_ids: Collection[int]) -> list[Row]:
    """Return the leaderships of units: unit, person, origin."""
    query = select(Leadership.unit_id, Leadership.person_id, Leadership.origin)
    return [
        list(row)
        for part in batches(sorted(unit_ids))
        for row in session.execute(query.where(Leadership.unit_id.in_(part)))
    ]


def change_leaderships(
    session: OrganizationSession,
    lost: Collection[tuple[int, int]],
    held: Sequence[Row],
) -> None:
    """Take leaderships (unit, person) away, then write those that are held."""
    pair = tuple_(Leadership.unit_id, Leadership.person_id)
    for part in batches(sorted(lost), 400):
        session.execute(delete(Leadership).where(pair.in_(part)))
    key = ("organization_id", "unit_id", "person_id")
    bulk_upsert(session, Leadership, LEADERSHIP, held, key=key)


def write_leaderships(
    session: OrganizationSession, unit_ids: Collection[int], rows: Sequence[Row]
) -> None:
    """Replace all leaderships of units."""
    for part in batches(sorted(unit_ids)):
        session.execute(delete(Leadership).where(Leadership.unit_id.in_(part)))
    bulk_insert(session, Leadership, LEADERSHIP, rows)


def set_units_active(
    session: OrganizationSession, unit_ids: Collection[int], *, active: bool
) -> None:
    """Open or close units."""
    for part in batches(sorted(unit_ids)):
        session.execute(update(Unit).where(Unit.id.in_(part)).values(active=active))


def forget_digests(session: OrganizationSession, manager_ids: Iterable[int]) -> None:
    """Have the rows of these managers' people looked at again: their managers' address changed."""
    for part in batches(sorted(manager_ids)):
        session.execute(update(Person).where(Person.manager_id.in_(part)).values(digest=None))


def write_digests(session: OrganizationSession, digests: Iterable[Row]) -> None:
    """Remember how the source writes people who are otherwise unchanged."""
    for part in batches(list(digests), 5_000):
        ids = [person_id for person_id, _ in part]
        rows = people_rows(session, ids)
        by_id = dict(part)
        bulk_upsert(session, Person, PERSON, [[*row[:2], by_id[row[0]], *row[3:]] for row in rows])
