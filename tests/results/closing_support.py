"""A real organization whose surveys are opened, answered and closed by the product's own code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import update

from sos_core.ballots import sealing
from sos_core.ballots.answers import Answers, encode
from sos_core.ballots.commands import SealedBallot, store_ballots
from sos_core.ballots.keys import KeyStore
from sos_core.clock import ManualClock
from sos_core.content import questionnaire
from sos_core.database import Database
from sos_core.people.identity import unit_key
from sos_core.people.tables import Leadership, Person, Unit
from sos_core.results.queries import unit_results
from sos_core.results.rate_nodes import rate_nodes
from sos_core.results.release import Closing, count_here
from sos_core.results.views import UnitResults
from sos_core.surveys.audience import Sight
from sos_core.surveys.commands import SurveySettings, create_survey, open_survey
from sos_core.surveys.queries import survey_tree
from sos_core.surveys.tables import Survey

ASKED = questionnaire()


@dataclass
class World:
    """An organization with units and people by short name, and everything that closes a survey."""

    database: Database
    clock: ManualClock
    organization_id: int
    keys: KeyStore
    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    released: list[int] = field(default_factory=list)

    @classmethod
    def of(
        cls, database: Database, clock: ManualClock, organization_id: int, folder: Path
    ) -> World:
        return cls(database, clock, organization_id, KeyStore(folder / "keys"))

    @property
    def closing(self) -> Closing:
        return Closing(
            self.database,
            self.keys,
            count_here(self.database, self.keys),
            lambda *_ids: None,
            lambda _session, survey_id: self.released.append(survey_id),
        )

    def grow(self, tree: Mapping[str, int], leads: Mapping[str, str] | None = None) -> None:
        """Add units by path ("North/Alpha") with so many people each: "alpha0", "alpha1" …

        The path "" is the organization itself. ``leads`` says who leads which unit.
        """
        with self.database.write(self.organization_id) as session:
            for path, count in tree.items():
                parts = tuple(path.split("/")) if path else ()
                unit_id = self.units.get("/".join(parts[:-1])) if parts else None
                if parts:
                    unit = Unit(
                        parent_id=unit_id,
                        level=len(parts) - 1,
                        name=parts[-1],
                        key=unit_key(parts),
                        active=True,
                    )
                    session.add(unit)
                    session.flush()
                    unit_id = self.units[path] = unit.id
                for number in range(count):
                    self.add_person(session, f"{path.lower()}{number}", unit_id)
            for name, path in (leads or {}).items():
                session.add(
                    Leadership(unit_id=self.units[path], person_id=self.people[name], origin="said")
                )

    def add_person(self, session, name: str, unit_id: int | None) -> int:
        person = Person(
            identity=f"mail:{name}@x.example",
            name=name,
            email=f"{name.replace('/', '.')}@x.example",
            language="en",
            user_type="participant",
            unit_id=unit_id,
            source="test",
            active=True,
        )
        session.add(person)
        session.flush()
        self.people[name] = person.id
        return person.id

    def open(self, **settings: object) -> int:
        with self.database.write(self.organization_id) as session:
            survey_id = create_survey(
                session,
                SurveySettings(**{"title": "Spring", **settings}),
                now=self.clock(),
                actor="test",
            )
            open_survey(
                session,
                survey_id,
                now=self.clock(),
                actor="test",
                keys=self.keys,
                rate_nodes=rate_nodes,
            )
        return survey_id

    def open_beside(self, **settings: object) -> int:
        """Open a second survey of the same people, as if the first one were long past."""
        with self.database.write(self.organization_id) as session:
            past = self.clock() - timedelta(days=400)
            session.execute(update(Survey).values(closes_at=past, opens_at=past))
        survey_id = self.open(**settings)
        with self.database.write(self.organization_id) as session:
            later = self.clock() + timedelta(days=14)
            session.execute(update(Survey).values(closes_at=later, opens_at=self.clock()))
        return survey_id

    def seal(self, survey_id: int, person_id: int, answers: Answers) -> SealedBallot:
        secret = sealing.person_secret(self.keys.load(self.organization_id, survey_id), person_id)
        return SealedBallot(
            organization_id=self.organization_id,
            survey_id=survey_id,
            person_id=person_id,
            ballot_id=sealing.ballot_id(secret),
            body=sealing.seal(secret, encode(answers, ASKED)),
            submitted=True,
            sequence=0,
            secret=secret,
        )

    def submit(self, survey_id: int, given: Mapping[int, Answers]) -> list[object]:
        """Store submitted ballots by person id and return the outcome of each."""
        ballots = [self.seal(survey_id, person, answers) for person, answers in given.items()]
        with self.database.write(self.organization_id) as session:
            return list(store_ballots(session, ballots, now=self.clock()))

    def close(self, survey_id: int, *, publish: bool = True) -> None:
        """Let the time of closing pass and close; then, if wanted, that of publication."""
        self.clock.advance(days=15)
        self.closing.close(self.organization_id, survey_id, self.clock())
        if publish:
            self.clock.advance(days=15)

    def sight(self, survey_id: int, *units: str) -> Sight:
        """Return a sight of everything, or of the units of these paths alone."""
        with self.database.read(self.organization_id) as session:
            tree = survey_tree(session, survey_id)
        wanted = {None if path == "" else self.units[path] for path in units}
        seen = frozenset(p.index for p in tree if not units or p.unit_id in wanted)
        return Sight(seen, seen)

    def place(self, survey_id: int, path: str) -> int:
        """Return the position of a unit in the survey's tree."""
        with self.database.read(self.organization_id) as session:
            tree = survey_tree(session, survey_id)
        wanted = None if path == "" else self.units[path]
        return next(place.index for place in tree if place.unit_id == wanted)


def answers_of(column: Sequence[int] | NDArray[np.integer], **comments: str) -> Answers:
    """Return answers from option numbers in the order of the variables; 0 leaves one out."""
    pairs = zip(ASKED.variables, (int(value) for value in column), strict=True)
    said = {f"comment.{area}": words for area, words in comments.items()}
    return Answers({key: value for key, value in pairs if value}, said)


def draw_answers(rng: np.random.Generator, *, missing: float = 0.05, **comments: str) -> Answers:
    """Return somebody's random answers."""
    mood = rng.normal(3.4, 0.6)
    column = np.clip(np.rint(rng.normal(mood, 1.0, len(ASKED.variables))), 1, 5).astype(int)
    column[rng.random(len(column)) < missing] = 0
    return answers_of(column, **comments)


TREE = {
    "": 2,
    "North": 5,
    "North/East": 0,
    "North/East/Alpha": 7,
    "North/East/Beta": 3,
    "North/East/Gamma": 4,
    "South": 6,
    "South/East": 0,
    "South/East/Delta": 14,
    "South/West": 11,
}
LEADERS = {"north0": "North", "south0": "South", "north/east/alpha0": "North/East/Alpha"}
CUTS = ("leaders", "level:1")
STATEMENTS = [statement.key for statement in ASKED.statements]


def everybody(world: World, seed: int = 1) -> dict[int, Answers]:
    """Let everybody answer, with two comments each that name the writer."""
    rng = np.random.default_rng(seed)
    return {
        person: draw_answers(rng, direction=f"Direction of {name}", skills=f"Skills of {name}")
        for name, person in world.people.items()
    }


def page(world: World, survey_id: int, path: str = "") -> UnitResults:
    """Return the results of a unit as one who may see everything reads them."""
    with world.database.read(world.organization_id) as session:
        return unit_results(
            session,
            survey_id,
            world.place(survey_id, path),
            sight=world.sight(survey_id),
            now=world.clock(),
        )
