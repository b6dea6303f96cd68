"""The steps of a plan that write people: those who are new, those who are known, their digests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from sos_core.database.bulk import bulk_insert, bulk_insert_columns
from sos_core.database.session import OrganizationSession
from sos_core.people import writing
from sos_core.people.carrying import Carried, Part
from sos_core.people.chunks import ChunkReader
from sos_core.people.comparison import COMPLETE
from sos_core.people.draft import FIELDS, Row
from sos_core.people.outcome import NEW_USER_TYPE
from sos_core.people.tables import Membership, Person
from sos_core.people.units import TOP
from sos_core.people.writing import Before

SIMPLE = frozenset(FIELDS)
Columns = Sequence[Sequence[Any]]
Todo = tuple[dict[str, Any], int | None, bool]
"""What becomes of a known person: fields, digest, and whether they are active."""


class Added:
    """New people; who comes before their manager gets the manager later (``Managers``)."""

    def __init__(self, plan: Carried, _session: OrganizationSession) -> None:
        self.plan = plan
        self.total = plan.added
        self._reader = ChunkReader(plan.plan_id, "added")
        self._first = 0
        self._chunk: Columns = ()

    def part(self, session: OrganizationSession, start: int, size: int) -> Part:
        """Return new people, never of more than one stored chunk."""
        return _insertion(self.plan, self.columns(session, start, size))

    def columns(self, session: OrganizationSession, start: int, size: int) -> Columns:
        """Return the columns of up to ``size`` rows from ``start`` on."""
        if not self._chunk or not self._first <= start < self._first + len(self._chunk[0]):
            self._first, self._chunk = self._reader.at(session, start)
        left = self._first + len(self._chunk[0]) - start
        # In equal shares: a small rest would cost a transaction of its own.
        shares = -(-left // max(1, size))
        there = slice(start - self._first, start - self._first + -(-left // shares))
        return [column[there] for column in self._chunk]


class NewSuspects:
    """Suspects who turned out to be somebody else: new people, too."""

    def __init__(self, plan: Carried, _session: OrganizationSession) -> None:
        self.plan = plan
        self._rows = [
            row for (_, _, row), same in zip(plan.suspects, plan.same, strict=True) if not same
        ]
        for row in self._rows:
            row[6], row[7] = row[6] or plan.language, row[7] or NEW_USER_TYPE
        self.total = len(self._rows)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return people whose rows are suspects of the plan."""
        return _insertion(self.plan, self.columns(_session, start, size))

    def columns(self, _session: OrganizationSession, start: int, size: int) -> Columns:
        """Return the columns of up to ``size`` rows from ``start`` on."""
        return list(zip(*self._rows[start : start + size], strict=True))


