"""Everything that is published about one unit."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_graphql.benchmarks import BenchmarkEdition
from sos_graphql.context import Info
from sos_graphql.describing import described, resolved, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.results.reading import UnitReader
from sos_graphql.results.summary import CommentsAnswer, Summary
from sos_graphql.results.types import (
    ActivityFigures,
    AreaFigures,
    HiddenNote,
    NotPublished,
    ResultGroup,
    ResultPlace,
    Score,
    StatementFigures,
)

AreaKey = Annotated[str, strawberry.argument(description="Stable key of the area.")]
StatementKey = Annotated[str, strawberry.argument(description="Stable key of the statement.")]
OptionalArea = Annotated[
    str | None, strawberry.argument(description="Only this area's prompt; absent: all of them.")
]


@described
class UnitResults:
    """Everything that is published about a unit, as the caller may see it."""

    reader: strawberry.Private[UnitReader]
    survey_id: strawberry.ID = told("Which survey the figures are of.")
    survey_title: str = told("What the survey is called.")
    unit_id: strawberry.ID | None = told("The unit that was asked for; null for the organization.")
    name: str = told("Name of the unit when the survey opened.")
    level: str = told("Name of the unit's level.")
    group: ResultGroup = told("The people whose figures these are.")
    previous_title: str | None = told(
        "Title of the survey that changes are counted from; null where there is none."
    )
    smallest_group: int = told("Least people behind a figure in this survey.")

    @resolved
    def overall(self) -> Score:
        """The score over all nine areas."""
        return self.reader.overall()

    @resolved
    def areas(self) -> list[AreaFigures]:
        """The nine areas in the order of the questionnaire."""
        return self.reader.areas()

    @resolved
    def area(self, key: AreaKey) -> AreaFigures | None:
        """One area; null where there is none of that key."""
        return self.reader.area(key)

    @resolved
    def statement(self, key: StatementKey) -> StatementFigures | None:
        """One statement; null where there is none of that key."""
        return self.reader.statement(key)

    @resolved
    def activities(self) -> list[ActivityFigures]:
        """The activity questions in the order of the questionnaire."""
        return self.reader.activities()

    @resolved
    async def comments(self, info: Info, area: OptionalArea = None) -> CommentsAnswer:
        """The comments of the unit, where the caller may read them."""
        return await attempt(info, self.reader.comments(area))

    @resolved
    def summary(self) -> Summary:
        """The executive summary of the unit."""
        return self.reader.summary()

    @resolved
    def breadcrumb(self) -> list[ResultPlace]:
        """The way from the top down to the unit, the unit included."""
        return self.reader.breadcrumb()

    @resolved
    def children(self) -> list[ResultPlace]:
        """The units directly below that the caller may see."""
        return self.reader.children()

    @resolved
    def hidden(self) -> list[HiddenNote]:
        """What is not shown about the unit, and why."""
        return self.reader.hidden()

    @resolved
    def benchmark(self) -> BenchmarkEdition | None:
        """What the figures are compared with; null where there is no benchmark."""
        return self.reader.benchmark()


ResultsAnswer = Annotated[
    UnitResults | NotPublished | AnyProblem,
    strawberry.union("ResultsAnswer", description="The results of a unit, or why there are none."),
]
