"""What the room of surveys holds about one person, and how it is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict
from sos_core.surveys.tables import (
    Participation,
    PrintedCode,
    Reminder,
    Survey,
    SurveySight,
    SurveyUnit,
    Undeliverable,
)
from sos_core.surveys.timetable import INVITATION

Rows = list[dict[str, Any]]
PAST = ("tallied", "sealed")
"""Whose participations stay as bare numbers: later surveys count on who took part (see R1)."""


def held(session: OrganizationSession, person_id: int, *, own: bool) -> dict[str, Rows]:
    """Return what is held about a person, by section.

    ``own``: the person asks. Nobody else is told whether one person has finished, nor which
    reminders they got, which would tell it too.
    """
    return {
        "surveys": _participations(session, person_id, own=own),
        "survey_places": _places(session, person_id),
        "mails": _mails(session, person_id, own=own),
        "undeliverable": _of(session, Undeliverable, person_id, ("address", "reason")),
        "codes": _codes(session, person_id),
    }


def erase(session: OrganizationSession, person_id: int) -> list[int]:
    """Take away what surveys hold of a person; return the open ones, whose ballots must go too.

    Closed surveys keep a bare number and whether it finished. The surveys are held against
    submissions until the commit. Raises Conflict while one of them is being counted.
    """
    rows = _held_against_submissions(session, person_id)
    for row in rows:
        if row.state == "closing":
            raise Conflict(
                "The survey “{title}” is being counted at this moment.",
                "Wait a few minutes, until it has been counted, and try again.",
                code="survey_being_counted",
                values={"title": row.title},
            )
    present = [row.id for row in rows if row.state not in PAST]
    session.execute(
        delete(Participation).where(
            Participation.person_id == person_id, Participation.survey_id.in_(present)
        )
    )
    for table in (SurveySight, Reminder, Undeliverable):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(
        delete(PrintedCode)
        .where(
            PrintedCode.organization_id == session.organization_id,
            PrintedCode.person_id == person_id,
        )
        .execution_options(synchronize_session=False)
    )
    return [row.id for row in rows if row.state == "open"]


def _held_against_submissions(session: OrganizationSession, person_id: int) -> Sequence[Survey]:
    """Return the person's surveys that are not past, locked; one may have closed meanwhile."""
    query = (
        select(Survey)
        .join(Participation, Participation.survey_id == Survey.id)
        .where(Participation.person_id == person_id, Survey.state.not_in(PAST))
        .order_by(Survey.id)
        .with_for_update(of=Survey)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _participations(session: OrganizationSession, person_id: int, *, own: bool) -> Rows:
    rows = session.execute(
        select(
            Survey.title,
            Survey.state,
            Survey.opens_at,
            Survey.closes_at,
            SurveyUnit.name,
            Participation.language,
            Participation.done,
        )
        .join(Participation, Participation.survey_id == Survey.id)
        .join(
            SurveyUnit,
            (SurveyUnit.survey_id == Survey.id) & (SurveyUnit.position == Participation.unit_index),
        )
        .where(Participation.person_id == person_id)
        .order_by(Survey.id)
    )
    names = ("survey", "state", "opens_at", "closes_at", "unit", "language", "finished")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return found if own else [{k: v for k, v in row.items() if k != "finished"} for row in found]


def _places(session: OrganizationSession, person_id: int) -> Rows:
    rows = session.execute(
        select(Survey.title, SurveyUnit.name, SurveySight.kind)
        .join(SurveySight, SurveySight.survey_id == Survey.id)
        .join(
            SurveyUnit,
            (SurveyUnit.survey_id == Survey.id) & (SurveyUnit.position == SurveySight.unit_index),
        )
        .where(SurveySight.person_id == person_id)
        .order_by(Survey.id, SurveyUnit.position, SurveySight.kind)
    )
    return [{"survey": title, "unit": unit, "kind": kind} for title, unit, kind in rows]


def _mails(session: OrganizationSession, person_id: int, *, own: bool) -> Rows:
    query = (
        select(Survey.title, Reminder.step, Reminder.state)
        .join(Reminder, Reminder.survey_id == Survey.id)
        .where(Reminder.person_id == person_id)
        .order_by(Survey.id, Reminder.step)
    )
    if not own:
        query = query.where(Reminder.step == INVITATION)
    return [
        {"survey": title, "step": step, "state": state}
        for title, step, state in session.execute(query)
    ]


def _codes(session: OrganizationSession, person_id: int) -> Rows:
    rows = session.execute(
        select(Survey.title, PrintedCode.redeemed)
        .join(PrintedCode, PrintedCode.survey_id == Survey.id)
        .where(
            PrintedCode.organization_id == session.organization_id,
            PrintedCode.person_id == person_id,
        )
        .order_by(Survey.id)
    )
    return [{"survey": title, "redeemed": redeemed} for title, redeemed in rows]


def _of(
    session: OrganizationSession, table: type[Undeliverable], person_id: int, names: tuple[str, ...]
) -> Rows:
    columns = [getattr(table, name) for name in names]
    query = (
        select(Survey.title, *columns)
        .join(table, table.survey_id == Survey.id)
        .where(table.person_id == person_id)
        .order_by(Survey.id)
    )
    return [dict(zip(("survey", *names), row, strict=True)) for row in session.execute(query)]
