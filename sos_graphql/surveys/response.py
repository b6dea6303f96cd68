"""Response rates as a caller may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sos_core.content import list_text, percent_text, text
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed, NotFound
from sos_core.surveys import response
from sos_core.surveys.queries import (
    StepView,
    SurveyUnitView,
    SurveyView,
    steps,
    survey,
    survey_tree,
)
from sos_core.surveys.rates import RateFigure
from sos_core.surveys.response import RateDayView
from sos_core.surveys.sight import rate_sight
from sos_graphql.context import Context, Info, context
from sos_graphql.nodes import node_id
from sos_graphql.surveys.enums import RateBound
from sos_graphql.surveys.rates import DailyRate, RateValue, ResponseRate, UnitRate

BOUNDS = {"exact": "{}", "at_most": "≤ {}", "at_least": "≥ {}"}


async def response_rate(info: Info, survey_id: int) -> ResponseRate:
    """Return the rates of a survey; raise NotAllowed for one who may see none of them.

    Administrators and viewers of everything see all units, leaders and viewers of units theirs.
    """
    asker = context(info)
    return await asker.read(lambda session: _rates(session, asker, survey_id))


def _rates(session: OrganizationSession, asker: Context, survey_id: int) -> ResponseRate:
    view, tree = survey(session, survey_id), survey_tree(session, survey_id)
    seen = sorted(rate_sight(session, survey_id, asker.principal))
    if not seen:
        raise NotAllowed(
            "Response rates are shown to administrators and to leaders, for their own units.",
            "Ask an administrator for access.",
            code="no_response_rate",
        )
    shown = response.response_rate(session, survey_id)
    if shown is None:
        raise NotFound(
            "There is no response rate before the survey has opened.",
            "Look again once it is open.",
            code="no_response_rate_yet",
        )
    days = response.daily_rates(session, survey_id)
    root = shown.nodes.node_of_unit[0]
    return ResponseRate(
        survey_id=node_id("Survey", survey_id),
        overall=_value(asker.language, shown.figures[root]),
        units=[_unit(asker.language, tree, unit, shown) for unit in seen],
        daily=_daily(asker.language, days, root),
        opens_at=view.opens_at,
        closes_at=view.closes_at,
        time_zone=view.time_zone,
        next_reminder_at=_next_reminder(view, steps(session, survey_id), asker.now),
        final=view.state != "open",
    )


def _unit(
    language: str, tree: Sequence[SurveyUnitView], index: int, shown: response.ResponseRate
) -> UnitRate:
    node, figure = shown.of_unit(index)
    place = tree[index]
    exact = shown.nodes.unit[node] == index
    return UnitRate(
        unit_id=None if place.unit_id is None else node_id("Unit", place.unit_id),
        name=place.name,
        level=place.level_name,
        depth=max(place.level, 0),
        group_name=place.name if exact else _group_name(language, tree, shown.nodes.units_of(node)),
        exact=exact,
        rate=_value(language, figure),
    )


def _group_name(language: str, tree: Sequence[SurveyUnitView], units: Sequence[int]) -> str:
    """Return the name of a combined group: its parts, or their number where they are many."""
    if len(units) <= 3:
        return list_text(language, [tree[unit].name for unit in units])
    lowest = units[0]
    while not all(lowest <= unit < tree[lowest].stop for unit in units):
        lowest = tree[lowest].parent_index
    return text(language, "combined.many", count=len(units), parent=tree[lowest].name)


def _value(language: str, figure: RateFigure) -> RateValue:
    return RateValue(
        invited=figure.invited,
        finished=figure.finished,
        share=figure.share,
        bound=RateBound(figure.bound),
        display=BOUNDS[figure.bound].format(percent_text(language, figure.share)),
    )


def _daily(language: str, days: Sequence[RateDayView], root: int) -> list[DailyRate]:
    return [DailyRate(day=day.day, rate=_value(language, day.figures[root])) for day in days]


def _next_reminder(view: SurveyView, planned: Sequence[StepView], now: datetime) -> datetime | None:
    if view.state != "open":
        return None
    due = (step.due_at for step in planned if step.state == "waiting" and step.due_at > now)
    return min(due, default=None)
