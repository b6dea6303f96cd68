"""From opened ballots to everything that a release holds; pure, and the only place that does both.

Repeating it with the same ballots gives the same bytes, so a close can begin again at any point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sos_core.content import questionnaire
from sos_core.results.encoding import Parts, digest, encode, encode_tallies
from sos_core.results.histogram import count_by_block, histogram
from sos_core.results.instrument import instrument_of
from sos_core.results.plan_encoding import encode_plan
from sos_core.results.publication import Cut, Overlap, Plan, Policy, Tree, Variables, plan
from sos_core.results.reliability import reliability
from sos_core.results.scoring import score
from sos_core.results.tallies import tally

TALLIES = "tallies"
Comment = tuple[str, int, str]
"""(prompt key, cell or person, text)."""


@dataclass(frozen=True)
class EarlierPlace:
    """Who submitted in an earlier survey (ids, rising), and the block of each in its plan."""

    survey_id: int
    people: NDArray[np.int64]
    block: NDArray[np.int32]


@dataclass(frozen=True)
class Frame:
    """What a survey fixed before its answers are read; units are positions in the tree.

    ``people`` int64, rising, are those invited and ``unit`` where each belongs. ``groups`` are the
    cuts registered before opening: for each key who of the ``people`` is inside, bool. ``released``
    are all other surveys with a release, ``earlier`` those of them that share people with this one.
    """

    version: str
    tree: Tree
    policy: Policy
    people: NDArray[np.int64]
    unit: NDArray[np.int32]
    groups: dict[str, NDArray[np.bool_]]
    released: tuple[int, ...]
    earlier: tuple[EarlierPlace, ...]


@dataclass(frozen=True)
class Answered:
    """Opened ballots: ``people`` rising, ``matrix`` uint8 [variables, people], comments, receipts."""

    people: NDArray[np.int64]
    matrix: NDArray[np.uint8]
    comments: Sequence[Comment]
    receipts: Sequence[str]


@dataclass(frozen=True)
class Counted:
    """Everything that a release holds, still to be written.

    ``parts`` are canonical bytes by name, ``comments`` name their cell, ``released`` are the other
    surveys with a release when this was counted: with one more the plan might be another.
    """

    parts: Parts
    comments: list[Comment]
    digest: str
    figures_digest: str
    submitted: int
    invited: int
    released: tuple[int, ...]


def count(frame: Frame, answered: Answered) -> Counted:
    """Plan what may be shown, then score it, and put aside what the figures recompute from."""
    instrument = instrument_of(questionnaire(frame.version))
    place = np.searchsorted(frame.people, answered.people)
    unit, units = frame.unit[place], frame.tree.size
    by_unit = histogram(answered.matrix, unit, units, instrument)
    made = plan(
        frame.tree,
        np.bincount(unit, minlength=units),
        by_unit,
        Variables(instrument.values),
        frame.policy,
        cuts=[
            Cut(key, np.bincount(unit[inside[place]], minlength=units))
            for key, inside in frame.groups.items()
        ],
        earlier=[overlap(then, answered.people, unit) for then in frame.earlier],
    )
    by_block = count_by_block(by_unit, made.block_of_unit, made.nodes.blocks)
    joint = reliability(answered.matrix, instrument, made.shown[:, 0])
    figures = encode(
        score(made, by_block, instrument, invited=len(frame.people), reliability=joint)
    )
    invited = np.bincount(frame.unit, minlength=units)
    kept = {TALLIES: encode_tallies(tally(made, by_block)), **encode_plan(made, invited)}
    parts = figures | kept | receipt_parts(answered.receipts)
    return Counted(
        parts=parts,
        comments=_by_cell(made, unit, answered.comments),
        digest=digest(parts),
        figures_digest=digest(figures),
        submitted=len(answered.people),
        invited=len(frame.people),
        released=frame.released,
    )


def overlap(then: EarlierPlace, people: NDArray[np.int64], unit: NDArray[np.int32]) -> Overlap:
    """Say where everybody who submitted in the earlier survey or in this one was, and is."""
    everybody = np.union1d(then.people, people)
    before = np.full(len(everybody), -1, np.int32)
    before[np.searchsorted(everybody, then.people)] = then.block
    now = np.full(len(everybody), -1, np.int32)
    now[np.searchsorted(everybody, people)] = unit
    return Overlap(before, now)


def receipt_parts(receipts: Sequence[str]) -> Parts:
    """Return the sorted receipts in a part for each first character, so that looking up is cheap."""
    grouped = groupby(sorted(receipts), key=lambda receipt: receipt[0])
    return {receipt_part(first): "".join(some).encode() for first, some in grouped}


def receipt_part(receipt: str) -> str:
    """Return the name of the part that would hold a receipt."""
    return f"receipts/{receipt[:1]}"


def _by_cell(made: Plan, unit: NDArray[np.int32], said: Sequence[Comment]) -> list[Comment]:
    """Return the comments by cell; those in no cell may never be shown and are not kept."""
    cells = made.comment_cell_of_block[made.block_of_unit[unit]].tolist()
    return [(prompt, cells[who], words) for prompt, who, words in said if cells[who] >= 0]
