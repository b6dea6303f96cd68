"""One unit's published results, read once and shown as far as a document asks."""

from __future__ import annotations

from collections import defaultdict

from sos_core.content import text
from sos_core.database.session import OrganizationSession
from sos_core.results import queries, wording
from sos_core.results.summary import Note
from sos_core.results.views import CommentsView, ScoreView, UnitResults
from sos_core.surveys.audience import Sight
from sos_graphql.benchmarks import BenchmarkEdition
from sos_graphql.context import Context
from sos_graphql.results.making import Maker, subject_of
from sos_graphql.results.summary import (
    Comments,
    PromptComments,
    Suggestion,
    Summary,
    SummaryArea,
)
from sos_graphql.results.types import (
    ActivityFigures,
    AreaFigures,
    HiddenNote,
    ResultGroup,
    ResultPlace,
    Score,
    StatementFigures,
)


class UnitReader:
    """Shows one unit's results to one caller, who may see what ``sight`` says."""

    def __init__(self, asker: Context, view: UnitResults, sight: Sight) -> None:
        self._asker = asker
        self._view = view
        self._sight = sight
        self.maker = Maker(
            asker.language, view.survey, view.tree, view.place, view.previous, view.edition
        )
        self._names = wording.node_names(view)
        self._notes: dict[str, list[str]] = defaultdict(list)
        for note in view.notes:
            self._notes[subject_of(note)].append(self._words(note))
        self._questions = {question.key: question for question in view.questions}

    def group(self) -> ResultGroup:
        """Return the people whose figures these are."""
        return self.maker.group(self._view.group)

    def overall(self) -> Score:
        """Return the score over all areas."""
        return self.maker.score(self._view.overall, self._notes["overall"])

    def areas(self) -> list[AreaFigures]:
        """Return the areas in order."""
        return [self._area(view) for view in self._view.areas]

    def area(self, key: str) -> AreaFigures | None:
        """Return one area with its statements; None where there is none."""
        return next((self._area(view) for view in self._view.areas if view.key == key), None)

    def statement(self, key: str) -> StatementFigures | None:
        """Return one statement; None where there is none."""
        for statement in self.maker.asked.statements:
            if statement.key == key:
                question = self._questions[key]
                return self.maker.statement(question, statement.area, self._notes[key])
        return None

    def activities(self) -> list[ActivityFigures]:
        """Return the activity questions in order."""
        return [
            self.maker.activity(self._questions[item.key], self._notes[item.key])
            for item in self.maker.asked.activities
        ]

    async def comments(self, area: str | None) -> Comments:
        """Return the comments; raise NotAllowed where the caller may not read them."""
        view, place = self._view, self._view.place.index
        now = self._asker.now

        def work(session: OrganizationSession) -> CommentsView:
            return queries.comments(
                session, view.survey.id, place, sight=self._sight, now=now, area=area
            )

        return self._comments(await self._asker.read(work))

    def summary(self) -> Summary:
        """Return the executive summary."""
        words = wording.summary_text(self._asker.language, self._view)
        strengths, opportunities = (
            [
                SummaryArea(key=a.key, name=a.name, score=a.score, reasons=list(a.reasons))
                for a in areas
            ]
            for areas in (words.strengths, words.opportunities)
        )
        return Summary(
            title=words.title,
            headline=words.headline,
            sentences=list(words.sentences),
            strengths=strengths,
            opportunities=opportunities,
            suggestions=[
                Suggestion(area_key=item.area, area_name=item.name, text=item.text)
                for item in words.suggestions
            ],
            activities=list(words.activities),
            notes=list(words.notes),
        )

    def breadcrumb(self) -> list[ResultPlace]:
        """Return the way down to the unit."""
        return [self.maker.way(place) for place in self._view.breadcrumb]

    def children(self) -> list[ResultPlace]:
        """Return the units below that the caller may see."""
        return [self.maker.way(place) for place in self._view.children]

    def hidden(self) -> list[HiddenNote]:
        """Return what is not shown and why."""
        return [
            HiddenNote(subject=subject_of(note), text=self._words(note))
            for note in self._view.notes
        ]

    def benchmark(self) -> BenchmarkEdition | None:
        """Return what the figures are compared with."""
        return self.maker.benchmark()

    def _area(self, view: ScoreView) -> AreaFigures:
        return self.maker.area(view, self._questions, self._notes)

    def _comments(self, view: CommentsView) -> Comments:
        language = self._asker.language
        names = {view.group.node: view.group.name} if view.group else {}
        notes = [
            wording.note_text(language, view.tree, note, unit=view.place.index, name_of=names)
            for note in view.notes
        ]
        group = self.maker.group(view.group) if view.group else None
        prompts = (
            []
            if group is None
            else [
                PromptComments(
                    area_key=found.prompt.partition(".")[2],
                    area_name=wording.area_name(language, found.prompt.partition(".")[2]),
                    prompt=text(language, found.prompt),
                    group=group,
                    comments=list(found.texts),
                )
                for found in view.prompts
            ]
        )
        return Comments(prompts=prompts, hidden=" ".join(notes) or None)

    def _words(self, note: Note) -> str:
        return wording.note_text(
            self._asker.language,
            self._view.tree,
            note,
            unit=self._view.place.index,
            name_of=self._names,
        )
