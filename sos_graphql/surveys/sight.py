"""What a caller may see of a survey: positions in its frozen tree."""

from __future__ import annotations

from collections.abc import Sequence

from sos_core.access.principal import Principal
from sos_core.database.session import OrganizationSession
from sos_core.surveys.audience import Sight, Spans, Viewer, sight
from sos_core.surveys.participation import sight_at_opening
from sos_core.surveys.queries import SurveyUnitView, SurveyView


def viewer_of(
    session: OrganizationSession,
    principal: Principal,
    survey_id: int,
    tree: Sequence[SurveyUnitView],
) -> Viewer:
    """Return the caller in positions of the survey's tree.

    A leader is one who leads a unit now or led it at the opening; a participant belongs to the
    units of the opening alone, since the figures are of those who were there then.
    """
    places = {place.unit_id: place.index for place in tree if place.unit_id is not None}
    led = {places[unit] for unit in principal.led if unit in places}
    belongs: set[int] = set()
    if principal.person_id is not None:
        then_led, belongs = sight_at_opening(session, survey_id, principal.person_id)
        led |= then_led
    return Viewer(
        everything=principal.all_units,
        granted=frozenset(places[unit] for unit in principal.granted if unit in places),
        leads=frozenset(led),
        belongs=frozenset(belongs),
    )


def spans_of(tree: Sequence[SurveyUnitView]) -> Spans:
    """Return the shape of the tree."""
    return Spans([place.parent_index for place in tree], [place.stop for place in tree])


def sight_of(
    session: OrganizationSession,
    principal: Principal,
    view: SurveyView,
    tree: Sequence[SurveyUnitView],
    *,
    published: bool,
) -> Sight:
    """Return the units whose figures and comments the caller may see."""
    return sight(
        viewer_of(session, principal, view.id, tree),
        spans_of(tree),
        audience=view.audience,
        comments_audience=view.comments_audience,
        published=published,
    )


def rate_units(
    session: OrganizationSession,
    principal: Principal,
    survey_id: int,
    tree: Sequence[SurveyUnitView],
) -> list[int]:
    """Return the units whose response rate the caller may see, in preorder.

    Rates help to remind, so those see them who can: administrators, and leaders for their units;
    and viewers for what was granted to them. The whole survey's rate is part of each answer.
    """
    viewer = viewer_of(session, principal, survey_id, tree)
    if viewer.everything:
        return list(range(len(tree)))
    return sorted(spans_of(tree).below(viewer.granted | viewer.leads))
