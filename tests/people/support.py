"""Short ways to plan, apply and look at everything that a plan can change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.organizations.commands import create_organization
from sos_core.people import queries
from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.plan_queries import plan_rows
from sos_core.people.planning import decide_suspects, make_plan
from sos_core.people.tables import ChangePlan, Leadership, Membership, Person, Unit
from sos_core.records import PeoplePage, PersonRecord

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACTOR = "hr@acme.example"


def person(
    name: str,
    *units: str,
    email: str | None = "",
    manager: str | None = None,
    leads: Iterable[str] | None = None,
    **fields: Any,
) -> PersonRecord:
    """Return a record; units are written as ``North/East``, the address follows the name."""
    return PersonRecord(
        name=name,
        email=f"{name.lower()}@x.example" if email == "" else email,
        manager_email=f"{manager.lower()}@x.example" if manager and "@" not in manager else manager,
        memberships=tuple(path_of(unit) for unit in units),
        leads=None if leads is None else tuple(path_of(unit) for unit in leads),
        **fields,
    )


def path_of(unit: str) -> tuple[str, ...]:
    return tuple(unit.split("/")) if unit else ()


def numbered(records: Iterable[PersonRecord]) -> list[PersonRecord]:
    """Return the records with row numbers as in a file with a header."""
    return [record._replace(row=row) for row, record in enumerate(records, start=2)]


def plan(session: OrganizationSession, *records: PersonRecord, **request: Any) -> int:
    page = PeoplePage(records=numbered(records))
    wanted = Request(**{"source": "excel", "title": "people.xlsx", **request})
    return make_plan(session, [page], wanted, actor=ACTOR, now=NOW)


def apply(session: OrganizationSession, plan_id: int, *, same: bool | None = None) -> None:
    """Apply a plan, typing what its guard asks for and answering ``same`` to every suspect."""
    found = session.get(ChangePlan, plan_id)
    if same is not None:
        answers = dict.fromkeys(range(len(found.guard["same"])), same)
        decide_suspects(session, plan_id, answers, actor=ACTOR, now=NOW)
    confirmation = session.get(ChangePlan, plan_id).guard["confirmation"]
    apply_plan(session, plan_id, actor=ACTOR, now=NOW, confirmation=confirmation)


def run(database: Database, organization_id: int, *records: PersonRecord, **request: Any) -> int:
    """Plan and apply in two transactions, as the product does; suspects are two people."""
    with database.write(organization_id) as session:
        plan_id = plan(session, *records, **request)
    with database.write(organization_id) as session:
        apply(session, plan_id, same=False)
    return plan_id


def counts(session: OrganizationSession, plan_id: int) -> dict[str, int]:
    """Return what a plan would do: its counts that are not zero, without the unchanged rows."""
    found = session.get(ChangePlan, plan_id).counts
    return {
        kind: count
        for kind, count in found.items()
        if count and kind not in ("unchanged", "digest")
    }


def changes(session: OrganizationSession, plan_id: int) -> dict[str, int]:
    """Return the counts that change something."""
    told = ("rejected", "notice")
    return {kind: n for kind, n in counts(session, plan_id).items() if kind not in told}


def dump(session: OrganizationSession) -> dict[str, Any]:
    """Return everything that an undo has to bring back, by names instead of ids."""
    units = {row.id: row for row in session.scalars(select(Unit))}
    people = {row.id: row for row in session.scalars(select(Person))}

    def path(unit_id: int | None) -> str:
        names = []
        while unit_id is not None:
            names.append(units[unit_id].name)
            unit_id = units[unit_id].parent_id
        return "/".join(reversed(names))

    return {
        "units": sorted((path(u.id), u.level, u.active) for u in units.values()),
        "people": sorted(
            (
                p.identity,
                p.name,
                p.email or "",
                p.employee_id or "",
                p.language,
                p.user_type,
                path(p.unit_id),
                people[p.manager_id].identity if p.manager_id else "",
                p.source,
                p.active,
            )
            for p in people.values()
        ),
        "memberships": sorted(
            (people[m.person_id].identity, m.position, path(m.unit_id))
            for m in session.scalars(select(Membership))
        ),
        "leaders": sorted(
            (path(x.unit_id), people[x.person_id].identity, x.origin)
            for x in session.scalars(select(Leadership))
        ),
    }


def told(database: Database, organization_id: int, *records: PersonRecord, **request: Any):
    """Return (counts, codes of rejections, codes of notices) of a plan that is not applied."""
    with database.write(organization_id) as session:
        plan_id = plan(session, *records, **request)
        rejected = [(row.row, row.code) for row in plan_rows(session, plan_id, "rejected")]
        notices = [(row.row, row.code) for row in plan_rows(session, plan_id, "notice")]
        return counts(session, plan_id), rejected, notices


def state(database: Database, organization_id: int) -> dict[str, Any]:
    with database.read(organization_id) as session:
        return dump(session)


def people(database: Database, organization_id: int) -> dict[str, queries.PersonView]:
    with database.read(organization_id) as session:
        return {view.name: view for view in queries.people_in(session)}


def new_organization(database: Database) -> int:
    with database.write(None) as session:
        return create_organization(
            session, name="Acme", language="en", time_zone="Europe/Oslo", now=NOW
        )
