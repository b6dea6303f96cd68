"""Who answers: a respondent by link, or a participant who has signed in; and their form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import strawberry

from sos_core.content import Questionnaire, normalize_language, questionnaire, text
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import SurveyView, survey, surveys_of_person
from sos_graphql.context import Context, Info, context, not_signed_in
from sos_graphql.nodes import node_id, number_of
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.enums import ActivityUnit
from sos_graphql.surveys.forms import (
    BallotDraft,
    BallotForm,
    FormActivity,
    FormArea,
    FormOption,
    FormPrivacy,
    FormStatement,
    GivenAnswer,
    GivenComment,
)
from sos_graphql.surveys.promises import first_promises

if TYPE_CHECKING:
    from sos_core.ballots.queries import Resumed

MINUTES = (15, 20)
LONGEST_COMMENT = 2000


class GivenAnswers(Protocol):
    """Anything with answers and comments, as an input of the schema has them."""

    answers: list[Any]
    comments: list[Any]


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person in one survey."""

    organization_id: int
    survey_id: int
    person_id: int


async def respondent(info: Info, wanted: strawberry.ID | None = None) -> Respondent:
    """Return who answers which survey; raise NotAllowed or NotFound where nobody can.

    A personal link is good for its own survey alone. Who signed in answers the survey that is open
    for them, or ``wanted`` where they take part in it.
    """
    asker = context(info)
    principal = asker.principal
    organization_id, person_id = principal.organization_id, principal.person_id
    if organization_id is None:
        raise not_signed_in()
    number = None if wanted is None else number_of("Survey", wanted)
    if asker.is_respondent:
        own = principal.survey_id
        if own is None or person_id is None or number not in (None, own):
            raise no_open_survey()
        return Respondent(organization_id, own, person_id)
    if person_id is None:
        raise no_open_survey()
    mine = await asker.read(lambda session: surveys_of_person(session, person_id))
    for view in mine:
        if number == view.survey_id or (number is None and view.state == "open"):
            return Respondent(organization_id, view.survey_id, person_id)
    raise no_open_survey()


def no_open_survey() -> NotFound:
    """Return the error for one who is not invited to anything that is open."""
    return NotFound(
        "There is no open survey that you are invited to.",
        "Ask whoever runs the surveys in your organization.",
        code="no_open_survey",
    )


def answers_of(asker: Context, given: GivenAnswers) -> Any:
    """Return what was sent in the form that the ballot desk takes."""
    return asker.application.ballots.answers(
        {answer.key: answer.value for answer in given.answers},
        {comment.key: comment.text for comment in given.comments},
    )


async def ballot_form(info: Info, wanted: strawberry.ID | None, language: str | None) -> BallotForm:
    """Return the form of the survey that the caller may answer, with what was answered so far."""
    asker = context(info)
    who = await respondent(info, wanted)
    return await asker.call(lambda: _form(asker, who, language))


def _form(asker: Context, who: Respondent, language: str | None) -> BallotForm:
    with asker.application.database.read(who.organization_id) as session:
        view = survey(session, who.survey_id)
        name = organization(session, who.organization_id).name
        spoken = _language(session, asker, view, who, language)
    resumed = asker.application.ballots.resume(who.organization_id, who.survey_id, who.person_id)
    asked = questionnaire(view.questionnaire_version)
    return BallotForm(
        survey_id=node_id("Survey", view.id),
        title=view.title,
        organization_name=name,
        closes_at=view.closes_at,
        closes_local=LocalDateTime(view.closes_local),
        time_zone=view.time_zone,
        languages=list(view.languages),
        language=spoken,
        introduction=view.introductions.get(spoken) or None,
        privacy=_privacy(view, spoken),
        scale=[FormOption(value=v, label=text(spoken, f"scale.{v}")) for v in asked.scale],
        cannot_judge=text(spoken, "scale.cannot_judge"),
        areas=_areas(asked, spoken),
        activity_title=text(spoken, "activity.title"),
        activity_introduction=text(spoken, "activity.introduction"),
        activities=_activities(asked, spoken),
        draft=stored_draft(resumed),
        submitted=resumed.submitted,
    )


def stored_draft(resumed: Resumed) -> BallotDraft:
    """Return what is stored of a ballot as the schema has it."""
    given = resumed.answers
    return BallotDraft(
        answers=[GivenAnswer(key=key, value=value) for key, value in given.choices.items()],
        comments=[GivenComment(key=key, text=words) for key, words in given.comments.items()],
        sequence=resumed.sequence,
        version=resumed.version,
    )


def _language(
    session: OrganizationSession,
    asker: Context,
    view: SurveyView,
    who: Respondent,
    wanted: str | None,
) -> str:
    """Return the first language of the survey among: the one asked for, the invitation's, any."""
    part = participation(session, who.survey_id, who.person_id)
    for tag in (normalize_language(wanted or ""), part.language if part else "", asker.language):
        if tag in view.languages:
            return str(tag)
    return view.languages[0]


def _privacy(view: SurveyView, language: str) -> FormPrivacy:
    return FormPrivacy(
        title=text(language, "privacy.title"),
        sentences=first_promises(view, language),
        smallest_group=view.thresholds.k,
        smallest_comment_group=view.thresholds.comments,
        minutes_least=MINUTES[0],
        minutes_most=MINUTES[1],
        longest_comment=LONGEST_COMMENT,
    )


def _areas(asked: Questionnaire, language: str) -> list[FormArea]:
    return [
        FormArea(
            key=area.key,
            name=text(language, area.name_key),
            description=text(language, area.description_key),
            statements=[
                FormStatement(key=item.key, text=text(language, item.text_key))
                for item in area.statements
            ],
            comment_key=area.comment_key,
            comment_prompt=text(language, area.comment_key),
        )
        for area in asked.areas
    ]


def _activities(asked: Questionnaire, language: str) -> list[FormActivity]:
    return [
        FormActivity(
            key=item.key,
            name=text(language, item.name_key),
            text=text(language, item.text_key),
            unit=ActivityUnit(item.unit),
            options=[
                FormOption(value=number, label=text(language, band.text_key))
                for number, band in enumerate(item.bands, start=1)
            ],
        )
        for item in asked.activities
    ]
