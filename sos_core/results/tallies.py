"""What is kept when the ballots are gone: answers counted by variable, cell and option.

Every figure recomputes from these counts. They say nothing finer than a cell, so the blocks inside
a cell are lost on purpose; each shown group is a union of cells and finds its sums all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.results.figures import Figures, Reliability
from sos_core.results.histogram import Counts
from sos_core.results.instrument import Instrument
from sos_core.results.publication import Plan
from sos_core.results.scoring import score


@dataclass(frozen=True, eq=False)
class Tallies:
    """A row a cell with answers: its ``variable`` and ``cell`` (a node), and ``counts`` by option.

    Rows are sorted by variable, then by the first block of the cell; ``counts`` is [rows, options].
    """

    variable: NDArray[np.int16]
    cell: NDArray[np.int32]
    counts: NDArray[np.int32]


def tally(plan: Plan, counts: Counts) -> Tallies:
    """Return the counts [blocks, variables, options] summed to each variable's cells."""
    variables, cells, sums = [], [], []
    for variable, cell_of_block in enumerate(plan.cell_of_block):
        firsts = np.flatnonzero(np.diff(cell_of_block, prepend=-2))
        if not len(firsts):
            continue
        summed = np.add.reduceat(counts[:, variable], firsts, axis=0)
        kept = (cell_of_block[firsts] >= 0) & (summed.sum(axis=1) > 0)
        variables.append(np.full(kept.sum(), variable, np.int16))
        cells.append(cell_of_block[firsts][kept])
        sums.append(summed[kept])
    options = counts.shape[2]
    return Tallies(
        variable=np.concatenate([np.zeros(0, np.int16), *variables]),
        cell=np.concatenate([np.zeros(0, np.int32), *cells]).astype(np.int32),
        counts=np.concatenate([np.zeros((0, options), np.int32), *sums]).astype(np.int32),
    )


def counts_of(plan: Plan, tallies: Tallies, variables: int) -> Counts:
    """Return counts [blocks, variables, options] where each cell's answers stand at its first block.

    They are not the blocks' own counts, which no longer exist, but give the same sums over every
    union of cells.
    """
    options = tallies.counts.shape[1]
    by_variable = np.zeros((variables, options, plan.nodes.blocks), np.int32)
    by_variable[tallies.variable, :, plan.nodes.start[tallies.cell]] = tallies.counts
    return by_variable.transpose(2, 0, 1)


def recompute(
    plan: Plan,
    tallies: Tallies,
    instrument: Instrument,
    *,
    invited: int,
    reliability: Reliability,
) -> Figures:
    """Return the figures of a survey from what was kept; they encode to the released bytes."""
    counts = counts_of(plan, tallies, len(instrument.keys))
    return score(plan, counts, instrument, invited=invited, reliability=reliability)