class Managers:
    """The managers of new people who come before them, once everybody has a row."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self.plan = plan
        self._added, self._suspects = Added(plan, session), NewSuspects(plan, session)
        self.total = self._added.total + self._suspects.total

    def part(self, session: OrganizationSession, start: int, size: int) -> Part:
        """Return pairs of a person and the manager; people without a late one are items too."""
        step: Added | NewSuspects = self._added
        if start >= self._added.total:
            step, start = self._suspects, start - self._added.total
        columns = step.columns(session, start, size)
        pairs = [
            {"id": person_id, "manager_id": self.plan.person(ref)}
            for person_id, ref in zip(map(self.plan.person, columns[0]), columns[9], strict=True)
            if ref and self.plan.person(ref) > person_id
        ]

        def write(session: OrganizationSession, _before: Before) -> None:
            if pairs:
                session.execute(update(Person), pairs)

        return Part(len(columns[0]), write)


class Known:
    """Known people who change, come back or go: their rows as they were are kept first."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self.plan = plan
        self._todo = list(_todo(plan, session).items())
        self.total = len(self._todo)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return people with what becomes of them."""
        todo = dict(self._todo[start : start + size])

        def write(session: OrganizationSession, before: Before) -> None:
            rows = writing.people_rows(session, todo.keys())
            was = writing.memberships_of(session, todo.keys())
            regrouped = {id_: todo[id_][0]["further"] for id_ in todo if "further" in todo[id_][0]}
            now = [m for id_ in regrouped for m in self.plan.memberships(id_, regrouped[id_])]
            changed = [self._changed(row, *todo[row[0]], before) for row in rows]
            writing.write_people(session, changed)
            writing.write_memberships(session, regrouped.keys(), now)
            before.people += rows
            before.memberships += was
            before.touched |= todo.keys()
            before.touched_units |= {row[8] for row in (*rows, *changed) if row[8]}
            before.touched_units |= {row[1] for row in (*was, *now)}

        return Part(len(todo), write)

    def _changed(
        self, row: Row, changes: dict[str, Any], digest: int | None, active: bool, before: Before
    ) -> Row:
        fields = {k: value for k, value in changes.items() if k in SIMPLE}
        if "unit" in changes:
            fields["unit_id"] = self.plan.unit(changes["unit"])
        if manager := changes.get("manager"):
            before.named.add(self.plan.person(manager))
        if "manager" in changes:
            fields["manager_id"] = self.plan.person(manager) if manager else None
        source = self.plan.source if active else row[10]
        return writing.with_changes(row, fields, source=source, digest=digest, active=active)


class Noticed:
    """Known people whose address or state changes: the rows of those they manage say it anew."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        found = {
            row[0] for kind in ("reactivated", "deactivated") for row in plan.rows(session, kind)
        }
        found |= {
            row[0]
            for kind in ("changed", "moved")
            for row in plan.rows(session, kind)
            if "email" in row[4]
        }
        for (known_id, _, _), same in zip(plan.suspects, plan.same, strict=True):
            if same or plan.mode == COMPLETE:
                found.add(known_id)
        self._ids = sorted(found)
        self.total = len(self._ids)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return managers."""
        ids = self._ids[start : start + size]

        def write(session: OrganizationSession, _before: Before) -> None:
            writing.forget_digests(session, ids)

        return Part(len(ids), write)


class Redigested:
    """People of whom nothing changed but how the source writes them."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self._rows = plan.rows(session, "digest")
        self.total = len(self._rows)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return people with their new digests."""
        rows = self._rows[start : start + size]

        def write(session: OrganizationSession, _before: Before) -> None:
            writing.write_digests(session, rows)

        return Part(len(rows), write)


def _insertion(plan: Carried, columns: Columns) -> Part:
    """Return new people, by columns whose first are those of a person.

    A plan may have 100,000 of them, and few different references.
    """
    ids = plan.new_people(columns[0])
    managers = {ref: plan.person(ref) if ref else None for ref in set(columns[9])}
    homes = {ref: plan.unit(ref) if ref else None for ref in set(columns[8])}
    further: list[Row] = []
    if any(columns[14]):
        for person_id, refs in zip(ids, columns[14], strict=True):
            further += plan.memberships(person_id, refs or ())
    above = list(map(managers.__getitem__, columns[9]))
    later = False
    # Managers who are known, or who come first in their team, need no second look.
    if max((id_ or 0 for id_ in managers.values()), default=0) > ids[0]:
        there = [
            id_ if id_ is None or id_ < own else None for own, id_ in zip(ids, above, strict=True)
        ]
        later, above = there != above, there
    ready = [ids, *columns[1:8], list(map(homes.__getitem__, columns[8])), above, *columns[10:12]]

    def write(session: OrganizationSession, before: Before) -> None:
        bulk_insert_columns(session, Person, writing.PERSON, ready)
        bulk_insert(session, Membership, writing.MEMBERSHIP, further)
        before.named |= {ref for ref in managers if ref and ref > 0}
        before.touched_units |= {unit for unit in homes.values() if unit}
        before.touched_units |= {row[1] for row in further}

    return Part(len(ids), write, later)


def _todo(plan: Carried, session: OrganizationSession) -> dict[int, Todo]:
    """Return what becomes of each known person; "further" and "manager" are references."""
    todo: dict[int, Todo] = {}
    for kind in ("changed", "moved", "reactivated"):
        for person_id, _, _, _, changes, digest in plan.rows(session, kind):
            todo[person_id] = ({k: after for k, (_, after) in changes.items()}, digest, True)
    for row in plan.rows(session, "deactivated"):
        todo[row[0]] = ({}, None, False)
    for (known_id, _, row), same in zip(plan.suspects, plan.same, strict=True):
        if same:
            todo[known_id] = (_said(row), row[2], True)
        elif plan.mode == COMPLETE:
            todo[known_id] = ({}, None, False)
    return todo


def _said(row: Row) -> dict[str, Any]:
    """Return what the row of a suspect says about the known person."""
    said = dict(zip(writing.PERSON, row, strict=False))
    said = {key: said[key] for key in FIELDS}
    said |= {"unit": row[8] or TOP, "further": row[14] or [], "manager": row[9]}
    return {key: value for key, value in said.items() if value is not None}
