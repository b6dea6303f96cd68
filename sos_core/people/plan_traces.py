"""Plans that name a person: found by number and by word, and emptied when the person is erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from sos_core.database.session import OrganizationSession
from sos_core.people.chunks import read_rows
from sos_core.people.tables import ChangeChunk, ChangePlan
from sos_core.people.traces import Traces, said_about

ERASED_MARK = "erased"
"""In a plan's guard: its rows are gone, so that it can be neither read nor undone."""
NUMBERS_ALONE = frozenset({"touched", "touched_units", "named", "named_units"})
"""Kinds that hold bare numbers, by which an earlier plan still knows that a later one came."""
NO_TITLE = "–"
TELLING = ("was:people", "changed", "moved", "reactivated")


def earlier_words(session: OrganizationSession, person_id: int) -> set[str]:
    """Return the names, addresses and employee ids that plans say a person has or had."""
    words: set[str] = set()
    for plan_id, kinds in kinds_of_plans(session).items():
        for kind in kinds & set(TELLING):
            for row in read_rows(session, plan_id, kind):
                words |= said_about(person_id, kind, row)
        if "made" in kinds:
            made = list(read_rows(session, plan_id, "made"))
            if person_id in made:
                words |= _as_added(session, plan_id, made.index(person_id))
    return words


def plans_naming(session: OrganizationSession, traces: Traces) -> list[int]:
    """Return the plans that name the person in their title or in any row, by id."""
    titles = session.execute(select(ChangePlan.id, ChangePlan.title))
    found = {plan_id for plan_id, title in titles if traces.in_text(title)}
    for plan_id, kinds in kinds_of_plans(session).items():
        # Bare numbers stay in an emptied plan, which names nobody any more.
        if kinds <= NUMBERS_ALONE or plan_id in found:
            continue
        if any(
            traces.in_row(kind, row)
            for kind in sorted(kinds)
            for row in read_rows(session, plan_id, kind)
        ):
            found.add(plan_id)
    return sorted(found)


def forget_in_plans(
    session: OrganizationSession, traces: Traces, *, actor: str, now: datetime
) -> list[int]:
    """Empty the plans that name the person, discard those that are open, and return their ids."""
    found = plans_naming(session, traces)
    empty_plans(session, found, actor=actor, now=now)
    return found


def empty_plans(
    session: OrganizationSession, plan_ids: Collection[int], *, actor: str, now: datetime
) -> None:
    """Take the rows and the undo data of plans away; counts stay, and open ones are discarded."""
    if not plan_ids:
        return
    session.execute(
        delete(ChangeChunk)
        .where(ChangeChunk.plan_id.in_(plan_ids), ChangeChunk.kind.not_in(NUMBERS_ALONE))
        .execution_options(synchronize_session=False)
    )
    query = select(ChangePlan).where(ChangePlan.id.in_(plan_ids)).with_for_update()
    for plan in session.scalars(query):
        plan.title = NO_TITLE
        plan.guard = {**plan.guard, ERASED_MARK: True}
        if plan.state == "open":
            plan.state, plan.decided_by, plan.decided_at = "discarded", actor, now
    session.flush()


def _as_added(session: OrganizationSession, plan_id: int, position: int) -> set[str]:
    """Return what the plan that made a person, as its ``position``-th, said about them."""
    for row in read_rows(session, plan_id, "added", position, 1):
        return {word for word in row[3:6] if word}
    return set()


def kinds_of_plans(session: OrganizationSession) -> dict[int, set[str]]:
    """Return of which kinds each plan has rows, by the plan's id."""
    found: dict[int, set[str]] = defaultdict(set)
    query = select(ChangeChunk.plan_id, ChangeChunk.kind).distinct()
    for plan_id, kind in session.execute(query.order_by(ChangeChunk.plan_id)):
        found[plan_id].add(kind)
    return dict(found)
