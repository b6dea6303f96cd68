"""Everything that a release shows, as figures: the means, shares, comments and rates of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sos_core.results.participation import Participation
from sos_core.results.publication import Plan
from tests.results.attack.figures import Figure, Kind
from tests.results.attack.organizations import SCALES, Organization

NAMES = tuple(SCALES)
FAVORABLE = (3, 4)
# How figures are displayed: means to one decimal, shares and rates to whole percent.
HALF_STEPS = {
    Kind.MEAN: 0.05,
    Kind.SHARE: 0.005,
    Kind.RATE: 0.005,
    Kind.COMMENTS: 0.0,
    Kind.SCORE: 0.0,
}


def people_in(members: NDArray[np.bool_], names: NDArray[np.int64] | None = None) -> frozenset[int]:
    found = np.flatnonzero(members)
    return frozenset((found if names is None else names[found]).tolist())


class Release:
    """Turns a plan and the answers behind it into figures; ``names[person]`` identifies people."""

    def __init__(
        self, organization: Organization, plan: Plan, names: NDArray[np.int64] | None = None
    ) -> None:
        self.organization = organization
        self.plan = plan
        self.names = names
        self.block = np.where(organization.submitted, plan.block_of_unit[organization.unit], -1)

    def figures(self) -> list[Figure]:
        """Give every figure of the release with its exact value."""
        return [*self.of_nodes(), *self.of_cuts(), *self.comments()]

    def of_nodes(self) -> Iterator[Figure]:
        for variable in range(len(NAMES)):
            for node in np.flatnonzero(self.plan.shown[variable]):
                yield self.mean(variable, self.in_node(int(node)))
            for node in np.flatnonzero(self.plan.share_shown[variable]):
                yield from self.shares(variable, self.in_node(int(node)))

    def of_cuts(self) -> Iterator[Figure]:
        for cut in self.plan.cuts:
            for variable in range(len(NAMES)):
                members = np.append(cut.blocks[variable], False)[self.block]
                if (members & self.organization.answered(variable)).any():
                    yield self.mean(variable, members)
                members = np.append(cut.share_blocks[variable], False)[self.block]
                if (members & self.organization.answered(variable)).any():
                    yield from self.shares(variable, members)

    def comments(self) -> Iterator[Figure]:
        for node in np.flatnonzero(self.plan.comment_shown):
            group = people_in(self.in_node(int(node)), self.names)
            yield Figure("comments", group, 0.0, 0.0, Kind.COMMENTS)

    def in_node(self, node: int) -> NDArray[np.bool_]:
        nodes = self.plan.nodes
        inside: NDArray[np.bool_] = (self.block >= nodes.start[node]) & (
            self.block < nodes.stop[node]
        )
        return inside

    def mean(self, variable: int, members: NDArray[np.bool_]) -> Figure:
        """Give the mean of those among ``members`` who answered."""
        counted = members & self.organization.answered(variable)
        scale = np.array(SCALES[NAMES[variable]], float)
        value = float(scale[self.organization.answers[variable, counted] - 1].mean())
        group = people_in(counted, self.names)
        return Figure(NAMES[variable], group, value, 0.0, Kind.MEAN)

    def shares(self, variable: int, members: NDArray[np.bool_]) -> Iterator[Figure]:
        """Give the share of each option, and the favorable share of statements."""
        counted = members & self.organization.answered(variable)
        answers = self.organization.answers[variable, counted] - 1
        group, told = people_in(counted, self.names), np.bincount(answers, minlength=6)
        sets = [(option,) for option in range(len(SCALES[NAMES[variable]]))]
        for options in [*sets, FAVORABLE]:
            value = float(sum(told[option] for option in options) / len(answers))
            yield Figure(NAMES[variable], group, value, 0.0, Kind.SHARE, options)


def rate_figures(organization: Organization, participation: Participation) -> Iterator[Figure]:
    """Give the response rate of every block of invited people and of their unions."""
    block = participation.block_of_unit[organization.unit]
    nodes = participation.nodes
    for start, stop in zip(nodes.start, nodes.stop, strict=True):
        yield rate(organization, (block >= start) & (block < stop))


def rate(organization: Organization, members: NDArray[np.bool_]) -> Figure:
    value = float(organization.submitted[members].mean())
    return Figure("participation", people_in(members), value, 0.0, Kind.RATE)


def rounded(figures: Iterable[Figure]) -> list[Figure]:
    """Give the figures as they are displayed."""
    return [
        replace(
            figure,
            value=round(figure.value / (2 * step)) * 2 * step,
            half_step=step,
        )
        if (step := HALF_STEPS[figure.kind])
        else figure
        for figure in figures
    ]
