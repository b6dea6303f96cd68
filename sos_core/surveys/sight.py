"""What a caller may see of a survey: the audience rule on the frozen tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sos_core.access.principal import Principal
from sos_core.database.session import OrganizationSession
from sos_core.surveys.audience import Sight, Spans, Viewer, sight
from sos_core.surveys.participation import sight_at_opening
from sos_core.surveys.queries import SurveyUnitView, survey, survey_tree


def survey_sight(
    session: OrganizationSession, survey_id: int, principal: Principal, *, now: datetime
) -> Sight:
    """Return the unit indexes of which a caller may see figures and comments at ``now``.

    What a caller leads or was granted are units of today's tree; whoever led a unit at the opening
    keeps the sight of it, and so does whoever leads it now.
    """
    view = survey(session, survey_id)
    tree = survey_tree(session, survey_id)
    return sight(
        _viewer(session, survey_id, tree, principal),
        _spans(tree),
        audience=view.audience,
        comments_audience=view.comments_audience,
        published=view.published(now),
    )


def rate_sight(
    session: OrganizationSession, survey_id: int, principal: Principal
) -> frozenset[int]:
    """Return the unit indexes whose response rate a caller may see, live ones included.

    Rates help to remind, so those see them who can: administrators, and leaders for their units,
    led now or at the opening; and viewers for what was granted to them.
    """
    tree = survey_tree(session, survey_id)
    viewer = _viewer(session, survey_id, tree, principal)
    if viewer.everything:
        return frozenset(range(len(tree)))
    return frozenset(_spans(tree).below(viewer.leads | viewer.granted))


def _viewer(
    session: OrganizationSession,
    survey_id: int,
    tree: Sequence[SurveyUnitView],
    principal: Principal,
) -> Viewer:
    """Return the caller in positions of the survey's tree."""
    place = {unit.unit_id: unit.index for unit in tree if unit.unit_id is not None}
    leads = {place[unit_id] for unit_id in principal.led if unit_id in place}
    belongs: set[int] = set()
    if principal.person_id is not None:
        led_then, belongs = sight_at_opening(session, survey_id, principal.person_id)
        leads |= led_then
    return Viewer(
        everything=principal.all_units,
        granted=frozenset(place[unit_id] for unit_id in principal.granted if unit_id in place),
        leads=frozenset(leads),
        belongs=frozenset(belongs),
    )


def _spans(tree: Sequence[SurveyUnitView]) -> Spans:
    return Spans([unit.parent_index for unit in tree], [unit.stop for unit in tree])
