"""Whose response rates a caller may see: positions in the survey's frozen tree."""

from __future__ import annotations

from collections.abc import Sequence

from sos_core.access.principal import Principal
from sos_core.database.session import OrganizationSession
from sos_core.surveys.audience import Spans
from sos_core.surveys.participation import sight_at_opening
from sos_core.surveys.queries import SurveyUnitView


def rate_units(
    session: OrganizationSession,
    principal: Principal,
    survey_id: int,
    tree: Sequence[SurveyUnitView],
) -> list[int]:
    """Return the units whose response rate the caller may see, in preorder.

    Rates help to remind, so those see them who can: administrators, and leaders for their units,
    led now or at the opening; and viewers for what was granted to them.
    """
    if principal.all_units:
        return list(range(len(tree)))
    places = {place.unit_id: place.index for place in tree if place.unit_id is not None}
    tops = {places[unit] for unit in principal.led | principal.granted if unit in places}
    if principal.person_id is not None:
        tops |= sight_at_opening(session, survey_id, principal.person_id)[0]
    spans = Spans([place.parent_index for place in tree], [place.stop for place in tree])
    return sorted(spans.below(tops))
