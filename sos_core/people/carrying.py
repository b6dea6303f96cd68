"""What the steps of a plan share while it is carried out: its references as ids, and their parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organization
from sos_core.people.chunks import read_rows
from sos_core.people.draft import Row
from sos_core.people.tables import ChangePlan
from sos_core.people.units import TOP
from sos_core.people.writing import Before


@dataclass(frozen=True, slots=True)
class Part:
    """Some items of a step, worked out so that writing them is all that is left.

    ``later`` tells that managers are left out who have no row yet.
    """

    size: int
    write: Callable[[OrganizationSession, Before], None]
    later: bool = False


class Step(Protocol):
    """One kind of change of a plan: ``total`` items in an order that the stored plan alone decides."""

    total: int

    def part(self, session: OrganizationSession, start: int, size: int) -> Part:
        """Return up to ``size`` items from ``start`` on, ready to be written."""
        ...


@dataclass(slots=True)
class Carried:
    """A plan that is being carried out: what it says, and the ids that its references stand for.

    ``people`` are the ids of those it adds, in the order of their rows, behind them those of the
    suspects who are somebody else; ``units`` gives the units it creates by reference.
    """

    plan_id: int
    mode: str
    source: str
    counts: Mapping[str, int]
    same: Sequence[bool]
    language: str
    people: Sequence[int]
    units: dict[int, int] = field(default_factory=dict)
    suspects: list[Row] = field(default_factory=list)
    suspect_ids: list[int] = field(default_factory=list)

    @property
    def added(self) -> int:
        """Return how many people the plan adds, suspects aside."""
        return self.counts["added"]

    def rows(self, session: OrganizationSession, kind: str) -> list[Row]:
        """Return all rows of a kind."""
        return list(read_rows(session, self.plan_id, kind)) if self.counts[kind] else []

    def unit(self, ref: int) -> int | None:
        """Return the id of a unit; None for the organization itself."""
        return self.units[ref] if ref < TOP else ref or None

    def person(self, ref: int) -> int:
        """Return the id of a person."""
        if ref > 0:
            return ref
        position = -ref - 1
        if position < self.added:
            return self.people[position]
        return self.suspect_ids[position - self.added]

    def new_people(self, refs: Sequence[int]) -> Sequence[int]:
        """Return the ids of new people whose references follow each other, as they are numbered."""
        start = -refs[0] - 1
        if start >= self.added:
            return list(map(self.person, refs))
        return self.people[start : start + len(refs)]

    def memberships(self, person_id: int, further: Sequence[int]) -> list[list[Any]]:
        """Return the rows of a person's further units."""
        return [
            [person_id, self.unit(ref), position] for position, ref in enumerate(further, start=1)
        ]


def carried(session: OrganizationSession, plan: ChangePlan) -> Carried:
    """Return a plan that has begun, with the ids that were set aside for it."""
    found = Carried(
        plan.id,
        plan.mode,
        plan.source,
        plan.counts,
        plan.guard["same"],
        organization(session, session.organization_id).language,
        list(read_rows(session, plan.id, "made")),
    )
    created = [row[0] for row in found.rows(session, "unit") if row[1] == "created"]
    found.units = dict(zip(created, read_rows(session, plan.id, "made_units"), strict=True))
    found.suspects = found.rows(session, "suspect")
    fresh = iter(found.people[found.added :])
    found.suspect_ids = [
        row[0] if is_same else next(fresh)
        for row, is_same in zip(found.suspects, found.same, strict=True)
    ]
    return found
