"""Invitations, reminders and links: who gets which mail, each (person, step) once.

A mail is made, claimed in a transaction of one statement (``sending``), handed over, and noted
(``sent``) in another one, so that thousands of mails keep nobody from writing. A crash in between
leaves ``sending``: the job sends it again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict
from sos_core.jobs import BULK, enqueue, once
from sos_core.mail import Message, Post
from sos_core.organizations.audit import record
from sos_core.people.queries import PersonView, person
from sos_core.surveys import timetable
from sos_core.surveys.composing import compose
from sos_core.surveys.drafting import locked
from sos_core.surveys.lifecycle import require_answers
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import survey
from sos_core.surveys.tables import (
    Participation,
    Reminder,
    ReminderStep,
    Undeliverable,
)

BATCH = 500
BETWEEN_REMINDERS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to send, the step under which it is noted, and whether it is claimed already."""

    step: str
    message: Message
    claimed: bool


def start_due_step(session: OrganizationSession, survey_id: int, *, now: datetime) -> str | None:
    """Start the mail that is due in an open survey, skip what a downtime missed; return its step."""
    row = locked(session, survey_id)
    if row.state != "open" or now >= row.closes_at:
        return None
    query = select(ReminderStep).where(
        ReminderStep.survey_id == survey_id, ReminderStep.state == "waiting"
    )
    waiting = {step.step: step for step in session.scalars(query)}
    start, skip = timetable.due_step([(s.step, s.due_at) for s in waiting.values()], now)
    for step in skip:
        waiting[step].state = "skipped"
    if start is not None:
        waiting[start].state = "started"
        _enqueue_batch(session, survey_id, start, after=0)
    return start


def remind_now(session: OrganizationSession, survey_id: int, *, now: datetime, actor: str) -> str:
    """Remind everybody who has not finished, now; return the step. Refused twice within an hour."""
    row = locked(session, survey_id)
    require_answers(row.state, row.closes_at, now)
    query = select(ReminderStep).where(ReminderStep.survey_id == survey_id)
    known = list(session.scalars(query))
    if any(_is_recent(s, now) for s in known):
        raise Conflict(
            "A mail to everybody went out within the last hour.",
            "Wait an hour before the next one.",
            code="survey_reminded_recently",
        )
    step = timetable.unused_name("now", {s.step for s in known})
    session.add(
        ReminderStep(
            survey_id=survey_id,
            step=step,
            kind="reminder_2",
            due_local=timetable.wall_time(now, row.time_zone),
            due_at=now,
            state="started",
        )
    )
    _enqueue_batch(session, survey_id, step, after=0)
    record(session, actor=actor, verb="survey.reminded", subject=f"survey:{survey_id}", now=now)
    return step


def enqueue_mails(session: OrganizationSession, survey_id: int, step: str, *, after: int) -> int:
    """Write a mail job for the next people who have not finished, and one for the batch after them.

    Runs once for each ``after`` (a person id), however often the job comes; returns how many.
    """
    if not once(session, f"surveys.batch:{survey_id}:{step}:{after}"):
        return 0
    known = select(Reminder.person_id).where(Reminder.survey_id == survey_id, Reminder.step == step)
    query = (
        select(Participation.person_id)
        .where(
            Participation.survey_id == survey_id,
            Participation.person_id > after,
            Participation.done.is_(False),
            Participation.person_id.not_in(known),
        )
        .order_by(Participation.person_id)
        .limit(BATCH)
    )
    people = list(session.scalars(query))
    for person_id in people:
        enqueue(
            session,
            "surveys.send_mail",
            session.organization_id,
            survey_id,
            person_id,
            step,
            queue=BULK,
        )
    if len(people) == BATCH:
        _enqueue_batch(session, survey_id, step, after=people[-1])
    return len(people)


