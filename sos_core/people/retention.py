"""What of the people's room grows old: rows of plans, and people who left long ago."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from sos_core.database.session import OrganizationSession
from sos_core.people.chunks import read_rows
from sos_core.people.personal import empty_people
from sos_core.people.plan_traces import NO_TITLE, NUMBERS_ALONE, empty_plans, kinds_of_plans
from sos_core.people.queries import ERASED
from sos_core.people.state import lock_version
from sos_core.people.tables import ChangeChunk, ChangePlan, PeopleState, Person
from sos_core.people.traces import numbers_in

SETTLED = ("open", "applied", "discarded", "undone")
"""Plans that nothing is at work on at this moment."""
Stamp = tuple[int, int]
"""Version of the people and number of the newest plan: while both stand, nothing has happened."""


def old_plans(session: OrganizationSession, before: datetime, most: int | None = None) -> list[int]:
    """Return plans with rows that were made, decided or undone before ``before``, the oldest first."""
    return list(session.scalars(_old(before).limit(most)))


def empty_old_plans(
    session: OrganizationSession,
    plan_ids: Collection[int],
    before: datetime,
    *,
    actor: str,
    now: datetime,
) -> list[int]:
    """Empty those of the plans that are still old, and return them; open ones are discarded."""
    lock_version(session)
    found = list(session.scalars(_old(before).where(ChangePlan.id.in_(plan_ids))))
    empty_plans(session, found, actor=actor, now=now)
    return found


def stamp_of(session: OrganizationSession, *, held: bool = False) -> Stamp:
    """Return the stamp; ``held``: nobody changes people before the commit."""
    version = lock_version(session) if held else session.scalar(select(PeopleState.version))
    return version or 0, session.scalar(select(func.max(ChangePlan.id))) or 0


def long_inactive(session: OrganizationSession, before: datetime) -> list[int]:
    """Return who has been inactive since before ``before`` and is named by no plan with rows, by id.

    Every change of a person is a plan's, and a plan's numbers stay: whom none has touched since
    then is as they were then. Nobody is returned while a plan is being carried out.
    """
    idle = set(
        session.scalars(select(Person.id).where(Person.active.is_(False), Person.source != ERASED))
    )
    if not idle or session.scalar(_at_work()) is not None:
        return []
    recent = set(session.scalars(select(ChangePlan.id).where(_last_step() >= before)))
    for plan_id, kinds in kinds_of_plans(session).items():
        rows_are_kept = not kinds <= NUMBERS_ALONE
        if not rows_are_kept and plan_id not in recent:
            continue
        for kind in kinds:
            if kind == "touched" or rows_are_kept:
                rows = read_rows(session, plan_id, kind)
                idle.difference_update(chain.from_iterable(numbers_in(kind, row) for row in rows))
    return sorted(idle)


def addresses_of(
    session: OrganizationSession, person_ids: Collection[int]
) -> dict[int, tuple[str, str | None]]:
    """Return name and address of people who are still inactive and were not erased, by id."""
    query = select(Person.id, Person.name, Person.email).where(
        Person.id.in_(person_ids), Person.active.is_(False), Person.source != ERASED
    )
    return {id_: (name, email) for id_, name, email in session.execute(query)}


def forget_people(session: OrganizationSession, person_ids: Collection[int]) -> None:
    """Empty the rows of people whom no plan names; bare numbers stay.

    The version of the people stays too: no plan that waits was made from what they were.
    """
    empty_people(session, person_ids)


def _old(before: datetime) -> Select[int]:
    rows = exists().where(
        ChangeChunk.plan_id == ChangePlan.id, ChangeChunk.kind.not_in(NUMBERS_ALONE)
    )
    return (
        select(ChangePlan.id)
        .where(
            ChangePlan.state.in_(SETTLED),
            _last_step() < before,
            or_(ChangePlan.title != NO_TITLE, rows),
        )
        .order_by(ChangePlan.id)
    )


def _at_work() -> Select[int]:
    return select(ChangePlan.id).where(ChangePlan.state.not_in(SETTLED)).limit(1)


def _last_step() -> ColumnElement[datetime]:
    return func.coalesce(ChangePlan.undone_at, ChangePlan.decided_at, ChangePlan.created_at)
