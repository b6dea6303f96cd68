"""Plans of changes as they are read: the list of them, and their rows page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.people.chunks import read_rows
from sos_core.people.plan_rows import FieldChange, PlanRow, Reader
from sos_core.people.plan_traces import ERASED_MARK
from sos_core.people.queries import people_version
from sos_core.people.tables import ChangePlan

__all__ = ["FieldChange", "PlanRow", "PlanView", "plan", "plan_rows", "plans"]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan: its state, how many rows of each kind it has, and what its guard asks for.

    ``confirmation`` is what must be typed to apply it ("": nothing); ``same`` holds the answer to
    each suspected change of address, None where there is none yet; ``outdated`` tells that an open
    plan's base has changed, ``erased`` that its rows are gone with a person's data, so that it
    cannot be undone.
    """

    id: int
    state: str
    mode: str
    scope_unit_id: int | None
    source: str
    title: str
    counts: Mapping[str, int]
    confirmation: str
    reasons: tuple[str, ...]
    same: tuple[bool | None, ...]
    created_by: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None
    outdated: bool
    erased: bool


def plans(
    session: OrganizationSession, *, before: int | None = None, limit: int = 50
) -> list[PlanView]:
    """Return the newest plans, older than plan ``before`` where given."""
    query = select(ChangePlan).order_by(ChangePlan.id.desc()).limit(limit)
    if before is not None:
        query = query.where(ChangePlan.id < before)
    version = people_version(session)
    return [_plan_view(plan, version) for plan in session.scalars(query)]


def plans_page(
    session: OrganizationSession, *, start: int, count: int
) -> tuple[list[PlanView], int]:
    """Return up to ``count`` plans from position ``start`` on, the newest first, and their number."""
    total = session.scalar(select(func.count()).select_from(ChangePlan)) or 0
    query = select(ChangePlan).order_by(ChangePlan.id.desc()).offset(start).limit(count)
    version = people_version(session)
    return [_plan_view(plan, version) for plan in session.scalars(query)], total


def plan(session: OrganizationSession, plan_id: int) -> PlanView:
    """Return a plan; raise NotFound when there is none."""
    found = session.scalar(select(ChangePlan).where(ChangePlan.id == plan_id))
    if found is None:
        raise NotFound(
            "There is no such plan of changes.", "Look at the list of plans.", code="no_such_plan"
        )
    return _plan_view(found, people_version(session))


def plan_rows(
    session: OrganizationSession, plan_id: int, kind: str, *, start: int = 0, count: int = 100
) -> list[PlanRow]:
    """Return up to ``count`` rows of one kind (draft.KINDS) from position ``start`` on."""
    view = plan(session, plan_id)
    rows = list(read_rows(session, plan_id, kind, start, count))
    if not rows or kind == "digest":
        return []
    reader = Reader(session, view.id, kind, rows)
    found = [reader.row(position, row) for position, row in enumerate(rows, start)]
    if kind == "suspect":
        return [replace(row, same=view.same[row.position]) for row in found]
    if kind == "added" and view.state == "applied":
        made = read_rows(session, plan_id, "made", start, count)
        return [replace(row, person_id=id_) for row, id_ in zip(found, made, strict=False)]
    return found


def _plan_view(row: ChangePlan, version: int) -> PlanView:
    return PlanView(
        id=row.id,
        state=row.state,
        mode=row.mode,
        scope_unit_id=row.scope_unit_id,
        source=row.source,
        title=row.title,
        counts={kind: count for kind, count in row.counts.items() if kind != "digest"},
        confirmation=row.guard["confirmation"],
        reasons=tuple(row.guard["reasons"]),
        same=tuple(row.guard["same"]),
        created_by=row.created_by,
        created_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        outdated=row.state == "open" and row.base_version != version,
        erased=bool(row.guard.get(ERASED_MARK)),
    )