def write_mail(
    session: OrganizationSession,
    survey_id: int,
    person_id: int,
    step: str,
    *,
    now: datetime,
    post: Post,
) -> Letter | None:
    """Return one mail to claim and to send; None where it was sent, is not needed, or cannot be.

    Whether the person has finished is read here, as late as possible. Who was never invited (the
    address came later) is invited instead of reminded.
    """
    view = survey(session, survey_id)
    part = participation(session, survey_id, person_id)
    if view.state != "open" or now >= view.closes_at or part is None or part.done:
        return None
    to = person(session, person_id)
    if not to.active or not to.email or _refused(session, survey_id, to):
        return None
    states = _states(session, survey_id, person_id)
    wanted = step if timetable.INVITATION in states else timetable.INVITATION
    kind = _kind(session, survey_id, wanted)
    if kind is None or not _still_to_send(session, survey_id, wanted, states):
        return None
    message = compose(
        session, view, to, kind=kind, language=part.language, name=wanted, now=now, post=post
    )
    return Letter(wanted, message, claimed=wanted in states)


def claim_mail(session: OrganizationSession, survey_id: int, person_id: int, step: str) -> bool:
    """Note that a mail is being sent; False where another job has done so since it was written."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claimed = session.execute(
        insert(Reminder)
        .values(
            organization_id=session.organization_id,
            survey_id=survey_id,
            person_id=person_id,
            step=step,
            state="sending",
        )
        .on_conflict_do_nothing()
        .returning(Reminder.step)
    )
    return claimed.first() is not None


def note_sent(session: OrganizationSession, survey_id: int, person_id: int, step: str) -> None:
    """Note that the mail server has taken a mail."""
    _set_state(session, survey_id, person_id, step, "sent")


def note_refused(
    session: OrganizationSession,
    survey_id: int,
    person_id: int,
    step: str | None,
    *,
    address: str,
    reason: str,
) -> None:
    """Note that an address is refused for good; it is listed until the person has another one."""
    if step is not None:
        _set_state(session, survey_id, person_id, step, "failed")
    row = session.get(Undeliverable, (survey_id, person_id))
    if row is None:
        row = Undeliverable(survey_id=survey_id, person_id=person_id)
        session.add(row)
    row.address, row.reason = address, reason[:500]


def _is_recent(step: ReminderStep, now: datetime) -> bool:
    """Tell whether a mail to everybody has just gone out, or the invitation is about to."""
    if step.state == "waiting":
        return step.kind == timetable.INVITATION
    return step.state == "started" and step.due_at > now - BETWEEN_REMINDERS


def _enqueue_batch(session: OrganizationSession, survey_id: int, step: str, *, after: int) -> None:
    enqueue(session, "surveys.send_batch", session.organization_id, survey_id, step, after)


def _refused(session: OrganizationSession, survey_id: int, to: PersonView) -> bool:
    row = session.get(Undeliverable, (survey_id, to.id))
    return row is not None and row.address == to.email


def _states(session: OrganizationSession, survey_id: int, person_id: int) -> dict[str, str]:
    query = select(Reminder.step, Reminder.state).where(
        Reminder.survey_id == survey_id, Reminder.person_id == person_id
    )
    return dict(session.execute(query).all())


def _kind(session: OrganizationSession, survey_id: int, step: str) -> str | None:
    return session.scalar(
        select(ReminderStep.kind).where(
            ReminderStep.survey_id == survey_id, ReminderStep.step == step
        )
    )


def _still_to_send(
    session: OrganizationSession, survey_id: int, step: str, states: Mapping[str, str]
) -> bool:
    """Tell whether a person's mail is to be sent, given the states of all mails to the person."""
    if step in states:
        return states[step] == "sending"
    if step == timetable.INVITATION:
        return True
    on_its_way = states[timetable.INVITATION] == "sending"
    return not on_its_way and step == _latest_started(session, survey_id)


def _latest_started(session: OrganizationSession, survey_id: int) -> str | None:
    """Return the mail to many that was started last: an older one is not worth sending any more."""
    return session.scalars(
        select(ReminderStep.step)
        .where(ReminderStep.survey_id == survey_id, ReminderStep.state == "started")
        .order_by(ReminderStep.due_at.desc(), ReminderStep.step.desc())
    ).first()


def _set_state(
    session: OrganizationSession, survey_id: int, person_id: int, step: str, state: str
) -> None:
    session.execute(
        update(Reminder)
        .where(
            Reminder.survey_id == survey_id,
            Reminder.person_id == person_id,
            Reminder.step == step,
            Reminder.state == "sending",
        )
        .values(state=state),
        execution_options={"synchronize_session": False},
    )
