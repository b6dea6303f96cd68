"""Undoes an applied plan exactly: what it changed is as before, what it created is gone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization
from sos_core.people import writing
from sos_core.people.chunks import read_rows, rows_of_plans
from sos_core.people.draft import KINDS
from sos_core.people.known import Wanted, known_people
from sos_core.people.plan_traces import ERASED_MARK
from sos_core.people.state import APPLYING, bump_version, find_plan, lock_version
from sos_core.people.tables import ChangeChunk, ChangePlan, Person, Unit

Which = Callable[[OrganizationSession, Collection[int]], set[int]]
AT_ONCE = 50
"""Later plans whose numbers are read by one statement."""


def _nobody(_session: OrganizationSession, _ids: Collection[int]) -> set[int]:
    return set()


@dataclass(frozen=True, slots=True)
class NamedElsewhere:
    """Tells which people and units other rooms refer to: an undo keeps those, switched off."""

    people: Which = _nobody
    units: Which = _nobody


NOWHERE = NamedElsewhere()


def undo_plan(
    session: OrganizationSession,
    plan_id: int,
    *,
    actor: str,
    now: datetime,
    named: NamedElsewhere = NOWHERE,
) -> None:
    """Bring everything back that a plan changed.

    Raises Conflict where the plan is not applied, where its rows were erased with a person's data,
    or where a later plan, which the error names, touched one of the same people or units, or gave
    somebody else an address or employee id that would come back.
    """
    version = lock_version(session)
    plan = find_plan(session, plan_id)
    if plan.state != "applied":
        raise Conflict(
            "Only a plan that has been applied can be undone.",
            "Reload the page to see the present state of the plan.",
            code="plan_not_applied",
        )
    if plan.guard.get(ERASED_MARK):
        raise Conflict(
            "This plan cannot be undone: what it needs is gone, since it named somebody who was "
            "erased, or is older than plans are kept.",
            "Correct single people by hand, or upload a file that says how it should be.",
            code="plan_erased",
        )
    _check_later(session, plan)
    _restore(session, plan_id, named)
    plan.state, plan.undone_by, plan.undone_at = "undone", actor, now
    bump_version(session, version)
    subject = f"change_plan:{plan_id}"
    record(session, actor=actor, verb="people.plan_undone", subject=subject, now=now)


def take_back(session: OrganizationSession, plan_id: int, named: NamedElsewhere) -> None:
    """Bring back what a plan has changed that cannot be carried to its end, and leave it open."""
    plan = find_plan(session, plan_id)
    if plan.state != APPLYING:
        return
    _restore(session, plan_id, named)
    session.execute(
        delete(ChangeChunk)
        .where(ChangeChunk.plan_id == plan_id, ChangeChunk.kind.not_in(KINDS))
        .execution_options(synchronize_session=False)
    )
    plan.state, plan.progress, plan.decided_by, plan.decided_at = "open", None, None, None


def undo_blocked_by(session: OrganizationSession, plan_id: int) -> int | None:
    """Return the later plan that must be undone before this one; None where none stands in the way."""
    plan = session.get(ChangePlan, plan_id)
    if plan is None or plan.state != "applied":
        return None
    later = _later_plan(session, plan)
    return None if later is None else later.id


def _restore(session: OrganizationSession, plan_id: int, named: NamedElsewhere) -> None:
    undo = _Undo(session, plan_id)
    undo.unmake_people(named)
    undo.restore_people()
    undo.restore_units(named)


def _check_later(session: OrganizationSession, plan: ChangePlan) -> None:
    later = _later_plan(session, plan)
    if later is not None:
        raise Conflict(
            "A later plan, “{title}” (number {plan}, applied on {day}), changed some of the "
            "same people or units.",
            "Undo that plan first.",
            code="undo_blocked",
            values={"plan": later.id, "title": later.title, "day": _day_applied(session, later)},
        )


def _day_applied(session: OrganizationSession, plan: ChangePlan) -> str:
    """Return the day, where the organization is, on which a plan was applied."""
    zone = ZoneInfo(organization(session, session.organization_id).time_zone)
    return plan.decided_at.astimezone(zone).date().isoformat() if plan.decided_at else ""


def _later_plan(session: OrganizationSession, plan: ChangePlan) -> ChangePlan | None:
    """Return the latest applied plan after this one that touched the same people or units."""
    query = (
        select(ChangePlan.id)
        .where(ChangePlan.applied_version > plan.applied_version, ChangePlan.state == "applied")
        .order_by(ChangePlan.applied_version.desc())
    )
    later = session.scalars(query).all()
    if not later:
        return None
    people = set(read_rows(session, plan.id, "touched")) | _heirs(session, plan.id)
    units = set(read_rows(session, plan.id, "touched_units"))
    ours = {"touched": people, "named": people, "touched_units": units, "named_units": units}
    for part in batches(later, AT_ONCE):
        rows = rows_of_plans(session, part, ours)
        meeting = {plan_id for plan_id, kind, number in rows if number in ours[kind]}
        if meeting:
            return session.get(ChangePlan, next(id_ for id_ in part if id_ in meeting))
    return None


def _heirs(session: OrganizationSession, plan_id: int) -> set[int]:
    """Return who has by now what an undo would give back: an identity, an active one's address."""
    was = [
        dict(zip(writing.PERSON, row, strict=True))
        for row in read_rows(session, plan_id, "was:people")
    ]
    identities = {row["identity"] for row in was}
    emails = {row["email"] for row in was if row["email"]}
    kept = {row["email"] for row in was if row["active"] and row["email"]}
    employee_ids = {row["employee_id"] for row in was if row["employee_id"]}
    present = known_people(session, Wanted(emails=emails, employee_ids=employee_ids))
    return {
        person.id
        for person in present
        if person.identity in identities or (person.active and person.email in kept)
    }


