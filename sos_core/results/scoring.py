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


@dataclass(frozen=True, eq=False)
class _Points:
    """Statements on 0–100 with standard errors, float64 [variables, groups]; 0 where not shown."""

    score: Numbers
    error: Numbers
    shown: NDArray[np.bool_]


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
    nodes, cuts, looked_at = plan.nodes, plan.cuts, displayed(plan)
    variables, options = len(instrument.keys), instrument.most_options
    by_variable = np.ascontiguousarray(counts.transpose(1, 2, 0), np.int32)
    root = by_variable.sum(axis=2)
    known = spread(root, plan.share_shown[:, 0], instrument, reliability, invited)
    of_nodes = empty_questions(len(looked_at), variables, options)
    of_cuts = empty_questions(len(cuts), variables, options)
    node_points = _hidden_points(variables, len(looked_at))
    cut_points = _hidden_points(variables, len(cuts))
    start, stop = nodes.start[looked_at].astype(np.intp), nodes.stop[looked_at].astype(np.intp)
    shown, share_shown = plan.shown[:, looked_at], plan.share_shown[:, looked_at]
    running = np.zeros((options, nodes.blocks + 1), np.int32)
    for variable, by_block in enumerate(by_variable):
        np.cumsum(by_block, axis=1, out=running[:, 1:])
        wide = running.astype(np.float64)
        summed = wide.take(stop, axis=1) - wide.take(start, axis=1)
        question = _Question(summed, shown[variable], summed, share_shown[variable])
        _fill(of_nodes, node_points, variable, question, instrument, known)
        if cuts:
            question = _cut_question(plan, variable, by_block)
            _fill(of_cuts, cut_points, variable, question, instrument, known)
    return Figures(
        instrument=instrument.version,
        variables=instrument.keys,
        areas=instrument.areas,
        nodes=looked_at,
        cut_keys=tuple(cut.key for cut in cuts),
        reliability=reliability,
        node_questions=of_nodes,
        node_areas=_areas(node_points, instrument, known),
        cut_questions=of_cuts,
        cut_areas=_areas(cut_points, instrument, known),
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


def _hidden_points(variables: int, groups: int) -> _Points:
    size = (variables, groups)
    return _Points(np.zeros(size), np.zeros(size), np.zeros(size, bool))


def _cut_question(plan: Plan, variable: int, by_block: Numbers) -> _Question:
    """Return one variable in all cuts: the sums over the blocks that the plan lets a cut count."""
    blocks = np.stack([cut.blocks[variable] for cut in plan.cuts])
    share_blocks = np.stack([cut.share_blocks[variable] for cut in plan.cuts])
    shown, share_shown = np.logical_or.reduce([blocks, share_blocks], axis=2)
    return _Question(
        np.einsum("ob,cb->oc", by_block, blocks, dtype=np.float64),
        shown,
        np.einsum("ob,cb->oc", by_block, share_blocks, dtype=np.float64),
        share_shown,
    )


def _fill(
    figures: QuestionFigures,
    points: _Points,
    variable: int,
    question: _Question,
    instrument: Instrument,
    known: Spread,
) -> None:
    """Fill in the figures of one variable, and its points where it is a statement."""
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
        np.multiply(mean - values[0], scale, out=points.score[variable], where=visible)
        np.multiply(error, scale, out=points.error[variable], where=visible)
        points.shown[variable] = visible


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


def _areas(points: _Points, instrument: Instrument, known: Spread) -> AreaFigures:
    """Return area and overall scores: means of the means of the statements that are shown."""
    groups = points.score.shape[1]
    figures = empty_areas(groups, len(instrument.areas))
    total, total_error = np.zeros(groups), np.zeros(groups)
    whole = np.ones(groups, bool)
    for area in range(len(instrument.areas)):
        items = instrument.statements(area)
        shown = points.shown[items]
        number = shown.sum(axis=0)
        enough = number >= instrument.needed
        some = np.maximum(number, 1)
        mean = points.score[items].sum(axis=0) / some
        error = _error_of_sum(points.error[items], known.correlation[area]) / some
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
