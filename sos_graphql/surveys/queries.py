"""What is asked about surveys."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.errors import NotFound
from sos_core.surveys import letters
from sos_core.surveys.queries import SurveyView
from sos_graphql.context import Info, context
from sos_graphql.describing import resolved
from sos_graphql.errors import attempt
from sos_graphql.nodes import After, Connection, First, node_id, number_of, page
from sos_graphql.surveys.enums import LatestSurvey
from sos_graphql.surveys.forms import BallotFormAnswer
from sos_graphql.surveys.inputs import SurveyPreview, SurveyPreviewAnswer
from sos_graphql.surveys.respondents import ballot_form
from sos_graphql.surveys.types import Survey, find_survey, known_surveys, survey_type

SurveyId = Annotated[
    strawberry.ID | None, strawberry.argument(description="The survey; absent: the latest one.")
]
Latest = Annotated[
    LatestSurvey, strawberry.argument(description="Which is meant where no id is given.")
]
FormLanguage = Annotated[
    str | None,
    strawberry.argument(description="Language of the form; absent: that of the invitation."),
]
FormSurvey = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The survey; absent: the one that is open."),
]
DraftId = Annotated[strawberry.ID, strawberry.argument(description="Id of a draft.")]


@strawberry.type
class SurveyQuery:
    """Surveys, and the form of the one that is open."""

    @resolved
    async def surveys(self, info: Info, first: First, after: After = None) -> Connection[Survey]:
        """The surveys that the caller may know of, the latest opening first."""
        asker = context(info)
        known = await _known(info) if asker.signed_in else []
        return page(known, first, after, lambda view: survey_type(asker, view))

    @resolved
    async def survey(
        self,
        info: Info,
        id: SurveyId = None,  # noqa: A002
        latest: Latest = LatestSurvey.PUBLISHED,
    ) -> Survey | None:
        """One survey; null where there is none, or none that the caller may know of."""
        return await _survey(info, id, latest)

    @resolved
    async def survey_preview(self, info: Info, id: DraftId) -> SurveyPreviewAnswer:  # noqa: A002
        """What a draft would do if it opened now; for administrators."""
        return await attempt(info, _preview(info, id))

    @resolved
    async def ballot_form(
        self, info: Info, survey: FormSurvey = None, language: FormLanguage = None
    ) -> BallotFormAnswer:
        """The form of the open survey that the caller is invited to."""
        return await attempt(info, ballot_form(info, survey, language))


async def _known(info: Info) -> list[SurveyView]:
    asker = context(info)
    return await asker.read(lambda session: known_surveys(session, asker))


async def _survey(info: Info, given: str | None, latest: LatestSurvey) -> Survey | None:
    asker = context(info)
    guest = asker.principal.guest
    if guest is not None:
        # A token is for one survey, so that is the latest one that its widget can mean.
        given = given or node_id("Survey", guest.survey_id)
    elif not asker.signed_in:
        return None
    if given is not None:
        try:
            return await find_survey(info, number_of("Survey", given))
        except NotFound:
            return None
    for view in await _known(info):
        wanted = view.state == "open" if latest is LatestSurvey.OPEN else view.published(asker.now)
        if wanted:
            return survey_type(asker, view)
    return None


async def _preview(info: Info, given: str) -> SurveyPreview:
    asker = context(info)
    asker.administer(Scope.SURVEYS_READ)
    number, post = number_of("Survey", given), asker.application.post
    found = await asker.read(lambda session: letters.preview(session, number, post=post))
    return SurveyPreview(
        invited_count=found.invited,
        without_address_ids=[node_id("Person", person) for person in found.without_address],
        link=found.link,
    )
