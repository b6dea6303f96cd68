"""Plans as the schema shows them: sentences in the caller's language, rows page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access.queries import account_names
from sos_core.access.scopes import Scope
from sos_core.content import message, text
from sos_core.database.session import OrganizationSession
from sos_core.people import plan_queries
from sos_core.people.plan_queries import PlanRow, PlanView
from sos_core.people.undoing import undo_blocked_by
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, resolved, told
from sos_graphql.nodes import (
    After,
    Connection,
    First,
    Node,
    node_id,
    number_of,
    page_of,
    page_size,
    place_after,
)
from sos_graphql.people.loading import unit_by_id
from sos_graphql.people.plans import (
    ChangeAction,
    ChangeCounts,
    ChangeKind,
    ChangePlanState,
    ChangeRow,
    FieldChange,
    ImportMode,
    PlanNotice,
    SuspectedChange,
)
from sos_graphql.people.types import Unit, unit_type

RowKind = Annotated[ChangeKind, strawberry.argument(description="Which rows to return.")]


@described
class ChangePlan(Node):
    """A difference that can be read, then applied or discarded, and undone after that."""

    number: strawberry.Private[int]
    state: ChangePlanState = told("What has become of it.")
    mode: ImportMode = told("How the list was taken.")
    source: str = told("Key of where it came from: excel, hand and so on.")
    title: str = told("Name of the file, or a few words.")
    below: Unit | None = told("The unit that the complete list is about; null: all units.")
    created_at: datetime = told("When it was made.")
    created_by: str = told("Who made it, by today's name.")
    decided_at: datetime | None = told("When it was applied or discarded; null: not yet.")
    decided_by: str | None = told("Who applied or discarded it, by today's name; null: nobody yet.")
    undone_at: datetime | None = told("When it was undone; null: it was not.")
    undone_by: str | None = told("Who undid it, by today's name; null: nobody.")
    counts: ChangeCounts = told("How many rows it has of each kind.")
    confirmation: str | None = told("What has to be typed before it is applied; null: nothing.")
    reasons: list[PlanNotice] = told("Why something has to be typed.")
    undecided_count: int = told("How many suspects are still to be decided.")
    outdated: bool = told("Whether people have changed since it was made, so that it is refused.")
    erased: bool = told(
        "Whether its rows are gone, with a person's data or with time; it cannot be undone then."
    )

    @resolved
    async def rows(
        self, info: Info, kind: RowKind, first: First, after: After = None
    ) -> Connection[ChangeRow]:
        """The rows of one kind, in the order of the source."""
        return await plan_rows(info, self, kind, first, after)

    @resolved
    async def can_undo(self, info: Info) -> bool:
        """Whether it can be undone now."""
        if self.erased or self.state is not ChangePlanState.APPLIED:
            return False
        return await undo_obstacle(info, self) is None

    @resolved
    async def undo_blocked_by(self, info: Info) -> ChangePlan | None:
        """The later plan that must be undone first; null where there is none."""
        number = await undo_obstacle(info, self)
        return None if number is None else await plan_by_number(info, number)


async def change_plans(info: Info, first: int, after: str | None) -> Connection[ChangePlan]:
    """Return plans for an administrator, the newest first."""
    asker = context(info)
    asker.administer(Scope.PEOPLE_READ)
    start, size = place_after(after), page_size(first)

    def work(session: OrganizationSession) -> tuple[list[PlanView], int, dict[str, str]]:
        found, total = plan_queries.plans_page(session, start=start, count=size)
        return found, total, account_names(session)

    found, total, names = await asker.read(work)
    nodes = await asyncio.gather(*(plan_type(info, view, names) for view in found))
    return page_of(nodes, start, total)


async def change_plan(info: Info, given: str) -> ChangePlan:
    """Return a plan for an administrator; raise NotFound where there is none."""
    asker = context(info)
    asker.administer(Scope.PEOPLE_READ)
    return await plan_by_number(info, number_of("ChangePlan", given))


async def plan_by_number(info: Info, number: int) -> ChangePlan:
    """Return a plan; raise NotFound where there is none."""

    def work(session: OrganizationSession) -> tuple[PlanView, dict[str, str]]:
        return plan_queries.plan(session, number), account_names(session)

    view, names = await context(info).read(work)
    return await plan_type(info, view, names)


async def plan_type(info: Info, view: PlanView, names: Mapping[str, str]) -> ChangePlan:
    """Return a plan as the schema shows it."""
    asker = context(info)
    scope = None
    if view.scope_unit_id is not None:
        scope = await unit_by_id(info, view.scope_unit_id)
    kinds = [kind.value for kind in ChangeKind]
    return ChangePlan(
        id=node_id("ChangePlan", view.id),
        number=view.id,
        state=ChangePlanState(view.state),
        mode=ImportMode(view.mode),
        source=view.source,
        title=view.title,
        below=unit_type(scope) if scope else None,
        created_at=view.created_at,
        created_by=names.get(view.created_by, view.created_by),
        decided_at=view.decided_at,
        decided_by=names.get(view.decided_by or "", view.decided_by),
        undone_at=view.undone_at,
        undone_by=names.get(view.undone_by or "", view.undone_by),
        counts=ChangeCounts(
            **{kind: view.counts.get(kind, 0) for kind in kinds},
            unchanged=view.counts.get("unchanged", 0),
        ),
        confirmation=view.confirmation or None,
        reasons=[
            PlanNotice(code=code, what=_told(asker.language, code, {}, "notice", code)[0])
            for code in view.reasons
        ],
        undecided_count=view.same.count(None),
        outdated=view.outdated,
        erased=view.erased,
    )


async def plan_rows(
    info: Info, plan: ChangePlan, kind: ChangeKind, first: int, after: str | None
) -> Connection[ChangeRow]:
    """Return a page of a plan's rows of one kind."""
    asker = context(info)
    start, size = place_after(after), page_size(first)
    found = await asker.read(
        lambda session: plan_queries.plan_rows(
            session, plan.number, kind.value, start=start, count=size
        )
    )
    rows = [_row_type(asker, kind, row) for row in found]
    return page_of(rows, start, getattr(plan.counts, kind.value))


