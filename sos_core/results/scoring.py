"""Scores: from counts by block to every figure of every group that the publication plan shows.

Scoring never decides what may be shown; it hides what the plan hides. Each figure of a node comes
from the respondents of the node (two look-ups in prefix sums over its blocks), never from the
figures of the units below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.figures import (
    AreaFigures,
    Figures,
    QuestionFigures,
    Reliability,
    empty_areas,
    empty_questions,
    rows_of,
)
from sos_core.results.histogram import Counts
from sos_core.results.instrument import Instrument
from sos_core.results.intervals import Spread, Z, spread
from sos_core.results.publication import Plan
from sos_core.results.rounding import HIDDEN, Numbers, ceiling, half_up


@dataclass(frozen=True, eq=False)
class _Question:
    """One variable in all groups: counts float64 [options, groups], and where they may be shown."""

    counts: Numbers
    shown: NDArray[np.bool_]
    share_counts: Numbers
    share_shown: NDArray[np.bool_]

    def beside(self, other: _Question) -> _Question:
        """Return these groups followed by the other ones."""
        return _Question(
            np.concatenate([self.counts, other.counts], axis=1),
            np.concatenate([self.shown, other.shown]),
            np.concatenate([self.share_counts, other.share_counts], axis=1),
            np.concatenate([self.share_shown, other.share_shown]),
        )


@dataclass(frozen=True, eq=False)
class _Work:
    """Figures while they are filled in, and what areas are made of.

    ``points``, ``errors`` float64 and ``shown`` bool are [variables, groups]: statements on 0–100
    with their standard errors, 0 where not shown.
    """

    figures: QuestionFigures
    points: Numbers
    errors: Numbers
    shown: NDArray[np.bool_]

    @classmethod
    def of(cls, groups: int, instrument: Instrument) -> _Work:
        """Return work on so many groups with nothing filled in."""
        size = (len(instrument.keys), groups)
        figures = empty_questions(groups, len(instrument.keys), instrument.most_options)
        return cls(figures, np.zeros(size), np.zeros(size), np.zeros(size, bool))


def score(
    plan: Plan,
    counts: Counts,
    instrument: Instrument,
    *,
    invited: int,
    reliability: Reliability,
) -> Figures:
    """Return the figures of a survey from ``counts`` [blocks, variables, options].

    ``invited`` is the number of participants at opening. The same counts, or their tallies by cell,
    give the same figures, bit for bit.
    """
    looked_at = displayed(plan)
    by_variable = np.ascontiguousarray(counts.transpose(1, 2, 0), np.int32)
    root = by_variable.sum(axis=2)
    known = spread(root, plan.share_shown[:, 0], instrument, reliability, invited)
    chosen = np.array([cut.blocks for cut in plan.cuts])
    share_chosen = np.array([cut.share_blocks for cut in plan.cuts])
    work = _Work.of(len(looked_at) + len(plan.cuts), instrument)
    for variable, by_block in enumerate(by_variable):
        question = _at_nodes(plan, looked_at, variable, by_block)
        if plan.cuts:
            in_cuts = _in_cuts(chosen[:, variable], share_chosen[:, variable], by_block)
            question = question.beside(in_cuts)
        _fill(work, variable, question, instrument, known)
    areas = _areas(work, instrument, known)
    of_nodes, of_cuts = slice(len(looked_at)), slice(len(looked_at), None)
    return Figures(
        instrument=instrument.version,
        variables=instrument.keys,
        areas=instrument.areas,
        nodes=looked_at,
        cut_keys=tuple(cut.key for cut in plan.cuts),
        reliability=reliability,
        node_questions=rows_of(work.figures, of_nodes),
        node_areas=rows_of(areas, of_nodes),
        cut_questions=rows_of(work.figures, of_cuts),
        cut_areas=rows_of(areas, of_cuts),
    )


def displayed(plan: Plan) -> NDArray[np.int32]:
    """Return the nodes that somebody looks at, rising; the others get no figures.

    They are each unit's own node, and all above it where a question is not shown there, since the
    next node up that shows it then stands in.
    """
    nodes = plan.nodes
    needed = np.zeros(nodes.size, bool)
    needed[plan.node_of_unit[plan.node_of_unit >= 0]] = True
    complete = (plan.shown | ~plan.shown[:, :1]).all(axis=0)
    complete &= (plan.share_shown | ~plan.share_shown[:, :1]).all(axis=0)
    climbing = needed & ~complete
    for level in reversed(nodes.levels[1:]):
        climbing[nodes.parent[level[climbing[level]]]] = True
    return np.flatnonzero(needed | climbing).astype(np.int32)


def _at_nodes(
    plan: Plan, looked_at: NDArray[np.int32], variable: int, by_block: NDArray[np.int32]
) -> _Question:
    """Return one variable at all displayed nodes: differences of prefix sums over blocks."""
    running = np.zeros((by_block.shape[0], by_block.shape[1] + 1))
    running[:, 1:] = by_block.cumsum(axis=1, dtype=np.int32)
    start, stop = plan.nodes.start[looked_at], plan.nodes.stop[looked_at]
    summed = running.take(stop, axis=1) - running.take(start, axis=1)
    shown, share_shown = plan.shown[variable, looked_at], plan.share_shown[variable, looked_at]
    return _Question(summed, shown, summed, share_shown)


def _in_cuts(
    chosen: NDArray[np.bool_], share_chosen: NDArray[np.bool_], by_block: NDArray[np.int32]
) -> _Question:
    """Return one variable in all cuts, whose blocks the plan has chosen, bool [cuts, blocks]."""
    counts = by_block.astype(np.float64)[:, None]
    # Sums of whole numbers are exact in any order, so these products are the same everywhere.
    return _Question(
        np.vecdot(counts, chosen.astype(np.float64)),
        np.logical_or.reduce(chosen, axis=1, keepdims=True)[:, 0],
        np.vecdot(counts, share_chosen.astype(np.float64)),
        np.logical_or.reduce(share_chosen, axis=1, keepdims=True)[:, 0],
    )


def _fill(
    work: _Work,
    variable: int,
    question: _Question,
    instrument: Instrument,
    known: Spread,
) -> None:
    """Fill in the figures of one variable, and its points where it is a statement."""
    figures = work.figures
    options = instrument.options[variable]
    values = instrument.values[variable, :options]
    people = question.counts.sum(axis=0)
    any_shown = question.shown | question.share_shown
    figures.answers[:, variable] = np.where(any_shown, people, HIDDEN)
    _fill_shares(figures, variable, question, instrument)
    if np.isnan(values[0]):
        return
    visible = question.shown & (people > 0)
    some = np.maximum(people, 1)
    mean = (values[:, None] * question.counts[:options]).sum(axis=0) / some
    error = np.sqrt(known.variance[variable] / some)
    figures.mean[:, variable] = np.where(visible, half_up(mean * 10, np.int16), HIDDEN)
    half_width = ceiling(Z * 100 * error, np.int16)
    figures.half_width[:, variable] = np.where(visible, half_width, HIDDEN)
    if instrument.area[variable] >= 0:
        scale = 100 / (values[-1] - values[0])
        np.multiply(mean - values[0], scale, out=work.points[variable], where=visible)
        np.multiply(error, scale, out=work.errors[variable], where=visible)
        work.shown[variable] = visible


def _fill_shares(
    figures: QuestionFigures, variable: int, question: _Question, instrument: Instrument
) -> None:
    """Fill in the distribution and the favorable share of one variable, in percent."""
    options = instrument.options[variable]
    counts = question.share_counts[:options]
    people = counts.sum(axis=0)
    visible = question.share_shown & (people > 0)
    each = 100 / np.maximum(people, 1)
    shares = np.where(visible, half_up(counts * each, np.int8), np.int8(HIDDEN))
    figures.shares[:, variable, :options] = shares.T
    figures.share_answers[:, variable] = np.where(visible, people, HIDDEN)
    good = instrument.favorable[variable, :options]
    if good.any():
        favorable = half_up(counts[good].sum(axis=0) * each, np.int8)
        figures.favorable[:, variable] = np.where(visible, favorable, HIDDEN)


def _areas(work: _Work, instrument: Instrument, known: Spread) -> AreaFigures:
    """Return area and overall scores: means of the means of the statements that are shown."""
    groups = work.points.shape[1]
    figures = empty_areas(groups, len(instrument.areas))
    total, total_error = np.zeros(groups), np.zeros(groups)
    whole = np.ones(groups, bool)
    for area in range(len(instrument.areas)):
        items = instrument.statements(area)
        shown = work.shown[items]
        number = shown.sum(axis=0)
        enough = number >= instrument.needed
        some = np.maximum(number, 1)
        mean = work.points[items].sum(axis=0) / some
        error = _error_of_sum(work.errors[items], known.correlation[area]) / some
        figures.score[:, area] = np.where(enough, half_up(mean, np.int8), HIDDEN)
        figures.half_width[:, area] = np.where(enough, ceiling(Z * 10 * error, np.int16), HIDDEN)
        figures.missing[:, area] = np.packbits(~shown, axis=0, bitorder="little")[0]
        total, total_error, whole = total + mean, total_error + error, whole & enough
    # The areas' errors are taken as fully correlated, which makes the interval rather too wide.
    overall, error = total / len(instrument.areas), total_error / len(instrument.areas)
    figures.overall[:] = np.where(whole, half_up(overall, np.int8), HIDDEN)
    figures.overall_half_width[:] = np.where(whole, ceiling(Z * 10 * error, np.int16), HIDDEN)
    return figures


def _error_of_sum(errors: Numbers, correlation: float) -> Numbers:
    """Return the standard error of a sum of equally correlated means from theirs."""
    apart: Numbers = (errors**2).sum(axis=0)
    together: Numbers = errors.sum(axis=0) ** 2
    combined: Numbers = np.sqrt((1 - correlation) * apart + correlation * together)
    return combined
