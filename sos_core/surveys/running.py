"""What changes a survey after its opening: its close, its end, and the way through its states."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from sos_core.database.partitions import empty_partition, has_rows
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.jobs import enqueue, send_signal
from sos_core.organizations.audit import record
from sos_core.surveys import timetable
from sos_core.surveys.copying import waiting_step
from sos_core.surveys.drafting import locked, set_instants
from sos_core.surveys.lifecycle import require_answers, require_move, require_state, wrong_state
from sos_core.surveys.participation import rewrite_participation
from sos_core.surveys.response import settle_rates
from sos_core.surveys.tables import ReminderStep, Survey

SYSTEM = "system"
ERASE = "surveys.erase"


def extend_survey(
    session: OrganizationSession, survey_id: int, *, closes: datetime, now: datetime, actor: str
) -> None:
    """Move the close of an open survey to a later wall time; refuse once it has passed.

    The publish date moves along where it would fall before the new close, and reminders that count
    from the close are planned again.
    """
    row = _open_row(session, survey_id, now)
    wanted = closes.replace(tzinfo=None, fold=0)
    if timetable.instant(wanted, row.time_zone) <= row.closes_at:
        raise InvalidInput(
            "The new time of closing is not later than the present one.",
            "Choose a later time, or close the survey early.",
            code="survey_not_extended",
            field="closes",
        )
    publishes = max(row.publishes_local, wanted)
    timetable.check_times(timetable.Times(row.opens_local, wanted, publishes), row.time_zone, now)
    opened_at = row.opens_at
    row.closes_local, row.publishes_local = wanted, publishes
    set_instants(row)
    row.opens_at = opened_at
    _plan_anew(session, row)
    _note(session, row, "survey.extended", now=now, actor=actor)


def close_early(session: OrganizationSession, survey_id: int, *, now: datetime, actor: str) -> None:
    """Let an open survey close now; its results still wait for the publish date."""
    row = _open_row(session, survey_id, now)
    row.closes_at = now
    row.closes_local = timetable.wall_time(now, row.time_zone)
    _note(session, row, "survey.closed_early", now=now, actor=actor)


def cancel_survey(
    session: OrganizationSession, survey_id: int, *, now: datetime, actor: str
) -> None:
    """Give up a draft or an open survey: key and answers are destroyed, and never read."""
    row = locked(session, survey_id)
    require_move(row.state, "cancelled")
    was_open = row.state == "open"
    row.state, row.scheduled = "cancelled", False
    if was_open:
        enqueue(session, ERASE, session.organization_id, survey_id)
    _note(session, row, "survey.cancelled", now=now, actor=actor)


def erase_answers(session: OrganizationSession, survey_id: int) -> None:
    """Remove every answer of a canceled survey, and what rows tell of when people finished.

    Repeating it is harmless; on SQLite the file has to be compacted afterwards.
    """
    require_state(locked(session, survey_id).state, "cancelled")
    empty_partition(session, "ballot", survey_id)
    rewrite_participation(session, survey_id)


def unerased(session: OrganizationSession) -> list[int]:
    """Return the canceled surveys of which sealed answers are still stored."""
    canceled = select(Survey.id).where(Survey.state == "cancelled").order_by(Survey.id)
    return [known for known in session.scalars(canceled) if has_rows(session, "ballot", known)]


def begin_closing(session: OrganizationSession, survey_id: int, *, now: datetime) -> None:
    """Take no more answers and settle the response rates; repeating it is harmless."""
    row = locked(session, survey_id)
    if row.state == "closing":
        return
    require_move(row.state, "closing")
    if now < row.closes_at:
        raise wrong_state("open")
    row.state = "closing"
    settle_rates(session, row, now)
    _note(session, row, "survey.closing", now=now, actor=SYSTEM)


def set_tallied(session: OrganizationSession, survey_id: int, *, now: datetime) -> None:
    """Note that figures are durable and ballots are gone; in the transaction that does both."""
    row = locked(session, survey_id)
    require_move(row.state, "tallied")
    row.state = "tallied"
    _note(session, row, "survey.tallied", now=now, actor=SYSTEM)


def set_sealed(session: OrganizationSession, survey_id: int, *, now: datetime) -> None:
    """Note that the survey key is destroyed; repeating it is harmless."""
    row = locked(session, survey_id)
    if row.state != "sealed":
        require_move(row.state, "sealed")
        row.state = "sealed"
        _note(session, row, "survey.sealed", now=now, actor=SYSTEM)


def announce(session: OrganizationSession, survey_id: int, *, now: datetime) -> bool:
    """Wake everybody who waits for the results, once; return whether this was the time."""
    row = locked(session, survey_id)
    if row.announced or row.state not in ("tallied", "sealed") or now < row.publishes_at:
        return False
    row.announced = True
    _note(session, row, "survey.published", now=now, actor=SYSTEM)
    return True


def times_changed(session: OrganizationSession, row: Survey, now: datetime) -> bool:
    """Tell whether the time zone's rules give other instants ahead than those that are stored."""
    return bool(_drifted(session, row, now))


