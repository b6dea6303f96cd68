"""What the room of people holds about one person, and how it is emptied."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.people.directory import units_by_id
from sos_core.people.plan_traces import earlier_words, forget_in_plans, plans_naming
from sos_core.people.queries import ERASED
from sos_core.people.state import bump_version, lock_version
from sos_core.people.tables import ChangePlan, Leadership, Membership, Person
from sos_core.people.traces import Traces

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """What was taken away: every word the person was known by, and the plans that named them."""

    words: tuple[str, ...]
    plans: tuple[int, ...]


def held(session: OrganizationSession, person_id: int) -> dict[str, Rows]:
    """Return what is held about a person, by section; the names of others are left out."""
    row = session.get_one(Person, person_id)
    further = session.scalars(
        select(Membership.unit_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.position)
    ).all()
    led = session.execute(
        select(Leadership.unit_id, Leadership.origin)
        .where(Leadership.person_id == person_id)
        .order_by(Leadership.unit_id)
    ).all()
    paths = {
        view.id: " › ".join(view.path)
        for view in units_by_id(
            session, {*further, *(unit for unit, _ in led), *([row.unit_id] if row.unit_id else [])}
        ).values()
    }
    return {
        "person": [_said(session, row, paths)],
        "memberships": [{"unit": paths[unit]} for unit in further],
        "leaderships": [{"unit": paths[unit], "origin": origin} for unit, origin in led],
        "plans": _plans(session, person_id),
    }


def _said(session: OrganizationSession, row: Person, paths: Mapping[int, str]) -> dict[str, Any]:
    reports = select(func.count()).select_from(Person).where(Person.manager_id == row.id)
    return {
        "number": row.id,
        "name": row.name,
        "email": row.email,
        "employee_id": row.employee_id,
        "language": row.language,
        "user_type": row.user_type,
        "unit": paths.get(row.unit_id or 0),
        "manager": row.manager_id,
        "reports": session.scalar(reports),
        "source": row.source,
        "active": row.active,
    }


def _plans(session: OrganizationSession, person_id: int) -> Rows:
    """Return the plans whose rows name the person; titles may name others and are left out."""
    found = plans_naming(session, traces_of(session, person_id))
    rows = session.execute(
        select(ChangePlan.id, ChangePlan.state, ChangePlan.source, ChangePlan.created_at)
        .where(ChangePlan.id.in_(found))
        .order_by(ChangePlan.id)
    )
    return [
        {"number": id_, "state": state, "source": source, "created_at": at}
        for id_, state, source, at in rows
    ]


def is_erased(session: OrganizationSession, person_id: int) -> bool:
    """Tell whether a person's data were erased; raise NotFound where there never was one."""
    source = session.scalar(select(Person.source).where(Person.id == person_id))
    if source is None:
        raise NotFound("There is no such person.", "Search for the name.", code="no_such_person")
    return source == ERASED


def traces_of(session: OrganizationSession, person_id: int) -> Traces:
    """Return by what a person is recognized: present and earlier names, addresses and ids."""
    row = session.get_one(Person, person_id)
    words = {row.name, row.email or "", row.employee_id or ""}
    words |= earlier_words(session, person_id)
    return Traces(person_id, frozenset(word for word in words if word.strip()))


def erase(
    session: OrganizationSession, traces: Traces, *, actor: str, now: datetime
) -> ErasedPerson:
    """Empty a person's row and take away all that names them; who reports to them reports to nobody.

    The row stays without a name, since figures across surveys count its bare number.
    """
    version = lock_version(session)
    person_id = traces.person_id
    plans = forget_in_plans(session, traces, actor=actor, now=now)
    empty_people(session, [person_id])
    bump_version(session, version)
    return ErasedPerson(tuple(sorted(traces.words)), tuple(sorted(plans)))


def empty_people(session: OrganizationSession, person_ids: Collection[int]) -> None:
    """Empty people's rows, and take units and reports away; no plan is looked at."""
    for table in (Membership, Leadership):
        session.execute(delete(table).where(table.person_id.in_(person_ids)))
    session.execute(
        update(Person)
        .where(Person.manager_id.in_(person_ids))
        .values(manager_id=None, digest=None)
        .execution_options(synchronize_session=False)
    )
    language = organization(session, session.organization_id).language
    query = select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    for row in session.scalars(fresh):
        row.identity, row.digest = f"{ERASED}:{secrets.token_hex(16)}", None
        row.name, row.email, row.employee_id = "", None, None
        row.language = language
        row.unit_id, row.manager_id, row.source, row.active = None, None, ERASED, False
    session.flush()
