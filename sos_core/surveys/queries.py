"""What is read about surveys; returns dataclasses, and asks the database a fixed number of times."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from sos_core.database.session import SEEN, OrganizationSession
from sos_core.errors import NotFound
from sos_core.people.queries import people_by_id
from sos_core.surveys.tables import (
    Participation,
    PrintedCode,
    Reminder,
    ReminderStep,
    Survey,
    SurveySight,
    SurveyUnit,
    Undeliverable,
)

PUBLISHED = ("tallied", "sealed")
HELD = "survey"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least people behind a mean (``k``) and behind comments, and between two surveys."""

    k: int
    comments: int
    across: int


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey; ``opens_local`` and its kin are wall times in ``time_zone``, ``…_at`` instants."""

    id: int
    title: str
    state: str
    scheduled: bool
    questionnaire_version: str
    languages: tuple[str, ...]
    time_zone: str
    opens_local: datetime
    closes_local: datetime
    publishes_local: datetime
    opens_at: datetime
    closes_at: datetime
    publishes_at: datetime
    audience: str
    comments_audience: str
    thresholds: Thresholds
    cuts: tuple[str, ...]
    previous_id: int | None
    sender_name: str
    introductions: Mapping[str, str]
    reminders: tuple[Mapping[str, Any], ...]
    selection: Mapping[str, Any]
    not_opened: Mapping[str, Any] | None

    def published(self, now: datetime) -> bool:
        """Return whether the results may be seen at ``now``, by whomever the audience names."""
        return self.state in PUBLISHED and now >= self.publishes_at


@dataclass(frozen=True, slots=True)
class SurveyUnitView:
    """A unit of the frozen tree: its subtree is ``index`` … ``stop`` - 1; the root has no unit_id."""

    index: int
    parent_index: int
    stop: int
    unit_id: int | None
    name: str
    level: int
    level_name: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A mail to many: which, when it is due, and whether it was started or skipped."""

    step: str
    kind: str
    due_local: datetime
    due_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class UndeliverableView:
    """A person whom no mail reaches; ``mended`` tells that the address was changed since."""

    person_id: int
    name: str
    address: str
    reason: str
    mended: bool


@dataclass(frozen=True, slots=True)
class PersonalSurvey:
    """A survey from the view of one participant."""

    survey_id: int
    title: str
    state: str
    closes_at: datetime
    done: bool


def survey(session: OrganizationSession, survey_id: int) -> SurveyView:
    """Return a survey; raise NotFound when there is none."""
    seen, key = session.info.get(SEEN, {}), (HELD, session.organization_id, survey_id)
    known: SurveyView | None = seen.get(key)
    if known is not None:
        return known
    row = session.get(Survey, survey_id)
    if row is None:
        raise no_such_survey()
    # A session forgets rows that nobody holds; this one is asked for again and again.
    session.info[HELD] = row
    found = seen[key] = survey_view(row)
    return found


def surveys(
    session: OrganizationSession, *, states: Collection[str] | None = None
) -> list[SurveyView]:
    """Return the surveys, the latest opening first; of ``states`` where given."""
    query = select(Survey).order_by(Survey.opens_at.desc(), Survey.id.desc())
    if states is not None:
        query = query.where(Survey.state.in_(states))
    return [survey_view(row) for row in session.scalars(query)]


def survey_tree(session: OrganizationSession, survey_id: int) -> list[SurveyUnitView]:
    """Return the frozen tree in preorder, the organization first; empty before the opening."""
    query = (
        select(
            SurveyUnit.position,
            SurveyUnit.parent_position,
            SurveyUnit.stop,
            SurveyUnit.unit_id,
            SurveyUnit.name,
            SurveyUnit.level,
            SurveyUnit.level_name,
        )
        .where(SurveyUnit.survey_id == survey_id)
        .order_by(SurveyUnit.position)
    )
    return [SurveyUnitView(*row) for row in session.execute(query)]


def leaders_at_opening(session: OrganizationSession, survey_id: int) -> dict[int, list[int]]:
    """Return who led each unit when the survey opened: unit index to person ids."""
    query = (
        select(SurveySight.unit_index, SurveySight.person_id)
        .where(SurveySight.survey_id == survey_id, SurveySight.kind == "leads")
        .order_by(SurveySight.unit_index, SurveySight.person_id)
    )
    led: dict[int, list[int]] = {}
    for unit_index, person_id in session.execute(query):
        led.setdefault(unit_index, []).append(person_id)
    return led


