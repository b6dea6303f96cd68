"""The executive summary and the comments of a unit."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_graphql.describing import described, told
from sos_graphql.errors import AnyProblem
from sos_graphql.results.types import ResultGroup


@described
class SummaryArea:
    """An area that stands out, with the reasons in words."""

    key: str = told("Stable key of the area.")
    name: str = told("Name of the area.")
    score: int = told("Its score.")
    reasons: list[str] = told("Sentences that say how it stands.")


@described
class Suggestion:
    """A starting point for a talk in the team."""

    area: str = told("Key of the area.")
    name: str = told("Name of the area.")
    text: str = told("The suggestion.")


@described
class Summary:
    """The results of a unit in words, strongest and weakest first."""

    title: str = told("Title of the summary.")
    headline: str = told("The overall score and what it means.")
    sentences: list[str] = told("How many answered, and how the score has changed and compares.")
    strengths: list[SummaryArea] = told("The strongest areas, at most three.")
    opportunities: list[SummaryArea] = told("The areas with most to gain, at most three.")
    suggestions: list[Suggestion] = told("What to talk about, by area.")
    activities: list[str] = told("The typical week, a sentence for each activity.")
    notes: list[str] = told("What must be known to read the summary rightly.")


@described
class PromptComments:
    """The comments to one prompt, in an order that tells nothing."""

    area: str = told("Key of the area that the prompt belongs to.")
    name: str = told("Name of the area.")
    prompt: str = told("The prompt in the caller's language.")
    group: ResultGroup = told("The group whose comments these are.")
    comments: list[str] = told("The comments as they were written.")


@described
class Comments:
    """The comments of a unit, by prompt."""

    prompts: list[PromptComments] = told("Prompts with comments, in the order of asking.")
    hidden: str | None = told("What is not shown and why, in words.")


CommentsAnswer = Annotated[
    Comments | AnyProblem,
    strawberry.union("CommentsAnswer", description="The comments, or why there are none."),
]
