"""The published figures of one group as a reader sees them, with everything they are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sos_core.results.benchmarking import against_benchmark
from sos_core.results.comparison import (
    Difference,
    Trend,
    mean_difference,
    shared_statements,
)
from sos_core.results.published import Group, same_group
from sos_core.results.reading import Reading
from sos_core.results.rounding import HIDDEN
from sos_core.results.summary import Note, Standing, Value
from sos_core.results.views import Delta, GroupView, PlaceView, QuestionView, ScoreView


def score_view(reading: Reading, unit: int, group: Group, standing: Standing) -> ScoreView:
    """Return a score of a unit with its comparisons, or that of the next larger group that has one."""
    if standing.score is None:
        return _stand_in(reading, unit, group, standing)
    parent = reading.opened.published.above(unit)
    above = None if parent is None else reading.opened.published.group(parent)
    from_parent = None
    if standing.parent is not None and above is not None:
        reference = displayed_score(reading, above, standing.key)
        from_parent = _delta(standing.parent, reference, parent)
    return plain_score(
        reading,
        group,
        standing,
        parent=from_parent,
        previous=_trend(reading, standing.key, standing.previous),
    )


def plain_score(
    reading: Reading,
    group: Group,
    standing: Standing,
    *,
    larger: GroupView | None = None,
    parent: Delta | None = None,
    previous: Delta | None = None,
) -> ScoreView:
    """Return a score of any group, with the comparisons that are handed in."""
    areas, row = group.areas, group.row
    if standing.key == "overall":
        width, variables = int(areas.overall_half_width[row]), _rest_on(reading, group, None)
        missing: tuple[str, ...] = ()
    else:
        area = reading.instrument.areas.index(standing.key)
        width, variables = int(areas.half_width[row, area]), _rest_on(reading, group, area)
        missing = tuple(
            reading.instrument.keys[item]
            for item in reading.instrument.statements(area).tolist()
            if item not in variables
        )
    seen = standing.score is not None
    answers = group.questions.answers[row, variables] if variables else np.array([HIDDEN])
    return ScoreView(
        key=standing.key,
        value=standing.score,
        half_width=width / 10 if seen else None,
        answers=int(answers.min()) if seen else None,
        band=standing.band,
        missing=missing,
        larger=larger,
        parent=parent,
        previous=previous,
        benchmark=standing.benchmark,
    )


def displayed_score(reading: Reading, group: Group, key: str) -> int | None:
    """Return the displayed score of an area or of ``overall``."""
    return group.overall() if key == "overall" else group.score(reading.instrument.areas.index(key))


def standing_of(reading: Reading, group: Group, key: str) -> Standing:
    """Return a score of any group with its band, compared with the benchmark alone."""
    score = displayed_score(reading, group, key)
    if score is None:
        return Standing(key, None, None)
    benchmark = None
    if reading.edition is not None:
        benchmark = against_benchmark(
            reading.instrument, group, reading.edition, key, own=reading.own
        )
    band = reading.questionnaire.score_band(score)
    return Standing(key, score, band, benchmark=benchmark)


def question_views(reading: Reading, unit: int, group: Group) -> Iterator[QuestionView]:
    """Yield all questions of a unit; where one is not shown there, the next group up stands in."""
    node = int(reading.opened.plan.node_of_unit[unit])
    above = reading.opened.published.above(unit)
    parent = None if above is None else reading.opened.published.group(above)
    then, earlier = None, reading.earlier
    same = earlier is not None and reading.opened.figures.variables == earlier.figures.variables
    if earlier is not None and same:
        then = same_group(reading.opened.published, earlier.published, unit)
    before = None if earlier is None or then is None else earlier.published.group(then)
    for variable, stand_in in enumerate(reading.opened.nearest[:, node].tolist()):
        if stand_in == node:
            yield question_view(
                reading,
                group,
                variable,
                parent=_mean_delta(group, parent, variable, above, part_of=True),
                previous=_mean_delta(group, before, variable, unit, part_of=False),
            )
        elif stand_in >= 0:
            row = int(reading.opened.figures.rows(np.array([stand_in], np.int32))[0])
            other = Group(group.questions, group.areas, row)
            larger = reading.group(stand_in, unit)
            yield question_view(reading, other, variable, larger=larger)
        else:
            yield _hidden_question(reading, variable)


def question_view(
    reading: Reading,
    group: Group,
    variable: int,
    *,
    larger: GroupView | None = None,
    parent: Delta | None = None,
    previous: Delta | None = None,
) -> QuestionView:
    """Return the figures of one question in a group; compared only where it is the unit's own."""
    figures, row = group.questions, group.row
    key, mean = reading.instrument.keys[variable], group.mean(variable)
    benchmark = None
    if reading.edition is not None and larger is None and mean is not None:
        benchmark = against_benchmark(
            reading.instrument, group, reading.edition, key, own=reading.own
        )
    options = int(reading.instrument.options[variable])
    shares = figures.shares[row, variable, :options].tolist()
    return QuestionView(
        key=key,
        mean=mean,
        half_width=None if mean is None else int(figures.half_width[row, variable]) / 100,
        answers=_seen(figures.answers[row, variable]),
        favorable=_seen(figures.favorable[row, variable]),
        shares=None if HIDDEN in shares else tuple(shares),
        share_answers=_seen(figures.share_answers[row, variable]),
        group=larger,
        parent=parent,
        previous=previous,
        benchmark=benchmark,
    )


