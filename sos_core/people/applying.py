"""Applies a plan in one transaction, and keeps beside it what an exact undo needs."""

from __future__ import annotations

from datetime import datetime

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput
from sos_core.organizations.audit import record
from sos_core.people.applier import Applier
from sos_core.people.chunks import write_rows
from sos_core.people.guard import Judgment, check_confirmation
from sos_core.people.reading import uncollected
from sos_core.people.state import bump_version, lock_version, open_plan
from sos_core.people.tables import ChangePlan
from sos_core.people.writing import Before

IDS = ("made", "made_units", "led_units", "touched", "touched_units", "named", "named_units")


def apply_plan(
    session: OrganizationSession,
    plan_id: int,
    *,
    actor: str,
    now: datetime,
    confirmation: str | None = None,
) -> None:
    """Carry out a plan.

    Raises Conflict when people have changed since it was made, InvalidInput when suspects are
    undecided or ``confirmation`` is not what the plan's guard asks for.
    """
    version = lock_version(session)
    plan = open_plan(session, plan_id)
    _check(plan, version, confirmation)
    with uncollected():
        applier = Applier(session, plan)
        applier.apply()
        _keep(session, plan_id, applier.before)
    plan.state, plan.decided_by, plan.decided_at = "applied", actor, now
    plan.applied_version = bump_version(session, version)
    record(
        session,
        actor=actor,
        verb="people.plan_applied",
        subject=f"change_plan:{plan_id}",
        now=now,
        details={"source": plan.source, "counts": plan.counts},
    )


def _keep(session: OrganizationSession, plan_id: int, before: Before) -> None:
    """Store what an undo needs."""
    for kind in ("people", "memberships", "leaderships", "units"):
        write_rows(session, plan_id, f"was:{kind}", getattr(before, kind))
    for kind in IDS:
        write_rows(session, plan_id, kind, sorted(getattr(before, kind)))


def _check(plan: ChangePlan, version: int, confirmation: str | None) -> None:
    if plan.base_version != version:
        raise Conflict(
            "People have changed since this plan was made, so it may no longer be right.",
            "Upload the file again: the new plan starts from what is known now.",
            code="plan_outdated",
        )
    if None in plan.guard["same"]:
        raise InvalidInput(
            "The plan suspects that people have a new address, and that is not decided yet.",
            "Say for each of them whether it is the same person.",
            code="suspects_undecided",
            field="suspects",
        )
    guard = plan.guard
    check_confirmation(Judgment(guard["confirmation"], tuple(guard["reasons"])), confirmation)
