"""Runs an organization through the product itself, and turns what the queries return into figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sos_core.database.session import OrganizationSession
from sos_core.people.identity import unit_key
from sos_core.people.tables import Leadership, Person, Unit
from sos_core.results import queries
from sos_core.results.publication import Plan
from sos_core.results.stored import open_release
from sos_core.results.views import QuestionView
from sos_core.surveys.audience import Sight
from sos_core.surveys.participation import homes
from tests.results.attack.figures import Figure, Kind
from tests.results.attack.organizations import SCALES, Organization
from tests.results.closing_support import ASKED, World, answers_of

# Where the three questions of the random organizations stand in the real questionnaire.
PLACE = {"statement": 0, "agreed": 1, "meetings": ASKED.variables.index("activity.meetings")}
KEY = {ASKED.variables[place]: name for name, place in PLACE.items()}
FAVORABLE = (3, 4)


@dataclass
class Staff:
    """The product's rows behind an organization: units by index, and a person id each."""

    world: World
    units: list[int | None]
    people: NDArray[np.int64]

    @classmethod
    def hire(cls, world: World, organization: Organization) -> Staff:
        """Write the units of an organization; its root is the organization itself."""
        units: list[int | None] = [None]
        paths: list[tuple[str, ...]] = [()]
        with world.database.write(world.organization_id) as session:
            for index in range(1, organization.tree.size):
                above = int(organization.tree.parent[index])
                path = (*paths[above], organization.tree.names[index])
                unit = Unit(
                    parent_id=units[above],
                    level=len(path) - 1,
                    name=path[-1],
                    key=unit_key(path),
                    active=True,
                )
                session.add(unit)
                session.flush()
                units.append(unit.id)
                paths.append(path)
        staff = cls(world, units, np.zeros(0, np.int64))
        staff.place(organization, np.full(len(organization.unit), -1))
        return staff

    def place(self, organization: Organization, before: NDArray[np.int64]) -> None:
        """Bring people where they are now; ``before`` tells who each was, -1 for a new one."""
        world = self.world
        with world.database.write(world.organization_id) as session:
            stayed = set(self.people[before[before >= 0]].tolist()) if len(self.people) else set()
            for person_id in set(self.people.tolist()) - stayed:
                session.get_one(Person, person_id).active = False
            now = []
            for index, unit in enumerate(organization.unit.tolist()):
                known = int(before[index])
                if known < 0:
                    name = f"p{len(world.people)}"
                    now.append(world.add_person(session, name, self.units[unit]))
                else:
                    now.append(int(self.people[known]))
                    session.get_one(Person, now[-1]).unit_id = self.units[unit]
            session.flush()
            self.people = np.array(now, np.int64)
            self._lead(session, organization)

    def _lead(self, session: OrganizationSession, organization: Organization) -> None:
        for row in session.query(Leadership):
            session.delete(row)
        session.flush()
        for index in np.flatnonzero(organization.leader):
            unit_id = self.units[int(organization.unit[index])]
            if unit_id is not None:
                person_id = int(self.people[index])
                session.add(Leadership(unit_id=unit_id, person_id=person_id, origin="said"))

    def run(self, organization: Organization) -> int:
        """Run one survey from opening to publication, and return it."""
        survey_id = self.world.open(cuts=("leaders", "level:1"))
        given = {}
        for index in np.flatnonzero(organization.submitted).tolist():
            column = np.zeros(len(ASKED.variables), int)
            column[list(PLACE.values())] = organization.answers[:, index]
            given[int(self.people[index])] = answers_of(column, direction="A word")
        self.world.submit(survey_id, given)
        self.world.close(survey_id)
        return survey_id


