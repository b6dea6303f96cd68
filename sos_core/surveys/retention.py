"""What of the surveys' room grows old: who was written to, which addresses refused, printed codes.

Participations stay, whatever the limits: later surveys count on who took part (see PAST).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.surveys.personal import PAST
from sos_core.surveys.tables import (
    Participation,
    PrintedCode,
    Reminder,
    Survey,
    SurveySight,
    Undeliverable,
)

AT_ONCE = 500
"""People whose rows are deleted in one statement."""
OVER = (*PAST, "cancelled")
DELIVERIES: tuple[type[Reminder | Undeliverable | PrintedCode], ...] = (
    Reminder,
    Undeliverable,
    PrintedCode,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rows of one of the DELIVERIES about how some people of one survey were reached."""

    table: int
    survey_id: int
    people: tuple[int, ...]


def old_deliveries(
    session: OrganizationSession, before: datetime, most: int | None = None
) -> list[Delivery]:
    """Return what is kept of surveys that were to close before ``before``, of at most ``most``."""
    query = select(Survey.id).where(Survey.state.in_(OVER), Survey.closes_at < before)
    surveys = list(session.scalars(query.order_by(Survey.id)))
    found: list[Delivery] = []
    left = most
    for survey_id in surveys:
        for place, table in enumerate(DELIVERIES):
            rows = select(table.person_id).where(
                table.organization_id == session.organization_id, table.survey_id == survey_id
            )
            rows = rows.distinct().order_by(table.person_id).limit(left)
            people = session.scalars(rows).all()
            found += [Delivery(place, survey_id, tuple(part)) for part in batches(people, AT_ONCE)]
            if left is not None:
                left -= len(people)
                if left <= 0:
                    return found
    return found


def drop_deliveries(session: OrganizationSession, deliveries: Sequence[Delivery]) -> int:
    """Delete such rows; return of how many surveys nothing is left, which never open again."""
    for one in deliveries:
        table = DELIVERIES[one.table]
        session.execute(
            delete(table)
            .where(
                table.organization_id == session.organization_id,
                table.survey_id == one.survey_id,
                table.person_id.in_(one.people),
            )
            .execution_options(synchronize_session=False)
        )
    surveys = {one.survey_id for one in deliveries}
    return sum(not _is_kept(session, survey_id) for survey_id in surveys)


def _is_kept(session: OrganizationSession, survey_id: int) -> bool:
    """Return whether there is any row of a survey left."""
    return any(
        session.scalar(
            select(table.person_id)
            .where(table.organization_id == session.organization_id, table.survey_id == survey_id)
            .limit(1)
        )
        is not None
        for table in DELIVERIES
    )


def asked_now(session: OrganizationSession, person_ids: Collection[int]) -> set[int]:
    """Return those of the people who are asked in a survey that is open or being counted."""
    found: set[int] = set()
    for part in batches(sorted(set(person_ids))):
        query = (
            select(Participation.person_id)
            .join(Survey, Participation.survey_id == Survey.id)
            .where(Participation.person_id.in_(part), Survey.state.not_in(OVER))
        )
        found.update(session.scalars(query))
    return found


def forget_people(session: OrganizationSession, person_ids: Collection[int]) -> None:
    """Take away what surveys hold of people whom none asks now; counted ones keep bare numbers."""
    canceled = select(Survey.id).where(Survey.state == "cancelled")
    gone = [
        delete(Participation).where(
            Participation.person_id.in_(person_ids), Participation.survey_id.in_(canceled)
        ),
        delete(SurveySight).where(SurveySight.person_id.in_(person_ids)),
        *(
            delete(table).where(
                table.organization_id == session.organization_id, table.person_id.in_(person_ids)
            )
            for table in DELIVERIES
        ),
    ]
    for statement in gone:
        session.execute(statement.execution_options(synchronize_session=False))