@dataclass(slots=True)
class _Undo:
    session: OrganizationSession
    plan_id: int

    def unmake_people(self, named: NamedElsewhere) -> None:
        """Delete whom the plan created; those who are named elsewhere become inactive."""
        made = self._rows("made")
        led = self._rows("led_units")
        writing.write_leaderships(self.session, led, self._rows("was:leaderships"))
        writing.write_memberships(self.session, made, [])
        kept = named.people(self.session, made) & set(made) if made else set()
        rows = writing.people_rows(self.session, kept)
        homeless = {"unit_id": None, "manager_id": None}
        writing.write_people(
            self.session,
            [
                writing.with_changes(row, homeless, source=row[10], digest=None, active=False)
                for row in rows
            ],
        )
        # Whoever is restored below may still point at those who go; managers are checked late.
        for part in batches([person_id for person_id in made if person_id not in kept]):
            self.session.execute(delete(Person).where(Person.id.in_(part)))

    def restore_people(self) -> None:
        """Write back whole rows, further units and digests of whom the plan changed."""
        rows = [[*row[:2], None, *row[3:]] for row in self._rows("was:people")]
        writing.write_people(self.session, rows)
        ids = [row[0] for row in rows]
        writing.write_memberships(self.session, ids, self._rows("was:memberships"))
        writing.forget_digests(self.session, ids)

    def restore_units(self, named: NamedElsewhere) -> None:
        """Open and close units as before, and delete those that the plan created."""
        for active in (True, False):
            ids = [id_ for id_, was_active in self._rows("was:units") if was_active is active]
            writing.set_units_active(self.session, ids, active=active)
        made = self._rows("made_units")
        kept = named.units(self.session, made) & set(made) if made else set()
        writing.set_units_active(self.session, kept, active=False)
        kept = self._with_parents(kept, set(made))
        doomed = [unit_id for unit_id in made if unit_id not in kept]
        # Children have higher ids than their parents within one plan.
        for part in batches(sorted(doomed, reverse=True)):
            self.session.execute(delete(Unit).where(Unit.id.in_(part)))

    def _with_parents(self, kept: set[int], made: set[int]) -> set[int]:
        found = set(kept)
        while True:
            query = select(Unit.parent_id).where(Unit.id.in_(found), Unit.parent_id.is_not(None))
            above = {id_ for id_ in self.session.scalars(query) if id_ in made} - found
            if not above:
                return found
            writing.set_units_active(self.session, above, active=False)
            found |= above

    def _rows(self, kind: str) -> list[Any]:
        return list(read_rows(self.session, self.plan_id, kind))
