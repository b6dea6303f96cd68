"""Cuts across the tree as a reader sees them: parts beside each other, each beside the organization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sos_core.results.comparison import (
    Difference,
    area_difference,
    mean_difference,
    overall_difference,
)
from sos_core.results.gathering import SELLERS
from sos_core.results.published import Group
from sos_core.results.reading import Reading
from sos_core.results.units import displayed_score, plain_score, question_view, standing_of
from sos_core.results.views import CutPart, CutView, Delta, QuestionView, ScoreView
from sos_core.surveys.cuts import LEADERS

ROOT = 0


def cut_views(reading: Reading, levels: Sequence[str]) -> Iterator[CutView]:
    """Yield the cuts that were registered before opening, in the order in which they are kept.

    ``levels`` are today's names, for a level at which the survey had no units.
    """
    names = dict(enumerate(levels)) | {place.level: place.level_name for place in reading.tree}
    keys = reading.opened.figures.cut_keys
    for cut in reading.survey.cuts:
        kind, _, level = cut.partition(":")
        wanted = [
            row
            for row, key in enumerate(keys)
            if (key in (LEADERS, SELLERS) if kind == LEADERS else key.startswith(f"{cut}:"))
        ]
        yield CutView(
            key=cut,
            level_name=None if kind == LEADERS else names.get(int(level), level),
            parts=tuple(_part(reading, keys[row], row) for row in wanted),
        )


def _part(reading: Reading, key: str, row: int) -> CutPart:
    figures = reading.opened.figures
    group = Group(figures.cut_questions, figures.cut_areas, row)
    whole = reading.opened.published.group(ROOT)
    areas = ("overall", *reading.instrument.areas)
    scores = [_score(reading, group, whole, area) for area in areas]
    questions = tuple(
        _question(reading, group, whole, item) for item in range(len(figures.variables))
    )
    return CutPart(
        key=key,
        name=key.split(":", 2)[2] if ":" in key else None,
        refused=all(question.answers is None for question in questions),
        overall=scores[0],
        areas=tuple(scores[1:]),
        questions=questions,
    )


def _score(reading: Reading, group: Group, whole: Group | None, key: str) -> ScoreView:
    beside = None
    if whole is not None:
        instrument = reading.instrument
        found = (
            overall_difference(instrument, group, whole, part_of=True)
            if key == "overall"
            else area_difference(
                instrument, group, whole, instrument.areas.index(key), part_of=True
            )
        )
        beside = _delta(found, displayed_score(reading, whole, key))
    return plain_score(reading, group, standing_of(reading, group, key), parent=beside)


def _question(reading: Reading, group: Group, whole: Group | None, variable: int) -> QuestionView:
    beside = None
    if whole is not None:
        found = mean_difference(group, whole, variable, part_of=True)
        beside = _delta(found, whole.mean(variable))
    return question_view(reading, group, variable, parent=beside)


def _delta(found: Difference | None, reference: float | None) -> Delta | None:
    if found is None:
        return None
    return Delta(found.value, reference, found.beyond_chance, found.same_statements, ROOT)
