"""The ballot form: questions in the respondent's language, and what they have answered so far."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from sos_graphql.describing import described, told
from sos_graphql.errors import AnyProblem
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.enums import ActivityUnit


@described
class FormOption:
    """One answer that can be chosen."""

    value: int = told("Number of the option, from 1.")
    label: str = told("The option in words.")


@described
class FormStatement:
    """A statement to agree with more or less."""

    key: str = told("Stable key of the statement.")
    text: str = told("What one agrees with or not, in the language of the form.")


@described
class FormArea:
    """One of the nine areas: a page of the form."""

    key: str = told("Stable key of the area.")
    name: str = told("What it is called, in the language of the form.")
    description: str = told("What the area is about, in one sentence.")
    statements: list[FormStatement] = told("The statements of the area in order.")
    comment_key: str = told("Stable key of the comment prompt.")
    comment_prompt: str = told("What one is asked to write about it, in the language of the form.")


@described
class FormActivity:
    """A question about how often something is done in a typical recent week."""

    key: str = told("Stable key of the question.")
    name: str = told("Short name of the activity.")
    text: str = told("The question.")
    unit: ActivityUnit = told("What is counted.")
    options: list[FormOption] = told("The bands to choose from.")


@described
class FormPrivacy:
    """What a respondent is told about who sees what, to be shown before the first question."""

    title: str = told("Heading of the following sentences.")
    sentences: list[str] = told("Who sees what, in words.")
    smallest_group: int = told("Least people behind a figure.")
    smallest_comment_group: int = told("Least people behind comments.")
    minutes_least: int = told("How many minutes a quick respondent needs.")
    minutes_most: int = told("How many minutes most respondents need at most.")
    longest_comment: int = told("How many characters a comment may have.")


@described
class GivenAnswer:
    """An answer given so far."""

    key: str = told("Stable key of the question.")
    value: int | None = told("Number of the option; null: cannot judge.")


@described
class GivenComment:
    """A comment written so far."""

    key: str = told("Stable key of the comment prompt.")
    text: str = told("What was written, as it was written.")


@described
class BallotDraft:
    """What a respondent has answered so far."""

    answers: list[GivenAnswer] = told("The answers given so far.")
    comments: list[GivenComment] = told("The comments written so far.")
    sequence: int = told("The client's number of the stored draft; the next one is larger.")
    version: str = told("Names these answers, for the base of what is sent next; empty: none yet.")


@described
class BallotForm:
    """The open survey from the view of one respondent."""

    survey_id: strawberry.ID = told("Which survey is answered with it.")
    title: str = told("What the survey is called.")
    organization_name: str = told("What the organization is called.")
    closes_at: datetime = told("Until when answers are taken.")
    closes_local: LocalDateTime = told("The same as wall time in the survey's time zone.")
    time_zone: str = told("Time zone of the survey.")
    languages: list[str] = told("Languages in which it can be answered.")
    language: str = told("Language of the texts in this form.")
    introduction: str | None = told("The organization's own words; null where there are none.")
    privacy: FormPrivacy = told("Who sees what.")
    scale: list[FormOption] = told("The options of every statement.")
    cannot_judge: str = told("The way out of a statement, in words; its answer is null.")
    areas: list[FormArea] = told("The nine areas in order.")
    activity_title: str = told("Heading of the activity questions.")
    activity_introduction: str = told("What the activity questions are about.")
    activities: list[FormActivity] = told("The activity questions in order.")
    draft: BallotDraft = told("What has been answered so far.")
    submitted: bool = told("Whether it was submitted; it can be submitted again until the close.")


BallotFormAnswer = Annotated[
    BallotForm | AnyProblem,
    strawberry.union("BallotFormAnswer", description="The form, or why there is none."),
]
