"""What the API reads of results: each query takes who may see what, and the present instant.

``sight`` is the decision of ``surveys.audience`` for the caller, in positions of the survey's tree.
Before the publish date every query raises NotAllowed ``not_published``, administrators included.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Literal

import numpy as np

from sos_core.database.session import OrganizationSession
from sos_core.errors import SosError
from sos_core.organizations.queries import organization
from sos_core.results.counting import receipt_part
from sos_core.results.cut_views import cut_views
from sos_core.results.matrix import matrix_figures, rows_of
from sos_core.results.published import Group
from sos_core.results.reading import Reading, open_reading
from sos_core.results.stored import comments_of, read_parts, release
from sos_core.results.summary import Note, Rate, summarize
from sos_core.results.units import (
    children_of,
    path_to,
    place_view,
    question_notes,
    question_views,
    score_notes,
    score_view,
)
from sos_core.results.views import (
    CommentsView,
    Comparison,
    CutsView,
    MatrixView,
    PromptComments,
    UnitFigures,
    UnitResults,
)
from sos_core.surveys.audience import Sight
from sos_core.surveys.response import response_rate

__all__ = ["comments", "cuts", "matrix", "receipt_counted", "receipts", "release", "unit_results"]

RECEIPT_CHARACTERS = 16
LIMITS: dict[str, Literal[-1, 0, 1]] = {"at_most": -1, "exact": 0, "at_least": 1}


def unit_results(
    session: OrganizationSession, survey_id: int, unit: int, *, sight: Sight, now: datetime
) -> UnitResults:
    """Return everything published about a unit (its position), comments apart.

    Raises NotAllowed ``not_published`` or ``results_not_for_you``, NotFound for an unknown unit.
    """
    reading = open_reading(session, survey_id, sight=sight, now=now, unit=unit)
    figures = reading.opened.units.get(
        (unit, *reading.beside), lambda: _figures(session, reading, unit)
    )
    above = figures.summary.parent
    return UnitResults(
        survey=reading.survey,
        release_id=reading.opened.digest,
        place=reading.tree[unit],
        group=reading.group_of(unit),
        parent=None if above is None else reading.tree[above],
        previous=reading.previous,
        overall=figures.overall,
        areas=figures.areas,
        questions=figures.questions,
        summary=figures.summary,
        notes=figures.notes,
        breadcrumb=tuple(place_view(reading, place) for place in path_to(reading, unit)),
        list_children=lambda: tuple(
            place_view(reading, place) for place in children_of(reading, unit)
        ),
        edition=reading.edition,
        tree=reading.tree,
    )


def matrix(
    session: OrganizationSession,
    survey_id: int,
    *,
    sight: Sight,
    now: datetime,
    parent: int = 0,
    level: int | None = None,
    whole: bool = False,
    compare: Comparison = "none",
) -> MatrixView:
    """Return the scores of many units: those directly below ``parent`` that the viewer may see.

    With ``level`` (0 is the top one) all below ``parent`` at that level, with ``whole`` all below
    it at any level. NotFound: an unknown ``parent``; NotAllowed as for one unit.
    """
    # Who sees anything may see the table; it has the rows of the viewer's own sight only.
    anywhere = 0 if 0 in sight.figures else min(sight.figures, default=0)
    reading = open_reading(
        session, survey_id, sight=sight, now=now, unit=anywhere, whole=compare != "none"
    )
    figures = reading.opened.matrices.get(
        (sight.figures, parent, level, whole, compare, reading.beside),
        lambda: matrix_figures(reading, rows_of(reading, parent, level, whole=whole), compare),
    )
    return MatrixView(
        survey=reading.survey,
        release_id=reading.opened.digest,
        places=figures.places,
        groups=figures.groups,
        drillable=figures.drillable,
        columns=figures.columns,
        stand_ins=figures.stand_ins,
        compare=compare,
        previous=reading.previous,
        edition=reading.edition,
        note=figures.note,
        tree=reading.tree,
        worded=figures.worded,
    )


def comments(
    session: OrganizationSession,
    survey_id: int,
    unit: int,
    *,
    sight: Sight,
    now: datetime,
    area: str | None = None,
) -> CommentsView:
    """Return the comments that a viewer of a unit may read, of all prompts or of one area's.

    They are those of the smallest group with enough people that holds the unit.
    """
    reading = open_reading(session, survey_id, sight=sight, now=now, unit=unit, comments=True)
    plan, place = reading.opened.plan, reading.tree[unit]
    node = int(plan.nearest_shown(plan.comment_shown)[plan.node_of_unit[unit]])
    if node < 0:
        note = Note("hidden.comments_nothing")
        return CommentsView(place, None, (), (note,), reading.tree)
    start, stop = plan.nodes.start[node], plan.nodes.stop[node]
    cells = np.unique(plan.comment_cell_of_block[start:stop]).tolist()
    said: dict[str, list[str]] = defaultdict(list)
    for prompt, words in comments_of(session, survey_id, cells):
        said[prompt].append(words)
    group = reading.group(node, unit)
    combined = Note("hidden.comments_combined", {"node": node})
    return CommentsView(
        place=place,
        group=group,
        prompts=tuple(
            PromptComments(prompt, tuple(said[prompt]))
            for prompt in reading.questionnaire.comments
            if said[prompt] and area in (None, prompt.partition(".")[2])
        ),
        notes=() if group.exact else (combined,),
        tree=reading.tree,
    )


def cuts(session: OrganizationSession, survey_id: int, *, sight: Sight, now: datetime) -> CutsView:
    """Return the cuts across the tree that were registered before opening, shown or refused.

    They are for those who may see the figures of the whole organization.
    """
    reading = open_reading(session, survey_id, sight=sight, now=now)
    levels = organization(session, session.organization_id).levels
    views = tuple(cut_views(reading, levels))
    return CutsView(reading.survey, views, reading.edition, reading.tree)


def receipt_counted(session: OrganizationSession, survey_id: int, receipt: str) -> bool:
    """Tell whether the ballot of a receipt was counted, once the survey has closed."""
    wanted = receipt.strip().upper()
    if len(wanted) != RECEIPT_CHARACTERS or not wanted.isascii() or not wanted.isalnum():
        return False
    name = receipt_part(wanted)
    listed = read_parts(session, survey_id, [name]).get(name, b"").decode()
    return wanted in _receipts(listed)


def receipts(session: OrganizationSession, survey_id: int) -> list[str]:
    """Return the receipts of all ballots that were counted, sorted; empty before the close."""
    parts = read_parts(session, survey_id)
    names = sorted(name for name in parts if name.startswith(receipt_part("")))
    return [receipt for name in names for receipt in _receipts(parts[name].decode())]


def _receipts(listed: str) -> list[str]:
    size = RECEIPT_CHARACTERS
    return [listed[start : start + size] for start in range(0, len(listed), size)]


def _figures(session: OrganizationSession, reading: Reading, unit: int) -> UnitFigures:
    """Return what is published about a unit, the response rate included, which is final by then."""
    group = _group(reading, unit)
    summary = summarize(
        reading.opened.published, unit, reading.surroundings, rate=_rate(session, reading, unit)
    )
    if summary is None:
        raise _unreadable()
    questions = tuple(question_views(reading, unit, group))
    overall = score_view(reading, unit, group, summary.overall)
    areas = tuple(score_view(reading, unit, group, area) for area in summary.areas)
    summary = replace(summary, notes=tuple(score_notes(summary.notes, (overall, *areas))))
    notes = (*summary.notes, *question_notes(questions))
    return UnitFigures(overall, areas, questions, summary, notes)


def _rate(session: OrganizationSession, reading: Reading, unit: int) -> Rate | None:
    """Return the unit's response rate; None where only that of a larger group may be shown."""
    shown = response_rate(session, reading.survey.id)
    if shown is None:
        return None
    node, figure = shown.of_unit(unit)
    inside = range(unit, reading.tree[unit].stop)
    if not all(other in inside for other in shown.nodes.units_of(node)):
        return None
    return Rate(figure.share, LIMITS[figure.bound], figure.finished)


def _group(reading: Reading, unit: int) -> Group:
    group = reading.opened.published.group(unit)
    if group is None:
        raise _unreadable()
    return group


def _unreadable() -> SosError:
    return SosError(
        "The stored results of this survey are damaged.",
        "Restore the database from a backup; results are never computed anew from answers.",
        code="figures_damaged",
    )
