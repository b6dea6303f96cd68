"""Response rates: only of groups that are large enough, and never more exact than allowed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from sos_graphql.describing import described, told
from sos_graphql.errors import AnyProblem
from sos_graphql.surveys.enums import RateBound


@described
class RateValue:
    """A response rate as it may be told."""

    invited: int = told("How many people were invited.")
    finished: int | None = told("How many have finished; null where only a limit is told.")
    share: float = told("Share of those who have finished, from 0 to 1; the limit where it is one.")
    bound: RateBound = told("Whether the share is exact or a limit.")
    display: str = told("The share in words, such as 73 % or ≤ 10 %.")


@described
class UnitRate:
    """The response rate that stands for a unit."""

    unit_id: strawberry.ID | None = told("The unit; null for the organization.")
    name: str = told("Name of the unit when the survey opened.")
    level: str = told("Name of the unit's level.")
    depth: int = told("Number of the unit's level, 0 at the top.")
    group_name: str = told("Name of the group that the rate is of: the unit, or units combined.")
    exact: bool = told("Whether the group is exactly the unit, not combined with neighbors.")
    rate: RateValue = told("The rate of the group.")


@described
class DailyRate:
    """The response rate at the end of a day."""

    day: date = told("The day, in the survey's time zone.")
    rate: RateValue = told("The rate of the whole survey at the day's end.")


@described
class ResponseRate:
    """How many have finished, in groups that are large enough."""

    survey_id: strawberry.ID = told("Which run of the questionnaire it is about.")
    overall: RateValue = told("The rate of the whole survey.")
    units: list[UnitRate] = told("The rates of the units that the caller may see, in their order.")
    daily: list[DailyRate] = told("The curve over the days that have ended.")
    opens_at: datetime = told("When the survey opened.")
    closes_at: datetime = told("When it closes or has closed.")
    time_zone: str = told("Time zone of its days.")
    next_reminder_at: datetime | None = told("When the next reminder goes out; null: none is left.")
    final: bool = told("Whether the survey has closed, so that nothing changes any more.")


ResponseRateAnswer = Annotated[
    ResponseRate | AnyProblem,
    strawberry.union("ResponseRateAnswer", description="The response rate, or why there is none."),
]
