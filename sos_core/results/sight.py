"""What a caller may see of published results, decided on the tree that lies in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sos_core.access.principal import Principal
from sos_core.database.session import OrganizationSession
from sos_core.results.stored import open_release
from sos_core.surveys.audience import Sight
from sos_core.surveys.queries import SurveyUnitView, survey, survey_tree
from sos_core.surveys.sight import survey_sight


def result_sight(
    session: OrganizationSession, survey_id: int, principal: Principal, *, now: datetime
) -> tuple[Sight, Sequence[SurveyUnitView]]:
    """Return the sight of ``survey_sight``, and the survey's tree; neither reads the tree anew."""
    if not survey(session, survey_id).published(now):
        sight = survey_sight(session, survey_id, principal, now=now)
        return sight, survey_tree(session, survey_id)
    opened = open_release(session, survey_id, whole=False)
    return survey_sight(session, survey_id, principal, now=now, frame=opened.frame), opened.tree
