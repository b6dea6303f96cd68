"""What a caller may see of a survey: the audience rule on the frozen tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sos_core.access.principal import GuestScope, Principal
from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.surveys.audience import NOTHING, Sight, Spans, Viewer, sight
from sos_core.surveys.participation import sight_at_opening
from sos_core.surveys.queries import SurveyUnitView, SurveyView, survey, survey_tree

SIGHTS_KNOWN = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """A survey's frozen tree as sights are decided with it: its shape, and where each unit stands."""

    size: int
    spans: Spans
    places: Mapping[int, int]
    known: dict[tuple[Viewer, str, str], Sight] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Sights of published results that were decided on this tree lately."""

    def published_sight(self, viewer: Viewer, audience: str, comments_audience: str) -> Sight:
        """Return what ``viewer`` may see of published results: decided once while it is known."""
        key = (viewer, audience, comments_audience)
        found = self.known.get(key)
        if found is None:
            found = sight(
                viewer,
                self.spans,
                audience=audience,
                comments_audience=comments_audience,
                published=True,
            )
            if len(self.known) >= SIGHTS_KNOWN:
                self.known.clear()
            self.known[key] = found
        return found


def frame_of(tree: Sequence[SurveyUnitView]) -> Frame:
    """Return the frame of a tree; it changes as little as the tree does."""
    return Frame(
        len(tree),
        Spans([unit.parent_index for unit in tree], [unit.stop for unit in tree]),
        {unit.unit_id: unit.index for unit in tree if unit.unit_id is not None},
    )


def survey_sight(
    session: OrganizationSession,
    survey_id: int,
    principal: Principal,
    *,
    now: datetime,
    frame: Frame | None = None,
) -> Sight:
    """Return the unit indexes of which a caller may see figures and comments at ``now``.

    What a caller leads or was granted are units of today's tree; whoever led a unit at the opening
    keeps the sight of it, and so does whoever leads it now. ``frame`` is that of the survey, where
    it is at hand.
    """
    view = survey(session, survey_id)
    frame = frame or frame_of(survey_tree(session, survey_id))
    if principal.guest is not None:
        return _guest_sight(session, view, principal.guest, now)
    if not view.published(now):
        return NOTHING
    viewer = _viewer(session, survey_id, frame, principal)
    found = frame.published_sight(viewer, view.audience, view.comments_audience)
    if principal.is_integration and not principal.may(Scope.COMMENTS_READ):
        return Sight(found.figures)
    return found


def _guest_sight(
    session: OrganizationSession, view: SurveyView, guest: GuestScope, now: datetime
) -> Sight:
    """Return the one unit that a guest's token is for: its figures, and nobody's comments."""
    if view.id != guest.survey_id or not view.published(now):
        return NOTHING
    if guest.unit_id is None:
        return Sight(frozenset({0}))
    tree = survey_tree(session, view.id)
    return Sight(frozenset(unit.index for unit in tree if unit.unit_id == guest.unit_id))


def rate_sight(
    session: OrganizationSession, survey_id: int, principal: Principal
) -> frozenset[int]:
    """Return the unit indexes whose response rate a caller may see, live ones included.

    Rates help to remind, so those see them who can: administrators, and leaders for their units,
    led now or at the opening; and viewers for what was granted to them.
    """
    frame = frame_of(survey_tree(session, survey_id))
    viewer = _viewer(session, survey_id, frame, principal)
    if viewer.everything or principal.may(Scope.SURVEYS_READ):
        return frozenset(range(frame.size))
    return frozenset(frame.spans.below(viewer.leads | viewer.granted))


def _viewer(
    session: OrganizationSession, survey_id: int, frame: Frame, principal: Principal
) -> Viewer:
    """Return the caller in positions of the survey's tree."""
    place = frame.places
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
