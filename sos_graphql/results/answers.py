"""Answers about published results: who may see them is decided first, then they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed, SosError
from sos_core.results import queries, wording
from sos_core.results.sight import result_sight
from sos_core.results.views import MatrixView
from sos_core.results.views import UnitResults as UnitView
from sos_core.surveys.audience import Sight
from sos_core.surveys.queries import SurveyUnitView, SurveyView
from sos_graphql.context import Context, Info, context
from sos_graphql.errors import AnyProblem, failure, problem
from sos_graphql.nodes import no_such_thing, node_id, number_of
from sos_graphql.results.cuts import CutsAnswer, ResultCuts, cuts_of
from sos_graphql.results.making import Maker, unit_id
from sos_graphql.results.matrix import (
    Comparison,
    MatrixAnswer,
    MatrixColumn,
    MatrixRows,
    ResultMatrix,
)
from sos_graphql.results.page import ResultsAnswer, UnitResults
from sos_graphql.results.reading import UnitReader
from sos_graphql.results.types import NotPublished
from sos_graphql.scalars import Flags, LocalDateTime, Texts, Vector, as_json

NOT_PUBLISHED = "not_published"
T = TypeVar("T")


async def results_answer(info: Info, view: SurveyView, unit: str | None) -> ResultsAnswer:
    """Return the results of a unit, or why there are none."""
    asker = context(info)
    now = asker.now

    def work(session: OrganizationSession) -> tuple[UnitView, Sight]:
        sight, tree = _sight(session, asker, view)
        place = _place(tree, sight, unit)
        return queries.unit_results(session, view.id, place, sight=sight, now=now), sight

    answer = await _read(asker, view, work)
    if not isinstance(answer, tuple):
        return answer
    found, sight = answer
    reader = UnitReader(asker, found, sight)
    return UnitResults(
        reader=reader,
        survey_id=node_id("Survey", view.id),
        survey_title=view.title,
        unit_id=unit_id(found.place),
        name=found.place.name,
        level=found.place.level_name,
        group=reader.group(),
        previous_title=found.previous.title if found.previous else None,
        smallest_group=view.thresholds.k,
    )


async def matrix_answer(
    info: Info, view: SurveyView, parent: str | None, level: str | None, compare: Comparison
) -> MatrixAnswer:
    """Return the scores of many units, or why there are none."""
    asker = context(info)
    now = asker.now

    def work(session: OrganizationSession) -> ResultMatrix:
        _ = asker.organization_id  # guests have one unit, and no widget that shows more of them
        sight, tree = _sight(session, asker, view)
        found = queries.matrix(
            session,
            view.id,
            sight=sight,
            now=now,
            parent=_place(tree, sight, parent),
            level=None if level is None else _level(tree, level),
            compare=compare.value,
        )
        return _matrix(asker.language, found, compare)

    return await _read(asker, view, work)


async def cuts_answer(info: Info, view: SurveyView) -> CutsAnswer:
    """Return the groups across the tree beside each other, or why there are none."""
    asker = context(info)
    now = asker.now

    def work(session: OrganizationSession) -> ResultCuts:
        _ = asker.organization_id
        sight, _ = _sight(session, asker, view)
        return cuts_of(asker.language, queries.cuts(session, view.id, sight=sight, now=now))

    return await _read(asker, view, work)


async def _read(
    asker: Context, view: SurveyView, work: Callable[[OrganizationSession], T]
) -> T | NotPublished | AnyProblem:
    """Read results, and note that they were published; or return why there are none."""
    try:
        found = await asker.look(work)
    except SosError as error:
        return _refusal(asker, view, error)
    asker.published = asker.published is not False
    return found


def _sight(
    session: OrganizationSession, asker: Context, view: SurveyView
) -> tuple[Sight, Sequence[SurveyUnitView]]:
    return result_sight(session, view.id, asker.principal, now=asker.now)


def _place(tree: Sequence[SurveyUnitView], sight: Sight, unit: str | None) -> int:
    """Return the position of a unit; of the highest that may be seen, where none is named."""
    if unit is None:
        return min(sight.figures, default=0)
    number = number_of("Unit", unit)
    for place in tree:
        if place.unit_id == number:
            return place.index
    raise no_such_thing()


def _level(tree: Sequence[SurveyUnitView], name: str) -> int:
    for place in tree:
        if place.unit_id is not None and place.level_name == name:
            return place.level
    raise no_such_thing()


def _refusal(asker: Context, view: SurveyView, error: SosError) -> NotPublished | AnyProblem:
    asker.published = False
    if not isinstance(error, NotAllowed) or error.code != NOT_PUBLISHED:
        return failure(error, asker)
    # Nobody sees them yet, so that is no refusal of this very caller.
    found = problem(error, asker.language)
    dated = view.state not in ("draft", "cancelled")
    return NotPublished(
        code=found.code,
        what=found.what,
        remedy=found.remedy,
        publishes_at=view.publishes_at if dated else None,
        publishes_local=LocalDateTime(view.publishes_local) if dated else None,
        time_zone=view.time_zone if dated else None,
    )


def _matrix(language: str, view: MatrixView, compare: Comparison) -> ResultMatrix:
    """Return a matrix in words; what is in it stays, what it is compared with may be renamed."""
    known = view.worded.get(language)
    if known is None:
        known = view.worded[language] = _worded(language, view, compare)
    return replace(known, reference=_reference(view, compare))


def _worded(language: str, view: MatrixView, compare: Comparison) -> ResultMatrix:
    names = [wording.group_name(language, view.tree, group.name) for group in view.groups]
    rows = MatrixRows(
        unit_ids=_texts([unit_id(place) for place in view.places]),
        names=_texts([place.name for place in view.places]),
        levels=_texts([place.level_name for place in view.places]),
        group_keys=_texts([str(group.node) for group in view.groups]),
        group_names=_texts(names),
        exact=_flags([group.exact for group in view.groups]),
        people_counts=_vector([group.name.people for group in view.groups]),
        drillable=_flags(view.drillable),
    )
    maker = Maker(language, view.survey, view.tree, view.tree[0], view.previous, view.edition)
    note = None
    if view.note is not None:
        note = wording.note_text(language, view.tree, view.note, unit=0, name_of={})
    return ResultMatrix(
        row_count=len(view.places),
        rows=rows,
        columns=[
            MatrixColumn(
                key=column.key,
                name=wording.area_name(language, column.key),
                scores=_vector(column.scores),
                groups=None if column.larger is None else _vector(column.larger),
                deltas=None if column.deltas is None else _vector(column.deltas),
                significant=None if column.beyond_chance is None else _flags(column.beyond_chance),
            )
            for column in view.columns
        ],
        stand_ins=[maker.group(group) for group in view.stand_ins],
        compare=compare,
        reference=None,
        note=note,
    )


def _vector(values: Sequence[float | None]) -> Vector:
    return Vector(as_json(values))


def _texts(values: Sequence[str | None]) -> Texts:
    return Texts(as_json(values))


def _flags(values: Sequence[bool | None]) -> Flags:
    return Flags(as_json(values))


def _reference(view: MatrixView, compare: Comparison) -> str | None:
    if compare is Comparison.PREVIOUS and view.previous is not None:
        return view.previous.title
    if compare is Comparison.BENCHMARK and view.edition is not None:
        return view.edition.title
    return None
