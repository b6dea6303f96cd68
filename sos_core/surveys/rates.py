"""Response rates: which groups, when a live value may change, and how it is displayed (R8); pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

AT_MOST_EVERY = timedelta(minutes=1)
AT_LEAST_MORE = 3
LOW, HIGH = 0.10, 0.90

Bound = Literal["exact", "at_most", "at_least"]


@dataclass(frozen=True, slots=True)
class RateNodes:
    """The groups whose rates may be shown: a tree over blocks of invited people, root first.

    Node ``i`` holds blocks ``start[i]`` … ``stop[i]`` - 1; ``parent`` is -1 at the root; ``unit`` is
    the unit that the node is exactly, or -1. ``block_of_unit`` is the block of a unit's direct staff
    (-1: nobody was invited), ``node_of_unit`` the smallest node with all of a unit's people.
    """

    start: tuple[int, ...]
    stop: tuple[int, ...]
    parent: tuple[int, ...]
    unit: tuple[int, ...]
    block_of_unit: tuple[int, ...]
    node_of_unit: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the nodes as plain JSON."""
        return {name: list(values) for name, values in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RateNodes:
        """Read what ``to_json`` wrote."""
        return cls(**{name: tuple(values) for name, values in data.items()})

    def block(self, unit: int) -> int:
        """Return the block of a unit's staff; of a neighbor where nobody was invited at opening."""
        own = self.block_of_unit[unit]
        return own if own >= 0 else self.start[self.node_of_unit[unit]]

    def units_of(self, node: int) -> list[int]:
        """Return the units whose direct staff make up a node."""
        blocks = range(self.start[node], self.stop[node])
        return [unit for unit, block in enumerate(self.block_of_unit) if block in blocks]

    def sums(self, per_unit: Mapping[int, int]) -> list[int]:
        """Sum a count of each unit's direct staff over each node."""
        running = [0] * (max(self.stop) + 1)
        for unit, count in per_unit.items():
            running[self.block(unit) + 1] += count
        for block in range(1, len(running)):
            running[block] += running[block - 1]
        return [
            running[stop] - running[start]
            for start, stop in zip(self.start, self.stop, strict=True)
        ]


MakeRateNodes = Callable[[Sequence[int], Sequence[int], int], RateNodes]
"""Builds the nodes of (parent of each unit, people invited in each unit's direct staff, k)."""


@dataclass(frozen=True, slots=True)
class RateFigure:
    """A displayed rate; where it is a bound, ``share`` is that bound and ``finished`` is None."""

    invited: int
    finished: int | None
    share: float
    bound: Bound


def refreshed(
    nodes: RateNodes,
    shown: Sequence[int],
    actual: Sequence[int],
    *,
    shown_at: datetime,
    now: datetime,
    day_ended: bool,
) -> list[int]:
    """Return the number of finished people to show of each node; ``shown`` where it must not change.

    At most once a minute, and only where three more have finished in a node, in its neighbors, and
    the node above is up to date: no difference of two values, at one time or at two, is one or two
    people. At a day's end all are brought up to date.
    """
    if day_ended:
        return list(actual)
    if now - shown_at < AT_MOST_EVERY:
        return list(shown)
    enough = [
        new == old or abs(new - old) >= AT_LEAST_MORE
        for old, new in zip(shown, actual, strict=True)
    ]
    neighbors_enough: dict[int, bool] = {}
    for parent, ready in zip(nodes.parent, enough, strict=True):
        neighbors_enough[parent] = neighbors_enough.get(parent, True) and ready
    follows: list[bool] = []
    for parent in nodes.parent:
        follows.append(neighbors_enough[parent] and (parent < 0 or follows[parent]))
    return [new if ready else old for old, new, ready in zip(shown, actual, follows, strict=True)]


def displayed(
    nodes: RateNodes, invited: Sequence[int], finished: Sequence[int]
) -> list[RateFigure]:
    """Return what is displayed of each node.

    A block at or under 10 % is shown as “at most 10 %”, one at or over 90 % as “at least 90 %”; a
    larger node is bounded where all its blocks are, alike. So 0 % and 100 % are never told, nor of
    a node that is up to date above blocks that are not.
    """
    shares = [done / asked if asked else 0.0 for asked, done in zip(invited, finished, strict=True)]
    of_block = {
        nodes.start[node]: _bound(shares[node])
        for node in range(len(shares))
        if nodes.stop[node] - nodes.start[node] == 1
    }
    figures = []
    for node, share in enumerate(shares):
        bounds = {of_block[block] for block in range(nodes.start[node], nodes.stop[node])}
        bound: Bound = bounds.pop() if len(bounds) == 1 else "exact"
        if share in (0.0, 1.0):
            bound = _bound(share)
        if bound == "exact":
            figures.append(RateFigure(invited[node], finished[node], share, bound))
        else:
            limit = LOW if bound == "at_most" else HIGH
            figures.append(RateFigure(invited[node], None, limit, bound))
    return figures


def _bound(share: float) -> Bound:
    if share <= LOW:
        return "at_most"
    return "at_least" if share >= HIGH else "exact"
