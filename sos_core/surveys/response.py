"""Response rates in the database: what is displayed now, and the curve over days (R8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.jobs import send_signal
from sos_core.surveys.participation import counts_by_unit
from sos_core.surveys.rates import AT_MOST_EVERY, RateFigure, RateNodes, displayed, refreshed
from sos_core.surveys.tables import RateDay, RateShown, Survey
from sos_core.surveys.timetable import local_day

LONGEST_GAP = 120
"""Days of downtime for which the curve is filled in, more than any survey lasts."""


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """The displayed rates of a survey: ``figures[node]`` for the nodes that may be shown."""

    nodes: RateNodes
    figures: tuple[RateFigure, ...]

    def of_unit(self, unit_index: int) -> tuple[int, RateFigure]:
        """Return the node that stands for a unit, and its figure."""
        node = self.nodes.node_of_unit[unit_index]
        return node, self.figures[node]


@dataclass(frozen=True, slots=True)
class RateDayView:
    """The displayed rates of every node at the end of a local day."""

    day: date
    figures: tuple[RateFigure, ...]


def topic(survey_id: int) -> str:
    """Return the signal that wakes those who watch a survey's response rate."""
    return f"response_rate:{survey_id}"


def response_rate(session: OrganizationSession, survey_id: int) -> ResponseRate | None:
    """Return what is displayed now, None before the opening; never a value that is newer."""
    shown = session.get(RateShown, survey_id)
    nodes = _nodes(session, survey_id)
    if shown is None or nodes is None:
        return None
    return ResponseRate(nodes, tuple(displayed(nodes, shown.invited, shown.finished)))


def daily_rates(session: OrganizationSession, survey_id: int) -> list[RateDayView]:
    """Return the curve over the days that have ended, in order."""
    nodes = _nodes(session, survey_id)
    if nodes is None:
        return []
    query = select(RateDay).where(RateDay.survey_id == survey_id).order_by(RateDay.day)
    return [
        RateDayView(row.day, tuple(displayed(nodes, row.invited, row.finished)))
        for row in session.scalars(query)
    ]


def rates_due(session: OrganizationSession, row: Survey, now: datetime) -> bool:
    """Tell, by reading alone, whether ``refresh_rates`` would change anything."""
    shown = session.get(RateShown, row.id)
    return shown is not None and _fresh(session, row, shown, now) is not None


def refresh_rates(session: OrganizationSession, row: Survey, now: datetime) -> bool:
    """Bring the displayed rates up to date as far as R8 allows; tell whether anything changed."""
    shown = _shown(session, row.id)
    fresh = None if shown is None else _fresh(session, row, shown, now)
    if shown is None or fresh is None:
        return False
    today = local_day(now, row.time_zone)
    last = local_day(shown.shown_at, row.time_zone)
    invited, finished = fresh
    for back in range(min((today - last).days, LONGEST_GAP), 0, -1):
        _write_day(session, row.id, today - timedelta(days=back), invited, finished)
    _show(session, shown, now, invited, finished)
    return True


def _fresh(
    session: OrganizationSession, row: Survey, shown: RateShown, now: datetime
) -> tuple[list[int], list[int]] | None:
    """Return (invited, finished) to display from now on, None where all stays as it is."""
    today = local_day(now, row.time_zone)
    last = local_day(shown.shown_at, row.time_zone)
    soon = last >= today and now - shown.shown_at < AT_MOST_EVERY
    if soon or row.rate_nodes is None:
        return None
    nodes = RateNodes.from_json(row.rate_nodes)
    invited, finished = _counts(session, row.id, nodes)
    values = refreshed(
        nodes, shown.finished, finished, shown_at=shown.shown_at, now=now, day_ended=last < today
    )
    unchanged = values == shown.finished and invited == shown.invited and last >= today
    return None if unchanged else (invited, values)


def settle_rates(session: OrganizationSession, row: Survey, now: datetime) -> None:
    """Show the final counts when the survey has closed, and end the curve with its last day."""
    shown = _shown(session, row.id)
    if shown is None or row.rate_nodes is None:
        return
    refresh_rates(session, row, min(now, row.closes_at))
    invited, finished = _counts(session, row.id, RateNodes.from_json(row.rate_nodes))
    _write_day(session, row.id, local_day(row.closes_at, row.time_zone), invited, finished)
    _show(session, shown, now, invited, finished)


def _nodes(session: OrganizationSession, survey_id: int) -> RateNodes | None:
    data = session.scalar(select(Survey.rate_nodes).where(Survey.id == survey_id))
    return None if data is None else RateNodes.from_json(data)


def _shown(session: OrganizationSession, survey_id: int) -> RateShown | None:
    query = select(RateShown).where(RateShown.survey_id == survey_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _counts(
    session: OrganizationSession, survey_id: int, nodes: RateNodes
) -> tuple[list[int], list[int]]:
    counts = counts_by_unit(session, survey_id)
    return (
        nodes.sums({unit: invited for unit, (invited, _) in counts.items()}),
        nodes.sums({unit: done for unit, (_, done) in counts.items()}),
    )


def _show(
    session: OrganizationSession,
    shown: RateShown,
    now: datetime,
    invited: Sequence[int],
    finished: Sequence[int],
) -> None:
    shown.shown_at, shown.invited, shown.finished = now, list(invited), list(finished)
    send_signal(session, topic(shown.survey_id))


def _write_day(
    session: OrganizationSession,
    survey_id: int,
    day: date,
    invited: Sequence[int],
    finished: Sequence[int],
) -> None:
    known = session.get(RateDay, (survey_id, day))
    if known is None:
        known = RateDay(survey_id=survey_id, day=day)
        session.add(known)
    known.invited, known.finished = list(invited), list(finished)