def recompute_times(session: OrganizationSession, row: Survey, now: datetime) -> None:
    """Bring instants that lie ahead up to date with the time zone's rules."""
    for thing, name, fresh in _drifted(session, row, now):
        setattr(thing, name, fresh)


def _drifted(
    session: OrganizationSession, row: Survey, now: datetime
) -> list[tuple[Survey | ReminderStep, str, datetime]]:
    things: list[tuple[Survey | ReminderStep, str, datetime]] = [
        (row, f"{name}_at", getattr(row, f"{name}_local"))
        for name in ("opens", "closes", "publishes")
    ]
    if row.state == "open":
        things += [(step, "due_at", step.due_local) for step in _waiting(session, row.id)]
    found = []
    for thing, name, local in things:
        known, fresh = getattr(thing, name), timetable.instant(local, row.time_zone)
        if known > now and fresh != known:
            found.append((thing, name, fresh))
    return found


def _open_row(session: OrganizationSession, survey_id: int, now: datetime) -> Survey:
    """Return the row of a survey that still takes answers; raise Conflict otherwise."""
    row = locked(session, survey_id)
    require_answers(row.state, row.closes_at, now)
    return row


def _plan_anew(session: OrganizationSession, row: Survey) -> None:
    """Replace the reminders that wait by those of the new timetable; begun ones stay as they are."""
    session.flush()
    for step in _waiting(session, row.id):
        if step.kind != timetable.INVITATION:
            session.delete(step)
    session.flush()
    begun = session.scalars(select(ReminderStep.step).where(ReminderStep.survey_id == row.id)).all()
    latest = session.scalars(
        select(ReminderStep.due_at)
        .where(ReminderStep.survey_id == row.id, ReminderStep.state != "waiting")
        .order_by(ReminderStep.due_at.desc())
    ).first()
    times = timetable.Times(row.opens_local, row.closes_local, row.publishes_local)
    rules = [timetable.Rule.from_json(rule) for rule in row.reminders]
    for planned in timetable.plan_steps(times, row.time_zone, rules, begun=begun):
        fresh = waiting_step(row, planned)
        if latest is None or fresh.due_at > latest:
            session.add(fresh)


def _waiting(session: OrganizationSession, survey_id: int) -> list[ReminderStep]:
    query = select(ReminderStep).where(
        ReminderStep.survey_id == survey_id, ReminderStep.state == "waiting"
    )
    return list(session.scalars(query))


def _note(
    session: OrganizationSession, row: Survey, verb: str, *, now: datetime, actor: str
) -> None:
    record(session, actor=actor, verb=verb, subject=f"survey:{row.id}", now=now)
    send_signal(session, "surveys")