@dataclass
class Crawler:
    """Reads every page of a release; ``answered`` are the people who answered, by question."""

    world: World
    survey_id: int
    answered: dict[str, set[int]]

    @classmethod
    def of(cls, staff: Staff, survey_id: int, organization: Organization) -> Crawler:
        answered = {
            name: set(staff.people[organization.answered(row)].tolist())
            for row, name in enumerate(SCALES)
        }
        return cls(staff.world, survey_id, answered)

    def figures(self) -> list[Figure]:
        """Give every number that any viewer is shown, each once."""
        world, now = self.world, self.world.clock()
        sight = world.sight(self.survey_id)
        with world.database.read(world.organization_id) as session:
            opened = open_release(session, self.survey_id)
            people, unit = homes(session, self.survey_id, done=True)
            block = opened.plan.block_of_unit[unit]
            found: list[Figure] = []
            for place in sorted(sight.figures):
                asked = {"sight": sight, "now": now}
                page = queries.unit_results(session, self.survey_id, place, **asked)
                for question in page.questions:
                    group = question.group or page.group
                    members = people[inside(opened.plan, block, group.node)]
                    found += self._question(question, set(members.tolist()))
                found += self._comments(session, place, sight, opened.plan, people, block)
            found += self._cuts(session, sight, opened.plan, people, block)
        return list(dict.fromkeys(found))

    def _question(self, question: QuestionView, members: set[int]) -> Iterator[Figure]:
        if question.key not in KEY or question.answers is None:
            return
        name = KEY[question.key]
        group = frozenset(members & self.answered[name])
        assert question.answers == len(group)
        if question.mean is not None:
            yield Figure(name, group, question.mean, 0.05, Kind.MEAN)
        if question.shares is not None:
            for option, share in enumerate(question.shares):
                yield Figure(name, group, share / 100, 0.005, Kind.SHARE, (option,))
        if question.favorable is not None:
            yield Figure(name, group, question.favorable / 100, 0.005, Kind.SHARE, FAVORABLE)

    def _comments(
        self,
        session: OrganizationSession,
        place: int,
        sight: Sight,
        plan: Plan,
        people: NDArray[np.int64],
        block: NDArray[np.int32],
    ) -> Iterator[Figure]:
        found = queries.comments(
            session, self.survey_id, place, sight=sight, now=self.world.clock()
        )
        if found.group is not None:
            members = people[inside(plan, block, found.group.node)]
            texts = sum(len(prompt.texts) for prompt in found.prompts)
            assert texts == len(members)
            yield Figure("comments", frozenset(members.tolist()), 0.0, 0.0, Kind.COMMENTS)

    def _cuts(
        self,
        session: OrganizationSession,
        sight: Sight,
        plan: Plan,
        people: NDArray[np.int64],
        block: NDArray[np.int32],
    ) -> Iterator[Figure]:
        shown = queries.cuts(session, self.survey_id, sight=sight, now=self.world.clock())
        parts = [part for cut in shown.cuts for part in cut.parts]
        for cut, planned in zip(parts, plan.cuts, strict=True):
            assert cut.key == planned.key
            for variable, question in enumerate(cut.questions):
                members = people[planned.blocks[variable][block]]
                yield from self._of_cut(
                    question, set(members.tolist()), planned, variable, people, block
                )

    def _of_cut(self, question, members, planned, variable, people, block) -> Iterator[Figure]:
        """Give the figures of a cut, whose shares may stand for more people than its mean."""
        if question.key not in KEY:
            return
        name = KEY[question.key]
        answered = self.answered[name]
        if question.mean is not None:
            yield Figure(name, frozenset(members & answered), question.mean, 0.05, Kind.MEAN)
        if question.shares is not None:
            wider = set(people[planned.share_blocks[variable][block]].tolist()) & answered
            for option, share in enumerate(question.shares):
                yield Figure(name, frozenset(wider), share / 100, 0.005, Kind.SHARE, (option,))


def inside(plan: Plan, block: NDArray[np.int32], node: int) -> NDArray[np.bool_]:
    """Return which people's blocks are in a node."""
    found: NDArray[np.bool_] = (block >= plan.nodes.start[node]) & (block < plan.nodes.stop[node])
    return found
