"""Surveys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.surveys import queries
from sos_core.surveys.participation import counts_by_unit, participation
from sos_core.surveys.queries import SurveyView, surveys_of_person
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, resolved, told
from sos_graphql.errors import attempt
from sos_graphql.nodes import Node, node_id
from sos_graphql.results.answers import cuts_answer, matrix_answer, results_answer
from sos_graphql.results.cuts import CutsAnswer
from sos_graphql.results.matrix import Comparison, MatrixAnswer
from sos_graphql.results.page import ResultsAnswer
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.administration import invitations, survey_settings
from sos_graphql.surveys.enums import STATES, SurveyState
from sos_graphql.surveys.rates import ResponseRateAnswer
from sos_graphql.surveys.response import response_rate
from sos_graphql.surveys.settings import Invitations, SurveySettings

UnitId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The unit; absent: the highest that the caller may see."),
]
ParentId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The unit whose units below are the rows; absent: the top."),
]
LevelName = Annotated[
    str | None,
    strawberry.argument(description="Level of the rows, however deep; absent: directly below."),
]
CompareWith = Annotated[
    Comparison, strawberry.argument(description="What the scores are compared with.")
]


@described
class Survey(Node):
    """One run of the questionnaire."""

    view: strawberry.Private[SurveyView]
    title: str = told("What it is called in mails, in the form and in results.")
    state: SurveyState = told("How far it has come.")
    scheduled: bool = told("Whether a draft opens by itself at its date.")
    published: bool = told("Whether the publish date has come and results are there.")
    time_zone: str = told("Time zone of its dates, such as Europe/Stockholm.")
    opens_at: datetime = told("When it opens.")
    closes_at: datetime = told("When it closes.")
    publishes_at: datetime = told("From when results are visible.")
    opens_local: LocalDateTime = told("When it opens, as wall time in its time zone.")
    closes_local: LocalDateTime = told("When it closes, as wall time in its time zone.")
    publishes_local: LocalDateTime = told("From when results are visible, as wall time.")
    languages: list[str] = told("Languages in which it can be answered.")
    questionnaire_version: str = told("Which frozen text of the questions it has.")

    @resolved
    async def participant_count(self, info: Info) -> int | None:
        """How many people were invited; null for a draft, and for those who may not know."""
        return await _participant_count(info, self.view)

    @resolved
    async def previous(self, info: Info) -> Survey | None:
        """The survey that changes are counted from; null where there is none to know of."""
        if self.view.previous_id is None:
            return None
        return await find_survey(info, self.view.previous_id)

    @resolved
    async def response_rate(self, info: Info) -> ResponseRateAnswer:
        """How many have finished, live while the survey is open."""
        return await attempt(info, response_rate(info, self.view.id))

    @resolved
    async def results(self, info: Info, unit: UnitId = None) -> ResultsAnswer:
        """The results of a unit."""
        return await results_answer(info, self.view, unit)

    @resolved
    async def matrix(
        self,
        info: Info,
        parent: ParentId = None,
        level: LevelName = None,
        compare: CompareWith = Comparison.NONE,
    ) -> MatrixAnswer:
        """Scores of many units at once, for a heatmap."""
        return await matrix_answer(info, self.view, parent, level, compare)

    @resolved
    async def cuts(self, info: Info) -> CutsAnswer:
        """Groups across the tree beside each other, such as leaders or one region everywhere."""
        return await cuts_answer(info, self.view)

    @resolved
    async def settings(self, info: Info) -> SurveySettings | None:
        """The settings; null for all but administrators and the scope surveys:read."""
        return await survey_settings(info, self.view)

    @resolved
    async def invitations(self, info: Info) -> Invitations | None:
        """How the mails went; null for all but administrators and the scope surveys:read."""
        return await invitations(info, self.view)


async def find_survey(info: Info, number: int) -> Survey | None:
    """Return a survey, None where there is none or the caller may not know of it."""
    asker = context(info)

    def work(session: OrganizationSession) -> SurveyView | None:
        own = asker.principal.person_id

        def takes_part(survey_id: int) -> bool:
            return own is not None and participation(session, survey_id, own) is not None

        view = queries.survey(session, number)
        return view if may_know(asker, view, takes_part) else None

    try:
        view = await asker.look(work)
    except NotFound:
        return None
    return None if view is None else survey_type(asker, view)


def known_surveys(session: OrganizationSession, asker: Context) -> list[SurveyView]:
    """Return the surveys that the caller may know of, the latest opening first."""
    own = asker.principal.person_id
    part = (
        set[int]() if own is None else {each.survey_id for each in surveys_of_person(session, own)}
    )
    return [view for view in queries.surveys(session) if may_know(asker, view, part.__contains__)]


def may_know(asker: Context, view: SurveyView, takes_part: Callable[[int], bool]) -> bool:
    """Tell whether the caller may know of a survey: not of others' drafts, nor of those elsewhere.

    ``takes_part`` tells whether the caller does in a survey; it is asked where that decides.
    """
    principal = asker.principal
    if principal.guest is not None:
        return view.id == principal.guest.survey_id and view.published(asker.now)
    if asker.may(Scope.SURVEYS_READ):
        return True
    if view.state in ("draft", "cancelled"):
        return False
    if principal.all_units or principal.granted or principal.led:
        return True
    return takes_part(view.id)


def survey_type(asker: Context, view: SurveyView) -> Survey:
    """Return a survey as the schema shows it."""
    return Survey(
        id=node_id("Survey", view.id),
        view=view,
        title=view.title,
        state=STATES[view.state],
        scheduled=view.scheduled,
        published=view.published(asker.now),
        time_zone=view.time_zone,
        opens_at=view.opens_at,
        closes_at=view.closes_at,
        publishes_at=view.publishes_at,
        opens_local=LocalDateTime(view.opens_local),
        closes_local=LocalDateTime(view.closes_local),
        publishes_local=LocalDateTime(view.publishes_local),
        languages=list(view.languages),
        questionnaire_version=view.questionnaire_version,
    )


async def _participant_count(info: Info, view: SurveyView) -> int | None:
    asker = context(info)
    if view.state == "draft" or not asker.principal.all_units:
        return None
    counts = await asker.read(lambda session: counts_by_unit(session, view.id))
    return sum(invited for invited, _ in counts.values())