def steps(session: OrganizationSession, survey_id: int) -> list[StepView]:
    """Return the invitation and the reminders in the order in which they are due."""
    query = (
        select(
            ReminderStep.step,
            ReminderStep.kind,
            ReminderStep.due_local,
            ReminderStep.due_at,
            ReminderStep.state,
        )
        .where(ReminderStep.survey_id == survey_id)
        .order_by(ReminderStep.due_at, ReminderStep.step)
    )
    return [StepView(*row) for row in session.execute(query)]


def mail_counts(session: OrganizationSession, survey_id: int) -> dict[tuple[str, str], int]:
    """Return how many mails there are: (step; sending, sent or failed) to a number, never zero."""
    query = (
        select(Reminder.step, Reminder.state, func.count())
        .where(Reminder.survey_id == survey_id)
        .group_by(Reminder.step, Reminder.state)
    )
    return {(step, state): count for step, state, count in session.execute(query)}


def undeliverable(session: OrganizationSession, survey_id: int) -> list[UndeliverableView]:
    """Return the people whose address a mail server refused for good, by name."""
    rows = session.execute(
        select(Undeliverable.person_id, Undeliverable.address, Undeliverable.reason).where(
            Undeliverable.survey_id == survey_id
        )
    ).all()
    people = people_by_id(session, [row.person_id for row in rows])
    found = [
        UndeliverableView(
            row.person_id,
            people[row.person_id].name,
            row.address,
            row.reason,
            people[row.person_id].email != row.address,
        )
        for row in rows
    ]
    return sorted(found, key=lambda view: (view.name.casefold(), view.person_id))


def people_with_codes(session: OrganizationSession, survey_id: int) -> dict[int, bool]:
    """Return who was given a printed code: person id to whether it was redeemed."""
    query = select(PrintedCode.person_id, PrintedCode.redeemed).where(
        PrintedCode.organization_id == session.organization_id,
        PrintedCode.survey_id == survey_id,
    )
    return dict(session.execute(query).all())


def surveys_of_person(session: OrganizationSession, person_id: int) -> list[PersonalSurvey]:
    """Return the surveys that a person takes or took part in, the latest first."""
    query = (
        select(Survey.id, Survey.title, Survey.state, Survey.closes_at, Participation.done)
        .join(Participation, Participation.survey_id == Survey.id)
        .where(Participation.person_id == person_id)
        .order_by(Survey.opens_at.desc(), Survey.id.desc())
    )
    return [PersonalSurvey(*row) for row in session.execute(query)]


def due_to_close(session: OrganizationSession, now: datetime) -> list[int]:
    """Return the surveys whose closing has to begin or to be finished, the earliest close first."""
    query = (
        select(Survey.id)
        .where(Survey.state.in_(("open", "closing", "tallied")), Survey.closes_at <= now)
        .order_by(Survey.closes_at, Survey.id)
    )
    return list(session.scalars(query))


def due_to_announce(session: OrganizationSession, now: datetime) -> list[int]:
    """Return the surveys whose results are published and not yet announced, by publish date."""
    query = (
        select(Survey.id)
        .where(Survey.state.in_(PUBLISHED), Survey.announced.is_(False), Survey.publishes_at <= now)
        .order_by(Survey.publishes_at, Survey.id)
    )
    return list(session.scalars(query))


def no_such_survey() -> NotFound:
    """Return the error for a survey that is not there."""
    return NotFound(
        "There is no such survey.", "Choose one from the list of surveys.", code="no_such_survey"
    )


def survey_view(row: Survey) -> SurveyView:
    """Return a survey's row as others see it."""
    return SurveyView(
        id=row.id,
        title=row.title,
        state=row.state,
        scheduled=row.scheduled,
        questionnaire_version=row.questionnaire_version,
        languages=tuple(row.languages),
        time_zone=row.time_zone,
        opens_local=row.opens_local,
        closes_local=row.closes_local,
        publishes_local=row.publishes_local,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        publishes_at=row.publishes_at,
        audience=row.audience,
        comments_audience=row.comments_audience,
        thresholds=Thresholds(row.threshold_k, row.threshold_comments, row.threshold_across),
        cuts=tuple(row.cuts),
        previous_id=row.previous_id,
        sender_name=row.sender_name,
        introductions=dict(row.introductions),
        reminders=tuple(row.reminders),
        selection=dict(row.selection),
        not_opened=row.not_opened,
    )
