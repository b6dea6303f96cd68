"""Makes plans of uploaded files and applies them; large ones in a process of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_core.organizations.queries import organization
from sos_core.people import applying, planning
from sos_core.people.comparison import Request
from sos_core.people.plan_queries import plan
from sos_graphql.apart import ENDED, NICE, run_apart

BYTES_HERE = 256 * 1024
"""A smaller file (some 5,000 people in a workbook) is compared sooner than a process has started."""
ROWS_HERE = 5_000


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides about people, for which organization, and when."""

    organization_id: int
    actor: str
    now: datetime


def plan_of_upload(
    application: Application, decision: Decision, upload: Path, mode: str, scope: int | None
) -> int:
    """Compare an uploaded file with what is known, store the plan, and return its id."""
    given = (decision, upload, mode, scope)
    if upload.stat().st_size <= BYTES_HERE:
        return make_plan(application, *given)
    return run_apart(application, make_plan, *given, niceness=NICE)


def apply_plan(
    application: Application, decision: Decision, plan_id: int, confirmation: str | None
) -> None:
    """Carry out a plan; where the process that does it ends too early, this one goes on with it."""
    with application.database.read(decision.organization_id) as session:
        rows = applying.changes_in(plan(session, plan_id).counts)
    given = (decision, plan_id, confirmation)
    if rows <= ROWS_HERE:
        carry_out(application, *given)
        return
    try:
        run_apart(application, carry_out, *given)
    except Unavailable as error:
        if error.code != ENDED:
            raise
        with application.database.read(decision.organization_id) as session:
            if applying.in_progress(session, plan_id) is None:
                raise
        applying.carry_on(
            application.database,
            decision.organization_id,
            plan_id,
            clock=application.clock,
            named=application.named_elsewhere,
        )


def make_plan(
    application: Application, decision: Decision, upload: Path, mode: str, scope: int | None
) -> int:
    """Make the plan in this process."""
    format_ = application.people_format(upload.name)
    request = Request(mode=mode, scope_unit_id=scope, source=format_.name, title=upload.name)
    # Reading and comparing take the longest and only read, so nobody waits for them.
    with application.database.read(decision.organization_id) as session:
        levels = organization(session, decision.organization_id).levels
        pages = format_.open(upload, levels).pull(None)
        draft = planning.draft_plan(session, pages, request)
    with application.database.write(decision.organization_id) as session:
        return planning.store_plan(session, draft, actor=decision.actor, now=decision.now)


def carry_out(
    application: Application, decision: Decision, plan_id: int, confirmation: str | None
) -> None:
    """Apply the plan in this process."""
    applying.apply_in_turns(
        application.database,
        decision.organization_id,
        plan_id,
        actor=decision.actor,
        now=decision.now,
        clock=application.clock,
        confirmation=confirmation,
        named=application.named_elsewhere,
    )
