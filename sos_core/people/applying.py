"""Applies a plan, and keeps beside it what an exact undo needs.

A small plan is one transaction. A large one is many short ones, so that others may write between
them; meanwhile its state is ``applying``, and nobody else changes people. Whoever finds it in that
state may carry it on: each transaction begins where the one before has noted that it ended.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, Unavailable
from sos_core.jobs import enqueue
from sos_core.organizations.audit import record
from sos_core.people.applier import Applier, Enough, set_aside
from sos_core.people.draft import CHANGES
from sos_core.people.guard import Judgment, check_confirmation
from sos_core.people.reading import uncollected
from sos_core.people.state import APPLYING, bump_version, find_plan, lock_version, open_plan
from sos_core.people.tables import ChangePlan
from sos_core.people.undoing import NOWHERE, NamedElsewhere, take_back

FINISH = "people.finish_plan"
SMALL = 1_000
"""A plan of fewer rows is one transaction: it takes no longer than others may be made to wait."""
LONGEST_PAUSE = 0.1
"""Seconds that a plan waits at most after a part; else as long as the part took."""
PATIENCE = timedelta(seconds=60)
"""After so long a job looks whether the plan was carried out to its end."""


def apply_plan(
    session: OrganizationSession,
    plan_id: int,
    *,
    actor: str,
    now: datetime,
    confirmation: str | None = None,
) -> None:
    """Carry out a plan in the caller's transaction.

    Raises Conflict when people have changed since it was made, InvalidInput when suspects are
    undecided or ``confirmation`` is not what the plan's guard asks for.
    """
    plan = _begin(session, plan_id, actor=actor, now=now, confirmation=confirmation)
    with uncollected():
        applier = Applier(session, plan)
        part = applier.next_part(session)
        applier.write(session, plan, part, now=now, enough=lambda: False)
    _end(session, plan, now)


def apply_in_turns(
    database: Database,
    organization_id: int,
    plan_id: int,
    *,
    actor: str,
    now: datetime,
    clock: Clock,
    confirmation: str | None = None,
    named: NamedElsewhere = NOWHERE,
    enough: Enough | None = None,
) -> None:
    """Carry out a plan in transactions of its own, a large one in many; raises as ``apply_plan``.

    ``enough`` says when a transaction has to end; by default when somebody waits at the write gate.
    """
    with database.write(organization_id) as session:
        # Before the plan: whoever locks both takes them in this order, and nobody waits in a ring.
        lock_version(session)
        small = changes_in(find_plan(session, plan_id).counts) < SMALL
        begin = apply_plan if small else _begin
        begin(session, plan_id, actor=actor, now=now, confirmation=confirmation)
        if small:
            return
        enqueue(session, FINISH, organization_id, plan_id, run_at=now + PATIENCE)
    carry_on(database, organization_id, plan_id, clock=clock, named=named, enough=enough)


def carry_on(
    database: Database,
    organization_id: int,
    plan_id: int,
    *,
    clock: Clock,
    named: NamedElsewhere = NOWHERE,
    enough: Enough | None = None,
) -> None:
    """Carry a plan that is being applied to its end; nothing where it has come there already.

    After an error of the program all of it is taken back. Where the database is away, what is done
    stays, and the same call goes on later.
    """
    try:
        with uncollected():
            _turns(database, organization_id, plan_id, clock, enough or database.is_wanted)
    except Unavailable:
        raise
    except Exception:
        with database.write(organization_id) as session:
            take_back(session, plan_id, named)
        raise


def changes_in(counts: Mapping[str, int]) -> int:
    """Return how many rows of a plan have to be written."""
    return sum(counts.get(kind, 0) for kind in (*CHANGES, "digest"))


def in_progress(session: OrganizationSession, plan_id: int) -> datetime | None:
    """Return when a plan that is being applied was last worked on; None where it is not."""
    query = select(ChangePlan.progress).where(
        ChangePlan.id == plan_id, ChangePlan.state == APPLYING
    )
    progress = session.scalar(query)
    return None if progress is None else datetime.fromisoformat(progress["at"])


def _turns(
    database: Database, organization_id: int, plan_id: int, clock: Clock, enough: Enough
) -> None:
    applier: Applier | None = None
    while True:
        began = time.monotonic()
        # Working a part out takes as long as writing it: nobody has to wait for that.
        with database.read(organization_id) as session:
            if applier is None:
                plan = session.scalar(select(ChangePlan).where(ChangePlan.id == plan_id))
                if plan is None or plan.state != APPLYING:
                    return
                applier = Applier(session, plan)
            part = applier.next_part(session)
        with database.write(organization_id) as session:
            plan = find_plan(session, plan_id)
            if plan.state != APPLYING:
                return
            if plan.progress != applier.stored:
                applier = None  # somebody else carries it on, too
            elif applier.write(session, plan, part, now=clock(), enough=enough):
                _end(session, plan, clock())
                return
        # Somebody waited: what they came for needs the processors, too.
        time.sleep(min(time.monotonic() - began, LONGEST_PAUSE))


def _begin(
    session: OrganizationSession,
    plan_id: int,
    *,
    actor: str,
    now: datetime,
    confirmation: str | None = None,
) -> ChangePlan:
    version = lock_version(session)
    plan = open_plan(session, plan_id)
    _check(plan, version, confirmation)
    plan.state, plan.decided_by, plan.decided_at = APPLYING, actor, now
    set_aside(session, plan, now)
    session.flush()
    return plan


def _end(session: OrganizationSession, plan: ChangePlan, now: datetime) -> None:
    plan.state, plan.progress = "applied", None
    plan.applied_version = plan.base_version
    # A plan that changes nothing leaves those right that were made from the same people.
    if changes_in(plan.counts):
        plan.applied_version = bump_version(session, plan.base_version)
    record(
        session,
        actor=plan.decided_by or "",
        verb="people.plan_applied",
        subject=f"change_plan:{plan.id}",
        now=now,
        details={"source": plan.source, "counts": plan.counts},
    )


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
