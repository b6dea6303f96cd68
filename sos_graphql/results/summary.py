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
    name: str = told("What it is called, in the caller's language.")
    score: int = told("From 0 to 100.")
    reasons: list[str] = told("Sentences that say how it stands.")


@described
class Suggestion:
    """A starting point for a talk in the team."""

    area_key: str = told("Stable key of the area that it is about.")
    area_name: str = told("Name of that area in the caller's language.")
    text: str = told("What to talk about, in the caller's language.")


@described
class Summary:
    """The results of a unit in words, strongest and weakest first."""

    title: str = told("Heading, which names the unit.")
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

    area_key: str = told("Stable key of the area that the prompt belongs to.")
    area_name: str = told("Name of that area in the caller's language.")
    prompt: str = told("The prompt in the caller's language.")
    group: ResultGroup = told("The group whose comments these are.")
    comments: list[str] = told("The comments as they were written.")


@described
class Comments:
    """The comments of a unit, by prompt."""

    prompts: list[PromptComments] = told("Prompts with comments, in the order of asking.")
    hidden: str | None = told("What is not shown and why, in words; null where nothing is hidden.")


CommentsAnswer = Annotated[
    Comments | AnyProblem,
    strawberry.union("CommentsAnswer", description="The comments, or why there are none."),
]
