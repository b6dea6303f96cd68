"""The directory as it is shown: pages of people and what belongs to them, never all of them.

Each question is one or two statements, and returns rows in proportion to what is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, func, literal, or_, select

from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organization
from sos_core.people.identity import normalize_email, tidy
from sos_core.people.queries import ERASED, PERSON, PersonView, UnitView
from sos_core.people.tables import Leadership, Membership, Person, Unit

LONGEST_SEARCH = 320
"""No name and no address is longer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to show: part of a name or an address, a unit with all below it, active ones or not."""

    text: str = ""
    below: int | None = None
    active: bool | None = True


def people_page(
    session: OrganizationSession, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[PersonView], int]:
    """Return up to ``count`` people by name from position ``start`` on, and how many there are."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
    if start >= total:
        return [], total
    query = select(*PERSON).where(*conditions).order_by(func.lower(Person.name), Person.id)
    return [PersonView(*row) for row in session.execute(query.offset(start).limit(count))], total


def people_called(
    session: OrganizationSession, text: str, field: Literal["name", "employee_id"]
) -> list[int]:
    """Return the active people of exactly this name or employee id, in any case; two at most."""
    column = Person.name if field == "name" else Person.employee_id
    wanted = tidy(text).lower()
    query = select(Person.id).where(Person.active.is_(True), _folded(column, wanted) == wanted)
    return list(session.scalars(query.order_by(Person.id).limit(2)))


def unit_exists(session: OrganizationSession, unit_id: int) -> bool:
    """Return whether there is such a unit, closed ones included."""
    return session.scalar(select(Unit.id).where(Unit.id == unit_id)) is not None


def units_by_id(session: OrganizationSession, unit_ids: Collection[int]) -> dict[int, UnitView]:
    """Return those of ``unit_ids`` that exist, closed ones included, with their paths."""
    if not unit_ids:
        return {}
    names = organization(session, session.organization_id).levels
    up = _upwards(unit_ids)
    rows = {row.id: row for row in session.execute(select(up))}
    found = {}
    for unit_id in sorted(set(unit_ids) & rows.keys()):
        row = rows[unit_id]
        level_name = names[row.level] if row.level < len(names) else names[-1]
        path = tuple(_path(rows, unit_id))
        found[unit_id] = UnitView(
            unit_id, row.parent_id, row.level, level_name, row.name, path, row.active
        )
    return found


def people_below(session: OrganizationSession, unit_ids: Collection[int]) -> dict[int, int]:
    """Return how many active people have their home in each unit or below it; zero is left out."""
    below = _downwards(unit_ids)
    query = (
        select(below.c.top, func.count())
        .join(Person, Person.unit_id == below.c.id)
        .where(Person.active.is_(True))
        .group_by(below.c.top)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def leaders_of(
    session: OrganizationSession, unit_ids: Collection[int]
) -> dict[int, list[PersonView]]:
    """Return the active people who lead each of the units that are in use."""
    query = (
        select(Leadership.unit_id, *PERSON)
        .join(Person, Person.id == Leadership.person_id)
        .join(Unit, Unit.id == Leadership.unit_id)
        .where(Leadership.unit_id.in_(unit_ids), Person.active.is_(True), Unit.active.is_(True))
        .order_by(Person.id)
    )
    led: dict[int, list[PersonView]] = defaultdict(list)
    for unit_id, *row in session.execute(query):
        led[unit_id].append(PersonView(*row))
    return dict(led)


def units_of(
    session: OrganizationSession, person_ids: Collection[int]
) -> dict[int, list[UnitView]]:
    """Return each person's units: the home, then those that only give sight."""
    homes = session.execute(
        select(Person.id, Person.unit_id).where(
            Person.id.in_(person_ids), Person.unit_id.is_not(None)
        )
    )
    ids: dict[int, list[int]] = defaultdict(list)
    for person_id, home in homes:
        ids[person_id].append(home or 0)
    further = session.execute(
        select(Membership.person_id, Membership.unit_id)
        .where(Membership.person_id.in_(person_ids))
        .order_by(Membership.person_id, Membership.position)
    )
    for person_id, unit_id in further:
        ids[person_id].append(unit_id)
    return _viewed(session, ids)


def units_led(
    session: OrganizationSession, person_ids: Collection[int]
) -> dict[int, list[UnitView]]:
    """Return the units in use that each of the people leads, where the person is active."""
    query = (
        select(Leadership.person_id, Leadership.unit_id)
        .join(Person, Person.id == Leadership.person_id)
        .join(Unit, Unit.id == Leadership.unit_id)
        .where(Leadership.person_id.in_(person_ids))
        .where(Person.active.is_(True), Unit.active.is_(True))
        .order_by(Leadership.unit_id)
    )
    ids: dict[int, list[int]] = defaultdict(list)
    for person_id, unit_id in session.execute(query):
        ids[person_id].append(unit_id)
    return _viewed(session, ids)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Person.source != ERASED]
    if wanted.active is not None:
        found.append(Person.active == wanted.active)
    if wanted.below is not None:
        found.append(Person.unit_id.in_(select(_downwards([wanted.below]).c.id)))
    text = tidy(wanted.text).lower()
    if len(text) > LONGEST_SEARCH:
        found.append(literal(False))
    elif text:
        found.append(
            or_(
                _folded(Person.name, text).like(_like(text), escape="\\"),
                Person.email.like(_like(normalize_email(text)), escape="\\"),
            )
        )
    return found


def _folded(column: Any, text: str) -> ColumnElement[str]:
    """Return the column in small letters, so far as ``text`` can tell.

    SQLite, and PostgreSQL in the locale C, know the letters of English only: others that stand in
    ``text`` are replaced one by one.
    """
    folded: ColumnElement[str] = func.lower(column)
    for letter in sorted(set(text)):
        large = letter.upper()
        if not letter.isascii() and large != letter and len(large) == 1:
            folded = func.replace(folded, large, letter)
    return folded


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _upwards(unit_ids: Collection[int]) -> CTE:
    """Return units and all above them, each once."""
    columns = (Unit.id, Unit.parent_id, Unit.level, Unit.name, Unit.active)
    up = select(*columns).where(Unit.id.in_(unit_ids)).cte("up", recursive=True)
    return up.union(select(*columns).join(up, Unit.id == up.c.parent_id))


def _downwards(unit_ids: Collection[int]) -> CTE:
    """Return ``top``, one of the units, and ``id``, itself or a unit below it."""
    below = select(Unit.id.label("top"), Unit.id.label("id")).where(Unit.id.in_(unit_ids))
    tree = below.cte("below", recursive=True)
    return tree.union_all(select(tree.c.top, Unit.id).join(tree, Unit.parent_id == tree.c.id))


def _path(rows: Mapping[int, Any], unit_id: int) -> Iterable[str]:
    names: list[str] = []
    above: int | None = unit_id
    while above is not None:
        names.append(rows[above].name)
        above = rows[above].parent_id
    return reversed(names)


def _viewed(
    session: OrganizationSession, ids: Mapping[int, list[int]]
) -> dict[int, list[UnitView]]:
    known = units_by_id(session, {unit_id for each in ids.values() for unit_id in each})
    return {
        person_id: [known[unit_id] for unit_id in each if unit_id in known]
        for person_id, each in ids.items()
    }
