"""Turns what is read of published results into types of the schema, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import strawberry

from sos_core.content import Questionnaire, questionnaire, text
from sos_core.records import BenchmarkEdition as Edition
from sos_core.results import wording
from sos_core.results.benchmarking import Benchmarked
from sos_core.results.naming import Form
from sos_core.results.summary import Note
from sos_core.results.views import (
    Delta,
    GroupView,
    PlaceView,
    QuestionView,
    ScoreView,
)
from sos_core.surveys.queries import SurveyUnitView, SurveyView
from sos_graphql.benchmarks import BenchmarkEdition, Percentile, PercentileSide
from sos_graphql.nodes import node_id
from sos_graphql.results.types import (
    ActivityFigures,
    AreaFigures,
    Band,
    Difference,
    OptionShare,
    ResultGroup,
    ResultPlace,
    Score,
    StatementFigures,
)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes types for one caller; ``place`` is the unit that was asked for."""

    language: str
    survey: SurveyView
    tree: Sequence[SurveyUnitView]
    place: SurveyUnitView
    previous: SurveyView | None
    edition: Edition | None

    @property
    def asked(self) -> Questionnaire:
        """Return the questionnaire of the survey."""
        return questionnaire(self.survey.questionnaire_version)

    def group(self, view: GroupView) -> ResultGroup:
        """Return a group with its name."""
        name = view.name
        exactly = self.tree[name.units[0]] if name.form is Form.UNIT else None
        return ResultGroup(
            key=str(view.node),
            name=wording.group_name(self.language, self.tree, name),
            exact=view.exact,
            people_count=name.people,
            parts=wording.part_names(self.language, self.tree, name),
            unit_id=unit_id(exactly) if exactly else None,
        )

    def score(self, view: ScoreView, notes: Iterable[str]) -> Score:
        """Return a score with its comparisons; ``notes`` say what it lacks, in words."""
        return Score(
            value=view.value,
            interval=view.half_width,
            answer_count=view.answers,
            band=Band(view.band) if view.band else None,
            band_name=wording.band_name(self.language, view.band) if view.band else None,
            missing=list(view.missing),
            parent=self.from_parent(view.parent),
            previous=self.from_previous(view.previous),
            benchmark=self.percentile(view.benchmark),
            group=self.group(view.larger) if view.larger else None,
            hidden=" ".join(notes) or None,
        )

    def from_parent(self, delta: Delta | None) -> Difference | None:
        """Return how a figure differs from that of the unit above; None where nothing is told."""
        if delta is None or delta.unit is None:
            return None
        return self._difference(delta, self.tree[delta.unit].name)

    def from_previous(self, delta: Delta | None) -> Difference | None:
        """Return how a figure has changed; None where it cannot be told for this very unit."""
        if delta is None or delta.reason is not None or self.previous is None:
            return None
        return self._difference(delta, self.previous.title)

    def percentile(self, found: Benchmarked | None) -> Percentile | None:
        """Return where a figure stands in the benchmark."""
        if found is None or self.edition is None:
            return None
        place = found.place
        sentence = text(
            self.language,
            "percentile.sentence",
            percentile=place.percentile,
            benchmark=self.edition.title,
            organizations=found.organizations,
        )
        return Percentile(
            percentile=place.percentile,
            low=place.low,
            high=place.high,
            side=PercentileSide(place.side),
            organization_count=found.organizations,
            median=found.median.value,
            difference=found.difference.value,
            significant=found.difference.beyond_chance,
            sentence=sentence,
        )

    def benchmark(self) -> BenchmarkEdition | None:
        """Return what figures are compared with."""
        edition = self.edition
        if edition is None:
            return None
        note = text(self.language, "percentile.synthetic") if edition.synthetic else None
        return BenchmarkEdition(
            key=edition.key, title=edition.title, synthetic=edition.synthetic, note=note
        )

    def statement(self, view: QuestionView, area: str, notes: Iterable[str]) -> StatementFigures:
        """Return the figures of a statement."""
        labels = [text(self.language, f"scale.{value}") for value in self.asked.scale]
        return StatementFigures(
            key=view.key,
            area_key=area,
            text=text(self.language, f"statement.{view.key}"),
            mean=view.mean,
            interval=view.half_width,
            answer_count=view.answers,
            favorable=view.favorable,
            distribution=_distribution(view, labels),
            group=self.group(view.group) if view.group else None,
            parent=self.from_parent(view.parent),
            previous=self.from_previous(view.previous),
            benchmark=self.percentile(view.benchmark),
            hidden=" ".join(notes) or None,
        )

    def area(
        self,
        view: ScoreView,
        questions: Mapping[str, QuestionView],
        notes: Mapping[str, Sequence[str]],
    ) -> AreaFigures:
        """Return an area with its statements; ``notes`` in words by key of area or question."""
        area = self.asked.area(view.key)
        return AreaFigures(
            key=view.key,
            name=text(self.language, area.name_key),
            description=text(self.language, area.description_key),
            score=self.score(view, notes.get(view.key, ())),
            make_statements=lambda: [
                self.statement(questions[item.key], view.key, notes.get(item.key, ()))
                for item in area.statements
            ],
        )

    def activity(self, view: QuestionView, notes: Iterable[str]) -> ActivityFigures:
        """Return the figures of an activity question."""
        question = next(item for item in self.asked.activities if item.key == view.key)
        labels = [text(self.language, band.text_key) for band in question.bands]
        shown = view.mean
        return ActivityFigures(
            key=view.key,
            name=text(self.language, question.name_key),
            text=text(self.language, question.text_key),
            value=shown,
            display=None
            if shown is None
            else wording.activity_text(self.language, view.key, shown),
            interval=view.half_width,
            answer_count=view.answers,
            distribution=_distribution(view, labels),
            group=self.group(view.group) if view.group else None,
            parent=self.from_parent(view.parent),
            previous=self.from_previous(view.previous),
            benchmark=self.percentile(view.benchmark),
            hidden=" ".join(notes) or None,
        )

    def way(self, view: PlaceView) -> ResultPlace:
        """Return a unit on the way through the results."""
        return ResultPlace(
            unit_id=unit_id(view.place),
            name=view.place.name,
            level=view.place.level_name,
            group=self.group(view.group),
            overall=view.overall,
            drillable=view.drillable,
            visible=view.visible,
        )

    def _difference(self, delta: Delta, name: str) -> Difference | None:
        if delta.value is None or delta.reference is None:
            return None
        note = None if delta.same_statements else text(self.language, "trend.other_statements")
        return Difference(
            value=delta.value,
            reference=delta.reference,
            significant=delta.beyond_chance,
            name=name,
            note=note,
        )


def unit_id(place: SurveyUnitView) -> strawberry.ID | None:
    """Return the id of a unit of the survey's tree, None for the organization."""
    return None if place.unit_id is None else node_id("Unit", place.unit_id)


def subject_of(note: Note) -> str:
    """Return what a note is about: a key of an area or a question, or a word from its code."""
    for key in ("area", "question"):
        if isinstance(found := note.values.get(key), str):
            return found
    return note.code.partition(".")[2]


def _distribution(view: QuestionView, labels: Sequence[str]) -> list[OptionShare] | None:
    if view.shares is None:
        return None
    return [
        OptionShare(option=number, label=label, percent=share)
        for number, (label, share) in enumerate(zip(labels, view.shares, strict=True), start=1)
    ]