async def undo_obstacle(info: Info, plan: ChangePlan) -> int | None:
    """Return the number of the plan that must be undone before ``plan``."""
    asker = context(info)
    return await asker.once(
        f"undo {plan.number}",
        lambda: asker.read(lambda session: undo_blocked_by(session, plan.number)),
    )


def _row_type(asker: Context, kind: ChangeKind, row: PlanRow) -> ChangeRow:
    what = remedy = None
    if row.code:
        what, remedy = _told(asker.language, row.code, row.values, _kind_of_text(kind), row.what)
        remedy = remedy or row.remedy or None
    person = None if row.person_id is None else node_id("Person", row.person_id)
    suspect = None
    if kind is ChangeKind.SUSPECT and person is not None:
        address = next((change for change in row.changes if change.field == "email"), None)
        suspect = SuspectedChange(
            position=row.position,
            known_id=person,
            before=address.before if address else None,
            after=row.email,
            same=row.same,
        )
    return ChangeRow(
        kind=kind,
        row=row.row,
        sheet=row.sheet,
        column=row.column,
        person_id=person,
        name=row.name or None,
        email=row.email,
        unit_path=list(row.unit) or None,
        action=ChangeAction(row.action) if row.action else None,
        changes=[_change_type(asker.language, change) for change in row.changes],
        what=what,
        remedy=remedy,
        suspect=suspect,
    )


def _change_type(language: str, change: plan_queries.FieldChange) -> FieldChange:
    return FieldChange(
        field=change.field,
        label=text(language, f"person_field.{change.field}"),
        before=change.before,
        after=change.after,
    )


def _kind_of_text(kind: ChangeKind) -> str:
    return "rejection" if kind is ChangeKind.REJECTED else "notice"


def _told(
    language: str, code: str, values: Mapping[str, str], kind: str, english: str
) -> tuple[str, str]:
    return message(language, code, values, kind) or (english, "")
