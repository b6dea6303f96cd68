"""The opening: everything that the survey will rest on is copied into it, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput
from sos_core.jobs import enqueue, send_signal
from sos_core.organizations.audit import record
from sos_core.people.queries import (
    PersonView,
    people_by_id,
    people_in,
    person,
    units,
)
from sos_core.people.state import hold_people
from sos_core.surveys import timetable
from sos_core.surveys.copying import Frozen, copy_people, copy_sight, copy_tree, plan_mails
from sos_core.surveys.drafting import draft, locked, set_instants
from sos_core.surveys.lifecycle import OPENED, require_answers
from sos_core.surveys.participation import earlier_surveys, homes, participation
from sos_core.surveys.queries import survey_tree
from sos_core.surveys.rates import MakeRateNodes
from sos_core.surveys.tables import RateShown, Survey

APART = timedelta(days=30)


class SurveyKeys(Protocol):
    """Where survey keys are kept, outside the database; repeating a call is harmless."""

    def create(self, organization_id: int, survey_id: int) -> bytes:
        """Make the survey's key, durable on return."""
        ...

    def destroy(self, organization_id: int, survey_id: int) -> None:
        """Destroy the survey's key."""
        ...


def schedule_survey(
    session: OrganizationSession, survey_id: int, *, now: datetime, actor: str
) -> None:
    """Let a draft open by itself at its time; raise, as the opening does, where it could not."""
    row = draft(session, survey_id)
    _check_dates(row, now)
    people = chosen_people(session, row)
    check_enough(row, people)
    _check_apart_at(session, people, max(now, row.opens_at))
    row.scheduled, row.not_opened = True, None
    record(session, actor=actor, verb="survey.scheduled", subject=f"survey:{row.id}", now=now)


def unschedule_survey(
    session: OrganizationSession, survey_id: int, *, now: datetime, actor: str
) -> None:
    """Keep a draft from opening by itself."""
    draft(session, survey_id).scheduled = False
    record(session, actor=actor, verb="survey.unscheduled", subject=f"survey:{survey_id}", now=now)


def open_survey(
    session: OrganizationSession,
    survey_id: int,
    *,
    now: datetime,
    actor: str,
    keys: SurveyKeys,
    rate_nodes: MakeRateNodes,
) -> None:
    """Open a draft: copy tree, memberships and languages, fix every threshold, make the key.

    Opened before its time, it opens now. Raises Conflict when it is no draft or too near to an
    earlier survey of the same people, InvalidInput when too few people take part, Unavailable while
    a plan of changes is being carried out.
    """
    hold_people(session)
    row = draft(session, survey_id)
    _check_dates(row, now)
    if now < row.opens_at:
        row.opens_local = timetable.wall_time(now, row.time_zone)
        set_instants(row)
        row.opens_at = now
    people = chosen_people(session, row)
    check_enough(row, people)
    _copy(session, row, people, now=now, rate_nodes=rate_nodes)
    plan_mails(session, row)
    row.state, row.scheduled, row.not_opened = "open", False, None
    record(
        session,
        actor=actor,
        verb="survey.opened",
        subject=f"survey:{row.id}",
        now=now,
        details={"invited": len(people)},
    )
    send_signal(session, "surveys")
    session.flush()
    # Last, and before the commit: an open survey without its key would lose every answer.
    keys.create(session.organization_id, row.id)


def _copy(
    session: OrganizationSession,
    row: Survey,
    people: Sequence[PersonView],
    *,
    now: datetime,
    rate_nodes: MakeRateNodes,
) -> None:
    """Copy the tree, the people and who leads; fix the groups whose response rates may be shown."""
    frozen = copy_tree(session, row.id)
    per_unit = Counter(copy_people(session, row, people, frozen).values())
    copy_sight(session, row.id, {view.id for view in people}, frozen)
    earlier = _check_apart(session, row, now)
    if row.previous_id is None and earlier:
        row.previous_id = earlier[0]
    counts = [per_unit[unit] for unit in range(len(frozen.parents))]
    nodes = rate_nodes(frozen.parents, counts, row.threshold_k)
    row.rate_nodes = nodes.to_json()
    session.add(
        RateShown(
            survey_id=row.id,
            shown_at=now,
            invited=nodes.sums(per_unit),
            finished=[0] * len(nodes.start),
        )
    )


