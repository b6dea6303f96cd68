"""Cuts across the tree that were registered before opening: leaders, or units of one name."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.content import text
from sos_core.results import wording
from sos_core.results.views import CutPart, CutsView, CutView
from sos_graphql.benchmarks import BenchmarkEdition
from sos_graphql.describing import described, told
from sos_graphql.errors import AnyProblem
from sos_graphql.nodes import node_id
from sos_graphql.results.making import Maker
from sos_graphql.results.types import ActivityFigures, AreaFigures, NotPublished, Score


@described
class ResultCutPart:
    """One group of a cut; it is made of whole groups that protect answers."""

    key: str = told("Stable key of the group, such as leaders or level:1:Nordics.")
    name: str = told("Name in the caller's language.")
    hidden: str | None = told(
        "Why nothing is shown of the group, in words; null where something is."
    )
    overall: Score = told("Its overall score, beside that of the whole organization.")
    areas: list[AreaFigures] = told("The nine areas, each beside the whole organization.")
    activities: list[ActivityFigures] = told("The activity questions.")


@described
class ResultCut:
    """A way of cutting results across the organization's tree."""

    key: str = told("The cut as the survey registered it: leaders, or level:1 …")
    name: str = told("Name in the caller's language.")
    parts: list[ResultCutPart] = told("Its groups beside each other.")
    hidden: str | None = told("Why there are no groups, in words; null where there are some.")


@described
class ResultCuts:
    """The cuts of a survey; they were fixed when it opened."""

    survey_id: strawberry.ID = told("Which survey the groups are of.")
    survey_title: str = told("What the survey is called.")
    organization_name: str = told("What the organization is called, which the groups stand beside.")
    smallest_group: int = told("Least people behind a figure in this survey.")
    cuts: list[ResultCut] = told("The cuts that were registered; empty where none was.")
    note: str = told("What must be known to read these groups rightly.")
    benchmark: BenchmarkEdition | None = told(
        "What the figures are compared with; null where there is no benchmark."
    )


CutsAnswer = Annotated[
    ResultCuts | NotPublished | AnyProblem,
    strawberry.union("CutsAnswer", description="The cuts of a survey, or why there are none."),
]


def cuts_of(language: str, view: CutsView) -> ResultCuts:
    """Return the cuts of a survey in a language."""
    maker = Maker(language, view.survey, view.tree, view.tree[0], None, view.edition)
    return ResultCuts(
        survey_id=node_id("Survey", view.survey.id),
        survey_title=view.survey.title,
        organization_name=view.tree[0].name,
        smallest_group=view.survey.thresholds.k,
        cuts=[_cut(maker, cut) for cut in view.cuts],
        note=text(language, "cut.note"),
        benchmark=maker.benchmark(),
    )


def _cut(maker: Maker, view: CutView) -> ResultCut:
    return ResultCut(
        key=view.key,
        name=wording.cut_name(maker.language, view.level_name),
        parts=[_part(maker, part) for part in view.parts],
        hidden=None if view.parts else text(maker.language, "cut.nothing_in_common"),
    )


def _part(maker: Maker, view: CutPart) -> ResultCutPart:
    language = maker.language
    refused = text(language, "hidden.cut") if view.refused else None
    questions = {question.key: question for question in view.questions}
    reasons = {
        score.key: _reasons(language, score.key, score.value, refused) for score in view.areas
    }
    return ResultCutPart(
        key=view.key,
        name=view.name or text(language, f"cut.{view.key}"),
        hidden=refused,
        overall=maker.score(
            view.overall, _reasons(language, "overall", view.overall.value, refused)
        ),
        areas=[maker.area(score, questions, reasons) for score in view.areas],
        activities=[maker.activity(questions[item.key], ()) for item in maker.asked.activities],
    )


def _reasons(language: str, key: str, value: int | None, refused: str | None) -> list[str]:
    """Return why a score of a group is not shown, where the group as a whole is."""
    if value is not None or refused:
        return []
    if key == "overall":
        return [text(language, "hidden.overall")]
    return [text(language, "hidden.area_nothing", area=wording.area_name(language, key))]
