"""What a signed-in person may see of a survey: the audience rule on the frozen tree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sos_core.database.session import OrganizationSession
from sos_core.surveys.audience import Sight, Spans, Viewer, sight
from sos_core.surveys.participation import sight_at_opening
from sos_core.surveys.queries import survey, survey_tree


def survey_sight(
    session: OrganizationSession,
    survey_id: int,
    *,
    now: datetime,
    person_id: int | None = None,
    everything: bool = False,
    granted: Collection[int] = (),
    led: Collection[int] = (),
) -> Sight:
    """Return the unit indexes of which a caller may see figures and comments at ``now``.

    ``granted`` and ``led`` are unit ids of today's tree; whoever led a unit at the opening keeps
    the sight of it, and so does whoever leads it now. ``everything`` holds for administrators.
    """
    view = survey(session, survey_id)
    tree = survey_tree(session, survey_id)
    place = {unit.unit_id: unit.index for unit in tree if unit.unit_id is not None}
    leads = {place[unit_id] for unit_id in led if unit_id in place}
    belongs: set[int] = set()
    if person_id is not None:
        led_then, belongs = sight_at_opening(session, survey_id, person_id)
        leads |= led_then
    viewer = Viewer(
        everything=everything,
        granted=frozenset(place[unit_id] for unit_id in granted if unit_id in place),
        leads=frozenset(leads),
        belongs=frozenset(belongs),
    )
    return sight(
        viewer,
        Spans([unit.parent_index for unit in tree], [unit.stop for unit in tree]),
        audience=view.audience,
        comments_audience=view.comments_audience,
        published=view.published(now),
    )