def add_participant(
    session: OrganizationSession, survey_id: int, person_id: int, *, now: datetime, actor: str
) -> None:
    """Invite a forgotten person to an open survey; nobody is ever moved or removed."""
    hold_people(session)
    row = locked(session, survey_id)
    require_answers(row.state, row.closes_at, now)
    view = person(session, person_id)
    if participation(session, survey_id, person_id) is not None:
        raise Conflict(
            "{name} takes part in this survey already.",
            "Send the link again if it got lost.",
            code="survey_takes_part_already",
            values={"name": view.name},
        )
    if not _may_answer(view):
        raise InvalidInput(
            "{name} only sees results, or is not active any more.",
            "Change the person's user type first, if it is wrong.",
            code="survey_person_unfit",
            field="personId",
            values={"name": view.name},
        )
    home = _home_at_opening(session, survey_id, view.unit_id)
    copy_people(session, row, [view], Frozen([], {view.unit_id: home}))
    _check_apart(session, row, now)
    record(
        session,
        actor=actor,
        verb="survey.participant_added",
        subject=f"survey:{row.id}",
        now=now,
        details={"person": person_id},
    )
    ids = (session.organization_id, survey_id, person_id)
    enqueue(session, "surveys.send_mail", *ids, timetable.INVITATION)


def _home_at_opening(session: OrganizationSession, survey_id: int, unit_id: int | None) -> int:
    """Return where a unit of today stands in the frozen tree; a new one, where its parent does."""
    places = {unit.unit_id: unit.index for unit in survey_tree(session, survey_id)}
    above = {unit.id: unit.parent_id for unit in units(session, active=None)}
    while unit_id not in places:
        unit_id = None if unit_id is None else above.get(unit_id)
    return places[unit_id]


def chosen_people(session: OrganizationSession, row: Survey) -> list[PersonView]:
    """Return the people whom a draft would invite now, by id."""
    chosen = row.selection
    found = {view.id: view for view in people_in(session, chosen["units"])}
    found |= people_by_id(session, chosen["people"])
    without = set(chosen["without"])
    return [
        view for _, view in sorted(found.items()) if view.id not in without and _may_answer(view)
    ]


def check_enough(row: Survey, people: Collection[PersonView]) -> None:
    """Raise InvalidInput where nothing could ever be published of so few people."""
    if len(people) < row.threshold_k:
        raise InvalidInput(
            "Only {count} people would take part; results need at least {least}.",
            "Choose more participants.",
            code="survey_too_few_people",
            field="participants",
            values={"count": len(people), "least": row.threshold_k},
        )


def _may_answer(view: PersonView) -> bool:
    return view.active and view.user_type == "participant"


def _check_dates(row: Survey, now: datetime) -> None:
    times = timetable.Times(row.opens_local, row.closes_local, row.publishes_local)
    timetable.check_times(times, row.time_zone, now)


def _check_apart(session: OrganizationSession, row: Survey, now: datetime) -> list[int]:
    """Return the earlier surveys of the same people; raise Conflict where one is too near."""
    session.flush()
    earlier = earlier_surveys(session, row.id)
    near = session.scalars(
        select(Survey).where(Survey.id.in_(earlier), Survey.closes_at > now - APART)
    ).first()
    if near is not None:
        raise _too_near(near)
    return earlier


def _check_apart_at(
    session: OrganizationSession, people: Sequence[PersonView], opening: datetime
) -> None:
    """Raise Conflict where a survey of some of ``people`` is too near to an ``opening`` to come."""
    chosen = {view.id for view in people}
    asked = select(Survey).where(Survey.state.in_(OPENED), Survey.closes_at > opening - APART)
    for near in session.scalars(asked.order_by(Survey.opens_at.desc())):
        if not chosen.isdisjoint(homes(session, near.id)[0].tolist()):
            raise _too_near(near)


def _too_near(near: Survey) -> Conflict:
    return Conflict(
        "The survey “{title}” asked the same people less than {days} days ago.",
        "Wait until {days} days have passed since its close, or choose other people: "
        "surveys that are too near to each other would tell single people apart.",
        code="survey_too_near",
        values={"title": near.title, "days": APART.days},
    )
