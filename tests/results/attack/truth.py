"""What is true of one survey: who is behind a published group, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sos_core.results.stored import open_release
from sos_core.surveys.participation import homes
from sos_core.surveys.queries import SurveyUnitView, survey_tree
from sos_core.surveys.response import response_rate
from sos_graphql.nodes import node_id
from tests.results.attack.crawl import inside
from tests.results.attack.documents import Typed
from tests.results.attack.installation import AREA_LOW_HIGH, INSTRUMENT, Run
from tests.results.closing_support import World


@dataclass(frozen=True)
class Where:
    """A published group: a node of the plan by key, or a part of a cut by name."""

    kind: str
    key: str


@dataclass
class Truth:
    """The truth about a run, and what the outputs have called its groups so far."""

    world: World
    run: Run
    names: dict[str, Where] = field(default_factory=dict)
    groups: dict[str | None, Where] = field(default_factory=dict)

    def learn(self, group: Typed) -> Where:
        """Note the name of a group, which no other one may have, and return where it is."""
        where = Where("node", group["key"])
        known = self.names.setdefault(group["name"], where)
        assert known == where or self.members(known) == self.members(where), group["name"]
        return where

    def named(self, name: str) -> Where:
        return self.names[name]

    def group_named(self, unit_name: str) -> Where | None:
        """Return the group that is shown for the unit of this name."""
        return next((self.groups.get(self.key(p)) for p in self.tree if p.name == unit_name), None)

    def key(self, place: SurveyUnitView) -> str | None:
        """Return the id of a unit in the API; None for the organization."""
        return None if place.unit_id is None else node_id("Unit", place.unit_id)

    @cached_property
    def tree(self):
        with self.world.database.read(self.world.organization_id) as session:
            return survey_tree(session, self.run.survey_id)

    @cached_property
    def _release(self):
        with self.world.database.read(self.world.organization_id) as session:
            opened = open_release(session, self.run.survey_id)
            people, unit = homes(session, self.run.survey_id, done=True)
            return opened.plan, people, opened.plan.block_of_unit[unit]

    def node_of(self, index: int) -> Where:
        """Return the smallest node with all of a unit's people, published or not."""
        plan, _, _ = self._release
        return Where("node", str(int(plan.node_of_unit[index])))

    def members(self, where: Where) -> frozenset[int]:
        """Return everybody who submitted in a node."""
        plan, people, block = self._release
        return frozenset(people[inside(plan, block, int(where.key))].tolist())

    def answered(self, where: Where, key: str, *, shares: bool = False) -> frozenset[int]:
        """Return who answered a question in a group; option shares of a cut may be of more cells."""
        if where.kind == "node":
            return self.members(where) & self.run.answered(key)
        plan, people, block = self._release
        cut = next(each for each in plan.cuts if each.key == where.key)
        chosen = (cut.share_blocks if shares else cut.blocks)[INSTRUMENT.keys.index(key)]
        return frozenset(people[chosen[block]].tolist()) & self.run.answered(key)

    def shown(self, where: Where, key: str) -> bool:
        """Tell whether a statement is published of a group."""
        plan, _, _ = self._release
        variable = INSTRUMENT.keys.index(key)
        if where.kind == "node":
            return bool(plan.shown[variable, int(where.key)])
        return bool(self.answered(where, key))

    def value(self, key: str, members: frozenset[int], options: Sequence[int]) -> float | None:
        """Return the mean of a question among some people, or the share of some options."""
        if not members:
            return None
        said = np.array([self.run.option[key][person] - 1 for person in members])
        if options:
            return float(np.isin(said, options).mean())
        return float(INSTRUMENT.values[INSTRUMENT.keys.index(key)][said].mean())

    def score(self, where: Where, statements: Mapping[str, Sequence[str]]) -> float | None:
        """Return the score of the areas whose statements are given; None where one has no answers."""
        low, high = AREA_LOW_HIGH
        areas = []
        for keys in statements.values():
            means = [self.value(key, self.answered(where, key), ()) for key in keys]
            if not means or None in means:
                return None
            areas.append(100 * (np.mean([m for m in means if m is not None]) - low) / (high - low))
        return float(np.mean(areas))

    def rate_group(self, unit: str | None) -> tuple[frozenset[int], frozenset[int]]:
        """Return whom a unit's response rate is of, and who of them has finished."""
        shown, places = self._rates
        node, _ = shown.of_unit(places.index(unit))
        units = set(shown.nodes.units_of(node))
        members = frozenset(person for person, at in self.run.unit.items() if at in units)
        return members, members & self.run.submitted

    @cached_property
    def _rates(self):
        with self.world.database.read(self.world.organization_id) as session:
            shown = response_rate(session, self.run.survey_id)
        assert shown is not None
        return shown, [self.key(place) for place in self.tree]
