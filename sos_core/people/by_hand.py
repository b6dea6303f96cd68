"""People changed by hand: the same road as a file, a plan that is applied at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput
from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.planning import draft_plan, store_plan
from sos_core.people.queries import person
from sos_core.records import PeoplePage, PersonRecord, UnitPath

SOURCE = "hand"
REFUSED = frozenset({"language_unknown", "manager_unknown", "manager_self", "manager_cycle"})
"""What a file is only told about, since its other rows and fields go on: here it is all there is."""


def add_person(
    session: OrganizationSession, record: PersonRecord, *, actor: str, now: datetime
) -> int:
    """Add one person and return the plan's id; raise InvalidInput or Conflict where it cannot be."""
    return _carry_out(session, record, Request(source=SOURCE, hand=True), "added", actor, now)


def edit_person(
    session: OrganizationSession,
    person_id: int,
    record: PersonRecord,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Change what ``record`` says about a person and return the plan's id.

    None (for the name: an empty one) leaves a field alone; an empty manager address removes the
    manager. An inactive person becomes active again.
    """
    present = person(session, person_id)
    # A person without a new address still needs something to be recognized by.
    record = record._replace(
        email=record.email or present.email,
        employee_id=record.employee_id or present.employee_id,
    )
    request = Request(source=SOURCE, hand=True, pinned=(person_id,))
    return _carry_out(session, record, request, "", actor, now)


def move_person(
    session: OrganizationSession,
    person_id: int,
    memberships: Sequence[UnitPath],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Give a person these units, the home first (an empty path: the organization itself).

    An inactive person becomes active again, as by ``edit_person``.
    """
    record = PersonRecord(name="", memberships=tuple(memberships))
    return edit_person(session, person_id, record, actor=actor, now=now)


def deactivate_person(
    session: OrganizationSession, person_id: int, *, actor: str, now: datetime
) -> int:
    """Deactivate a person, who then takes part in nothing new; return the plan's id."""
    person(session, person_id)
    request = Request(source=SOURCE, hand=True, deactivate=frozenset({person_id}))
    return _carry_out(session, None, request, "", actor, now)


def reactivate_person(
    session: OrganizationSession, person_id: int, *, actor: str, now: datetime
) -> int:
    """Make a person active again, in the units as before but leading none; return the plan's id."""
    return edit_person(session, person_id, PersonRecord(name=""), actor=actor, now=now)


def _carry_out(
    session: OrganizationSession,
    record: PersonRecord | None,
    request: Request,
    only: str,
    actor: str,
    now: datetime,
) -> int:
    """Plan and apply one change; ``only`` is the kind of row that it must come to."""
    page = PeoplePage(records=[record] if record else [])
    draft = draft_plan(session, [page], request)
    for code, what, remedy, _, column, _, values in draft.rows["rejected"]:
        raise InvalidInput(what, remedy, code=code, field=column, values=values)
    for code, what, _, _, values in draft.rows["notice"]:
        if code in REFUSED:
            remedy = "Correct it and save again."
            raise InvalidInput(what, remedy, code=code, values=values)
    if only and not draft.counts[only]:
        known = next((row[3] for row in _known_rows(draft.rows)), record.name if record else "")
        raise Conflict(
            "{name} is known already.",
            "Edit or reactivate that person instead.",
            code="person_exists",
            values={"name": known},
        )
    changed = [row[3] for row in (*draft.rows["added"], *_known_rows(draft.rows))]
    gone = [row[2] for row in draft.rows["deactivated"]]
    draft.title = ", ".join(str(name) for name in (*changed, *gone)) or (
        record.name if record else ""
    )
    plan_id = store_plan(session, draft, actor=actor, now=now)
    apply_plan(session, plan_id, actor=actor, now=now, confirmation=draft.judgment.confirmation)
    return plan_id


def _known_rows(rows: Any) -> list[Any]:
    return [row for kind in ("changed", "moved", "reactivated") for row in rows[kind]]
