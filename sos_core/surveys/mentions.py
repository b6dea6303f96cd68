"""Which people surveys refer to: an undo of people must keep those."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.surveys.tables import Participation, SurveySight


def people_mentioned(session: OrganizationSession, person_ids: Collection[int]) -> set[int]:
    """Return those of the people who take part in a survey, or who led a unit when one opened."""
    found: set[int] = set()
    for part in batches(sorted(set(person_ids))):
        for column in (Participation.person_id, SurveySight.person_id):
            found.update(session.scalars(select(column).where(column.in_(part)).distinct()))
    return found