def score_notes(notes: Sequence[Note], scores: Sequence[ScoreView]) -> Iterator[Note]:
    """Yield the notes on a unit, with the larger group where its score stands in for a hidden one."""
    larger = {score.key: score.larger for score in scores if score.larger is not None}
    for note in notes:
        key = "overall" if note.code == "hidden.overall" else str(note.values.get("area"))
        if note.code in ("hidden.area_nothing", "hidden.overall") and key in larger:
            yield Note("hidden.area_combined", {"area": key, "node": larger[key].node})
        else:
            yield note


def question_notes(questions: Sequence[QuestionView]) -> Iterator[Note]:
    """Yield which questions are shown for a larger group, or not at all."""
    for question in questions:
        if question.group is not None:
            values: dict[str, Value] = {"question": question.key, "node": question.group.node}
            yield Note("hidden.question_combined", values)
        elif question.answers is None:
            yield Note("hidden.question_nothing", {"question": question.key})


def place_view(reading: Reading, unit: int) -> PlaceView:
    """Return a unit on the way; its score only where the viewer may see it."""
    visible = unit in reading.sight.figures
    group = reading.opened.published.group(unit)
    overall = group.overall() if visible and group is not None else None
    place = reading.tree[unit]
    return PlaceView(place, reading.group_of(unit), overall, visible, reading.drillable(unit))


def path_to(reading: Reading, unit: int) -> list[int]:
    """Return the units from the root down to one."""
    path = [unit]
    while path[-1] > 0:
        path.append(reading.tree[path[-1]].parent_index)
    return path[::-1]


def children_of(reading: Reading, unit: int) -> list[int]:
    """Return the units directly below one that the viewer may see."""
    return [
        place.index
        for place in reading.tree[unit + 1 : reading.tree[unit].stop]
        if place.parent_index == unit and place.index in reading.sight.figures
    ]


def _stand_in(reading: Reading, unit: int, group: Group, hidden: Standing) -> ScoreView:
    """Return the score of the next larger group that has one, compared with nothing."""
    key = hidden.key
    area = None if key == "overall" else reading.instrument.areas.index(key)
    found = reading.opened.published.stand_in(unit, area)
    if found is None:
        return plain_score(reading, group, hidden)
    node, other = found
    score = displayed_score(reading, other, key)
    band = None if score is None else reading.questionnaire.score_band(score)
    return plain_score(reading, other, Standing(key, score, band), larger=reading.group(node, unit))


def _rest_on(reading: Reading, group: Group, area: int | None) -> list[int]:
    areas = range(len(reading.instrument.areas)) if area is None else [area]
    return [
        item
        for each in areas
        for item in shared_statements(reading.instrument, each, group.missing(each))
    ]


def _delta(found: Difference, reference: float | None, unit: int | None) -> Delta:
    return Delta(found.value, reference, found.beyond_chance, found.same_statements, unit)


def _mean_delta(
    group: Group, other: Group | None, variable: int, unit: int | None, *, part_of: bool
) -> Delta | None:
    found = None if other is None else mean_difference(group, other, variable, part_of=part_of)
    return None if found is None or other is None else _delta(found, other.mean(variable), unit)


def _trend(reading: Reading, key: str, trend: Trend | None) -> Delta | None:
    """Return the change since the earlier survey, at whatever unit it could be told."""
    if trend is None or reading.earlier is None:
        return None
    found, published = trend.difference, reading.opened.published
    if found is None or trend.unit is None:
        return Delta(None, None, False, True, None, trend.reason)
    then = same_group(published, reading.earlier.published, trend.unit)
    before = None if then is None else reading.earlier.published.group(then)
    reference = None if before is None else displayed_score(reading, before, key)
    return Delta(
        found.value, reference, found.beyond_chance, found.same_statements, trend.unit, trend.reason
    )


def _hidden_question(reading: Reading, variable: int) -> QuestionView:
    key = reading.instrument.keys[variable]
    return QuestionView(key, None, None, None, None, None, None, None, None, None, None)


def _seen(value: np.signedinteger) -> int | None:
    return None if value == HIDDEN else int(value)
