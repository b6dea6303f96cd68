"""The open survey: what everybody is told while people finish, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby, permutations
from operator import itemgetter

import numpy as np

from sos_core.results.policy import Policy
from sos_core.surveys.queries import survey_tree
from sos_core.surveys.rates import AT_LEAST_MORE, AT_MOST_EVERY
from sos_core.surveys.response import refresh_rates, response_rate
from sos_core.surveys.tables import Survey
from sos_graphql.nodes import node_id
from tests.results.attack.documents import Typed, full
from tests.results.attack.figures import Figure, Finding, Kind
from tests.results.attack.installation import ROLES, Installation
from tests.results.attack.program import small_atoms
from tests.results.closing_support import ASKED, answers_of

PUSHED = "responseRateChanged"
VALUE = "{ invited finished share bound }"
WATCH = f"""subscription ($survey: ID!) {{ {PUSHED}(survey: $survey) {{ __typename
  ... on ResponseRate {{ overall {VALUE} units {{ unitId rate {VALUE} }} }} }} }}"""


@dataclass
class Live:
    """An open survey; ``finished`` are people in the order in which they did.

    Each told number of finished people names exactly one set of them, since they finish one by one.
    """

    installation: Installation
    survey_id: int
    unit: dict[int, int]
    finished: list[int] = field(default_factory=list)
    told: list[tuple[datetime, frozenset[int], int]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def open(cls, installation: Installation) -> Live:
        """Open a third survey of the people who are there now."""
        organization = installation.present
        installation.world.clock.advance(days=40)
        installation.enter()
        survey_id = installation.world.open(title="Winter", audience="participants")
        people = installation.staff.people.tolist()
        return cls(
            installation, survey_id, dict(zip(people, organization.unit.tolist(), strict=True))
        )

    def finish(self, people: list[int]) -> None:
        """Let people submit, one after the other, and bring up to date what may be shown."""
        world = self.installation.world
        for person in people:
            column = np.full(len(ASKED.variables), 1 + person % 5)
            world.submit(self.survey_id, {person: answers_of(column)})
            self.finished.append(person)
        with world.database.write(world.organization_id) as session:
            refresh_rates(session, session.get_one(Survey, self.survey_id), world.clock())

    def everybody_asks(self) -> None:
        """Ask for the rates as each role, by a query and by a subscription."""
        survey = node_id("Survey", self.survey_id)
        for role in ROLES:
            asked = self.installation.ask(role, full("responseRate"), {"survey": survey})
            self.read(asked["survey"]["responseRate"])
            self.read(self.installation.hear(role, WATCH, {"survey": survey})[PUSHED])

    def read(self, rates: Typed) -> None:
        """Note what a rate tells of whom; the final curve is one of days that have ended."""
        if rates["__typename"] != "ResponseRate":
            return
        groups = self._groups
        for unit, rate in [
            (None, rates["overall"]),
            *((u["unitId"], u["rate"]) for u in rates["units"]),
        ]:
            self._note(groups[unit], rate)

    @cached_property
    def _groups(self) -> dict[str | None, frozenset[int]]:
        """Give who was invited in the group that is shown for each unit."""
        world = self.installation.world
        with world.database.read(world.organization_id) as session:
            shown, tree = (
                response_rate(session, self.survey_id),
                survey_tree(session, self.survey_id),
            )
        assert shown is not None
        found = {}
        for place in tree:
            units = set(shown.nodes.units_of(shown.of_unit(place.index)[0]))
            key = None if place.unit_id is None else node_id("Unit", place.unit_id)
            found[key] = frozenset(person for person, at in self.unit.items() if at in units)
        return found

    def _note(self, members: frozenset[int], rate: Typed) -> None:
        done = [person for person in self.finished if person in members]
        if rate["invited"] != len(members) or (rate["finished"] or 0) > len(done):
            self.findings.append(Finding("contradiction", "live", len(members), str(rate)))
        elif rate["finished"] is not None:
            self.told.append((self.installation.world.clock(), members, rate["finished"]))
        elif rate["share"] not in (0.1, 0.9):
            self.findings.append(Finding("contradiction", "live", len(members), str(rate)))

    def attack(self, policy: Policy) -> list[Finding]:
        """Find rates of few, news that come too soon, and news of one or two people."""
        invited = {Figure("live", members, 0.0, 0.0, Kind.RATE) for _, members, _ in self.told}
        return [
            *self.findings,
            *small_atoms("live", list(invited), policy),
            *self._too_soon(),
            *self._of_few(),
        ]

    def _of_few(self) -> Iterator[Finding]:
        """Find two values, or two differences of a group and a part of it, that one or two tell apart.

        Where a part is shown as it was earlier than the whole, their difference is of nobody in
        particular: then the people behind it now are not those of before and some more.
        """
        known: dict[tuple[frozenset[int], frozenset[int]], set[frozenset[int]]] = {}
        for _, told in groupby(dict.fromkeys(self.told), key=itemgetter(0)):
            counted = [(members, self._first(members, count)) for _, members, count in told]
            for whole, done in counted:
                for part, of_it in [(frozenset[int](), frozenset[int]()), *counted]:
                    if part < whole:
                        known.setdefault((whole, part), set()).add(done - of_it)
        for (whole, part), told_of in known.items():
            for less, more in permutations(told_of, 2):
                if less < more and len(more - less) < AT_LEAST_MORE:
                    people = len(more - less)
                    yield Finding("news", "live", people, f"of {len(whole)} less {len(part)}")

    def _first(self, members: frozenset[int], count: int) -> frozenset[int]:
        return frozenset([person for person in self.finished if person in members][:count])

    def _too_soon(self) -> Iterator[Finding]:
        last: dict[frozenset[int], tuple[datetime, int]] = {}
        for moment, members, count in self.told:
            since, before = last.get(members, (moment, count))
            if count != before and moment - since < AT_MOST_EVERY:
                yield Finding("too soon", "live", abs(count - before), f"after {moment - since}")
            if members not in last or count != before:
                last[members] = (moment, count)
