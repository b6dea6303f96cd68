"""The history of changes of people: what each plan did, in words, and the button that undoes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.queries import account_names
from sos_core.application import Application
from sos_core.content import LANGUAGES, endonym, message, text
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, SosError
from sos_core.people.plan_queries import FieldChange, PlanRow, PlanView, plan, plan_rows, plans
from sos_core.people.undoing import undo_blocked_by, undo_plan
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, go, number, page, status_of, words_of
from sos_graphql.nodes import node_id

KINDS = (
    *("added", "changed", "moved", "reactivated", "deactivated"),
    *("suspect", "unit", "leader", "notice"),
)
PEOPLE = KINDS[:5]
AT_ONCE = 25
"""Plans on a page, and rows of each kind of one plan."""
ACTIONS = {"changed": "stays"}


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words, with the fields that change; ``person_id`` where it is about a person."""

    words: str
    changes: tuple[str, ...] = ()
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A plan in words: its lines, how many more there are, and the people whom they name."""

    plan: PlanView
    lines: tuple[Line, ...]
    more: int

    @property
    def people(self) -> frozenset[int]:
        """Return the people whom the lines are about."""
        return frozenset(line.person_id for line in self.lines if line.person_id is not None)


def plan_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/app/people/plans``."""
    return [
        page(application, "/app/people/plans", history),
        page(application, "/app/people/plans/{plan}", one_plan),
        page(application, "/app/people/plans/{plan}/undo", undo, posts=True),
    ]


async def history(visit: Visit) -> Response:
    """List plans, the newest first, some at a time."""
    visit.asker.administer()
    given = visit.request.query_params.get("before")
    before = number(given) if given else None

    def work(session: OrganizationSession) -> tuple[list[PlanView], dict[str, str]]:
        return plans(session, before=before, limit=AT_ONCE + 1), account_names(session)

    found, names = await visit.asker.read(work)
    return await show(
        visit,
        "plans.html",
        plans=[
            (view, names.get(view.created_by, view.created_by), people_in_plan(view))
            for view in found[:AT_ONCE]
        ],
        next_address=f"/app/people/plans?before={found[AT_ONCE - 1].id}"
        if len(found) > AT_ONCE
        else None,
    )


async def one_plan(visit: Visit, wrong: SosError | None = None) -> Response:
    """Show what a plan does or did, and whether it can be undone."""
    visit.asker.administer()
    plan_id, language = visit.number("plan"), visit.asker.language

    def work(session: OrganizationSession) -> tuple[Told, PlanView | None, dict[str, str]]:
        told = told_plan(session, plan_id, language)
        blocking = undo_blocked_by(session, plan_id)
        later = None if blocking is None else plan(session, blocking)
        return told, later, account_names(session)

    told, later, names = await visit.asker.read(work)
    return await show(
        visit,
        "plan.html",
        status=status_of(wrong) if wrong else 200,
        told=told,
        plan=told.plan,
        plan_key=node_id("ChangePlan", plan_id),
        later=later,
        names=names,
        wrong=words_of(wrong, language) if wrong else None,
    )


async def undo(visit: Visit) -> Response:
    """Bring everything back that a plan changed."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    plan_id, named = visit.number("plan"), visit.application.named_elsewhere
    if not visit.posted:
        return go(f"/app/people/plans/{plan_id}")
    try:
        await visit.asker.write(
            lambda session: undo_plan(session, plan_id, actor=actor, now=now, named=named)
        )
    except NotFound:
        raise
    except SosError as error:
        return await one_plan(visit, error)
    return go(f"/app/people/plans/{plan_id}?done=undo")


def told_plan(session: OrganizationSession, plan_id: int, language: str) -> Told:
    """Return a plan in words; raise NotFound when there is none."""
    view = plan(session, plan_id)
    lines: list[Line] = []
    more = 0
    for kind in KINDS:
        rows = plan_rows(session, plan_id, kind, count=AT_ONCE) if view.counts.get(kind) else []
        lines.extend(line_of(row, language) for row in rows)
        more += view.counts.get(kind, 0) - len(rows)
    return Told(view, tuple(lines), more)


def people_in_plan(view: PlanView) -> int:
    """Return of how many people something changes."""
    return sum(view.counts.get(kind, 0) for kind in PEOPLE)


def line_of(row: PlanRow, language: str) -> Line:
    """Return a row of a plan in words."""
    if row.code:
        what, _ = message(language, row.code, row.values, row.kind) or (row.what, "")
        return Line(what)
    action = ACTIONS.get(row.action, row.action) or row.kind
    unit = " › ".join(row.unit) or row.name
    words = text(language, f"app.plan.row.{action}", name=row.name, unit=unit)
    told = () if row.kind == "leader" else row.changes
    return Line(words, tuple(change_text(change, language) for change in told), row.person_id)


def change_text(change: FieldChange, language: str) -> str:
    """Return the change of one field in words, such as “Language: English → Svenska”."""
    label = text(language, f"person_field.{change.field}")
    before, after = (
        _value(change.field, value, language) for value in (change.before, change.after)
    )
    return f"{label}: {before} → {after}" if change.before else f"{label}: {after}"


def _value(field: str, value: str | None, language: str) -> str:
    if value is None:
        return "–"
    shown: Mapping[str, str] = {}
    if field == "language":
        shown = {tag: endonym(tag) for tag in LANGUAGES}
    elif field == "user_type":
        shown = {kind: text(language, f"app.type.{kind}") for kind in ("participant", "viewer")}
    return shown.get(value, value)
