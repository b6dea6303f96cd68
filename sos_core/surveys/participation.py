"""Who takes part and whether they have finished: what the rooms of ballots and results need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, bindparam, exists, func, select, update

from sos_core.database.bulk import IN_LIST, batches
from sos_core.database.in_lists import padded
from sos_core.database.partitions import rewrite_partition
from sos_core.database.session import OrganizationSession
from sos_core.surveys.lifecycle import OPENED
from sos_core.surveys.tables import Participation, Survey, SurveySight

SURVEY: Table = Survey.__table__  # type: ignore[assignment]
PARTICIPATION: Table = Participation.__table__  # type: ignore[assignment]

# Submitting ballots is the hottest path: these statements are built once and skip the ORM, and
# therefore name the organization themselves.
OPEN_NOW = (
    SURVEY.c.organization_id == bindparam("organization"),
    SURVEY.c.id == bindparam("survey"),
    SURVEY.c.state == "open",
    SURVEY.c.closes_at > bindparam("now", type_=SURVEY.c.closes_at.type),
)
ACCEPTING = select(SURVEY.c.id).where(*OPEN_NOW).with_for_update(read=True)
OF_PEOPLE = (
    PARTICIPATION.c.organization_id == bindparam("organization"),
    PARTICIPATION.c.survey_id == bindparam("survey"),
    PARTICIPATION.c.person_id.in_(bindparam("people", expanding=True)),
)
TAKING_PART = select(PARTICIPATION.c.person_id).where(*OF_PEOPLE)
HOW_MANY = select(func.count()).select_from(PARTICIPATION).where(*OF_PEOPLE)
HOW_MANY_NOW = HOW_MANY.where(exists().where(*OPEN_NOW))
MARK_DONE = (
    update(PARTICIPATION).where(*OF_PEOPLE, PARTICIPATION.c.done.is_(False)).values(done=True)
)


@dataclass(frozen=True, slots=True)
class ParticipationView:
    """One participant: the position of the home in the survey's tree, the language, and if done."""

    person_id: int
    unit_index: int
    language: str
    done: bool


def taking_part(
    session: OrganizationSession, survey_id: int, person_ids: Collection[int], *, now: datetime
) -> set[int] | None:
    """Return which of the people take part in a survey, None where it takes no ballots at ``now``.

    It is held so until the commit.
    """
    connection, people, found = session.connection(), set(person_ids), set[int]()
    values = {"organization": session.organization_id, "survey": survey_id}
    one_writer = connection.dialect.name == "sqlite"
    # Nearly always all of them do, and one number is read faster than as many rows.
    if one_writer and len(people) <= IN_LIST:
        given = values | {"people": padded(people), "now": now}
        if connection.scalar(HOW_MANY_NOW, given) == len(people):
            return people
    if connection.scalar(ACCEPTING, values | {"now": now}) is None:
        return None
    for part in batches(sorted(people)):
        given = values | {"people": part}
        if not one_writer and connection.scalar(HOW_MANY, given) == len(part):
            found.update(part)
        else:
            found.update(connection.scalars(TAKING_PART, given))
    return found


def mark_done(session: OrganizationSession, survey_id: int, person_ids: Collection[int]) -> None:
    """Note that the people have submitted; whoever had done so before stays untouched."""
    connection = session.connection()
    for part in batches(sorted(set(person_ids))):
        values = {"organization": session.organization_id, "survey": survey_id}
        connection.execute(MARK_DONE, values | {"people": padded(part)})


def participation(
    session: OrganizationSession, survey_id: int, person_id: int
) -> ParticipationView | None:
    """Return a person's part in the survey, None where there is none."""
    row = session.execute(
        select(
            Participation.person_id,
            Participation.unit_index,
            Participation.language,
            Participation.done,
        ).where(Participation.survey_id == survey_id, Participation.person_id == person_id)
    ).first()
    return None if row is None else ParticipationView(*row)


def participations(
    session: OrganizationSession, survey_id: int, *, done: bool | None = None
) -> Iterator[ParticipationView]:
    """Yield every participant by person id; ``done`` chooses those who have finished or not."""
    query = (
        select(
            Participation.person_id,
            Participation.unit_index,
            Participation.language,
            Participation.done,
        )
        .where(Participation.survey_id == survey_id)
        .order_by(Participation.person_id)
    )
    if done is not None:
        query = query.where(Participation.done.is_(done))
    for row in session.execute(query.execution_options(yield_per=10_000)):
        yield ParticipationView(*row)


def homes(
    session: OrganizationSession, survey_id: int, *, done: bool | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the participants' ids, rising, and the home of each, as arrays: room for 200,000."""
    table = Participation.__table__.c
    query = (
        select(table.person_id, table.unit_index)
        .where(table.survey_id == survey_id, table.organization_id == session.organization_id)
        .order_by(table.person_id)
    )
    if done is not None:
        query = query.where(table.done.is_(done))
    # Straight from the connection: a mapped session makes more of 200,000 rows than of numbers.
    rows = session.connection().execute(query.execution_options(yield_per=10_000))
    found: NDArray[np.int64] = np.fromiter(map(tuple, rows), np.dtype((np.int64, 2)))
    return found[:, 0].copy(), found[:, 1].astype(np.int32)


def counts_by_unit(session: OrganizationSession, survey_id: int) -> dict[int, tuple[int, int]]:
    """Return (invited, finished) of the direct staff of each unit of the tree that has any."""
    finished = func.count().filter(Participation.done)
    query = (
        select(Participation.unit_index, func.count(), finished)
        .where(Participation.survey_id == survey_id)
        .group_by(Participation.unit_index)
    )
    return {unit: (invited, done) for unit, invited, done in session.execute(query)}


def sight_at_opening(
    session: OrganizationSession, survey_id: int, person_id: int
) -> tuple[set[int], set[int]]:
    """Return the units that a person led at the opening, and those that they belonged to."""
    query = select(SurveySight.unit_index, SurveySight.kind).where(
        SurveySight.survey_id == survey_id, SurveySight.person_id == person_id
    )
    rows = session.execute(query).all()
    led = {unit_index for unit_index, kind in rows if kind == "leads"}
    belongs = {unit_index for unit_index, kind in rows if kind == "member"}
    home = participation(session, survey_id, person_id)
    return led, belongs if home is None else belongs | {home.unit_index}


def earlier_surveys(session: OrganizationSession, survey_id: int) -> list[int]:
    """Return the surveys that opened before and share a participant, the latest first."""
    own = select(Participation.person_id).where(Participation.survey_id == survey_id)
    shared = (
        select(Participation.person_id)
        .where(Participation.survey_id == Survey.id, Participation.person_id.in_(own))
        .exists()
    )
    opens_at = select(Survey.opens_at).where(Survey.id == survey_id).scalar_subquery()
    query = (
        select(Survey.id)
        .where(
            Survey.id != survey_id,
            Survey.state.in_(OPENED),
            Survey.opens_at <= opens_at,
            shared,
        )
        .order_by(Survey.opens_at.desc(), Survey.id.desc())
    )
    return list(session.scalars(query))


def rewrite_participation(session: OrganizationSession, survey_id: int) -> None:
    """Write the participations anew in the order of people, so that no row tells when it changed."""
    rewrite_partition(session, "participation", survey_id, "person_id")
