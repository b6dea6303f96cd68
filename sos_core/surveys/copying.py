"""What an opening copies: the tree, the people with their languages, who leads, and the mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sos_core.database.bulk import bulk_insert
from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organization
from sos_core.people.queries import PersonView, further_memberships, leaders, units
from sos_core.surveys import timetable
from sos_core.surveys.tables import (
    Participation,
    ReminderStep,
    Survey,
    SurveySight,
    SurveyUnit,
)

UNIT_COLUMNS = (
    "survey_id",
    "position",
    "parent_position",
    "stop",
    "unit_id",
    "name",
    "level",
    "level_name",
)
PARTICIPATION_COLUMNS = ("survey_id", "person_id", "unit_index", "language", "done")
SIGHT_COLUMNS = ("survey_id", "person_id", "unit_index", "kind")


@dataclass(frozen=True, slots=True)
class Frozen:
    """The tree as it is copied: parents by position, and the position of each unit."""

    parents: list[int]
    place: Mapping[int | None, int]


def copy_tree(session: OrganizationSession, survey_id: int) -> Frozen:
    """Copy the active units in preorder below the organization itself, which is position 0."""
    own = organization(session, session.organization_id)
    live = units(session)
    place: dict[int | None, int] = {None: 0}
    place |= {unit.id: position for position, unit in enumerate(live, start=1)}
    parents = [-1, *(place[unit.parent_id] for unit in live)]
    stops = list(range(1, len(parents) + 1))
    for position in range(len(parents) - 1, 0, -1):
        stops[parents[position]] = max(stops[parents[position]], stops[position])
    rows: list[tuple[object, ...]] = [(survey_id, 0, -1, stops[0], None, own.name, -1, "")]
    rows += [
        (survey_id, at, parents[at], stops[at], unit.id, unit.name, unit.level, unit.level_name)
        for at, unit in enumerate(live, start=1)
    ]
    bulk_insert(session, SurveyUnit, UNIT_COLUMNS, rows)
    return Frozen(parents, place)


def copy_people(
    session: OrganizationSession, row: Survey, people: Sequence[PersonView], frozen: Frozen
) -> dict[int, int]:
    """Write the participations; return the position of each person's home."""
    usual = organization(session, session.organization_id).language
    fallback = usual if usual in row.languages else row.languages[0]
    homes = {view.id: frozen.place.get(view.unit_id, 0) for view in people}
    rows = [
        (
            row.id,
            view.id,
            homes[view.id],
            view.language if view.language in row.languages else fallback,
            False,
        )
        for view in people
    ]
    bulk_insert(session, Participation, PARTICIPATION_COLUMNS, rows)
    return homes


def copy_sight(
    session: OrganizationSession, survey_id: int, invited: set[int], frozen: Frozen
) -> None:
    """Copy who leads which unit, and to which further units the participants belong."""
    rows = {
        (survey_id, person_id, frozen.place[unit_id], "leads")
        for unit_id, people in leaders(session).items()
        for person_id in people
    }
    rows |= {
        (survey_id, person_id, frozen.place[unit_id], "member")
        for person_id, unit_ids in further_memberships(session).items()
        for unit_id in unit_ids
        if person_id in invited and unit_id in frozen.place
    }
    bulk_insert(session, SurveySight, SIGHT_COLUMNS, sorted(rows))


def plan_mails(session: OrganizationSession, row: Survey) -> None:
    """Write down the invitation and the reminders with the instants at which they are due."""
    times = timetable.Times(row.opens_local, row.closes_local, row.publishes_local)
    rules = [timetable.Rule.from_json(rule) for rule in row.reminders]
    invitation = timetable.Step(timetable.INVITATION, timetable.INVITATION, row.opens_local)
    for step in (invitation, *timetable.plan_steps(times, row.time_zone, rules)):
        session.add(waiting_step(row, step))


def waiting_step(row: Survey, step: timetable.Step) -> ReminderStep:
    """Return the row of a mail to many that is still to come."""
    due_at = timetable.instant(step.due, row.time_zone)
    return ReminderStep(
        survey_id=row.id,
        step=step.step,
        kind=step.kind,
        due_local=step.due,
        due_at=row.opens_at if step.kind == timetable.INVITATION else due_at,
        state="waiting",
    )
