"""Who may see what of a release; pure. Nobody sees anything before the publish date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

AUDIENCES = ("administrators", "leaders", "participants")
"""Each includes those before it; administrators and granted viewers always see."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """One who asks, in positions of the survey's tree.

    ``granted`` are units that an administrator gave access to, ``leads`` those that the person
    leads or led at the opening, ``belongs`` the home and further units of a participant.
    ``everything`` is set for administrators and for viewers of the whole organization.
    """

    everything: bool = False
    granted: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    belongs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Spans:
    """The shape of the survey's tree: the parent (-1: none) and the end of each unit's subtree."""

    parents: Sequence[int]
    stops: Sequence[int]

    def below(self, units: Iterable[int]) -> set[int]:
        """Return the units and all below them."""
        return {place for unit in units for place in range(unit, self.stops[unit])}

    def above(self, units: Iterable[int]) -> set[int]:
        """Return the units and all above them."""
        found: set[int] = set()
        for unit in units:
            place = unit
            while place >= 0 and place not in found:
                found.add(place)
                place = self.parents[place]
        return found


@dataclass(frozen=True, slots=True)
class Sight:
    """The units whose figures and whose comments may be seen."""

    figures: frozenset[int] = frozenset()
    comments: frozenset[int] = frozenset()


NOTHING = Sight()


def sight(
    viewer: Viewer, spans: Spans, *, audience: str, comments_audience: str, published: bool
) -> Sight:
    """Return what ``viewer`` may see, with the two settings of the survey (each of AUDIENCES).

    Leaders see the figures of their subtree and of what is above it, and the comments of their
    subtree; participants see both, where allowed, for their own units and what is above them.
    Comments never reach further than figures.
    """
    if not published:
        return NOTHING
    everything = range(len(spans.parents)) if viewer.everything else ()
    granted = spans.below(viewer.granted) | set(everything)
    led = spans.below(viewer.leads)
    own = spans.above(viewer.belongs)
    figures = set(granted)
    if audience in AUDIENCES[1:]:
        figures |= led | spans.above(viewer.leads)
    if audience == "participants":
        figures |= own
    return Sight(
        frozenset(figures),
        frozenset(_comments(comments_audience, granted, led, figures) & figures),
    )


def _comments(
    audience: str, granted: Collection[int], led: Collection[int], figures: Collection[int]
) -> set[int]:
    if audience == "participants":
        return set(figures)
    return {*granted, *led} if audience == "leaders" else set(granted)
