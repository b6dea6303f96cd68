"""A plan on its way into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sos_core.database.bulk import bulk_insert, rebuilt_index, reserve_ids
from sos_core.database.session import OrganizationSession
from sos_core.organizations.queries import organization
from sos_core.people import known as load
from sos_core.people import writing
from sos_core.people.chunks import read_columns, read_rows
from sos_core.people.comparison import COMPLETE
from sos_core.people.draft import FIELDS, Row
from sos_core.people.identity import unit_key
from sos_core.people.outcome import NEW_USER_TYPE
from sos_core.people.tables import ChangePlan, Person, Unit
from sos_core.people.units import TOP
from sos_core.people.writing import Before

SIMPLE = frozenset(FIELDS)


@dataclass(slots=True)
class Applier:
    """One plan on its way into the tables; references become ids here."""

    session: OrganizationSession
    plan: ChangePlan
    before: Before = field(default_factory=Before)
    added: int = 0
    people: Sequence[int] = ()
    suspects: list[int] = field(default_factory=list)
    units: dict[int, int] = field(default_factory=dict)
    memberships: list[Row] = field(default_factory=list)
    changed: dict[int, Row] = field(default_factory=dict)
    regrouped: set[int] = field(default_factory=set)

    def apply(self) -> None:
        """Write units, people, memberships, leaders and digests, in the order of the references."""
        self._make_units()
        self._add_people()
        self._change_people()
        writing.write_memberships(self.session, self.regrouped, self.memberships)
        self._change_leaders()
        writing.write_digests(self.session, self._rows("digest"))
        self.before.touched |= {*self.before.made, *self.changed}
        for row in (*self.before.people, *self.changed.values()):
            self.before.touched_units.add(row[8] or TOP)
        for row in (*self.before.memberships, *self.memberships):
            self.before.touched_units.add(row[1])
        self.before.touched_units.discard(TOP)

    def _rows(self, kind: str) -> list[Row]:
        return list(read_rows(self.session, self.plan.id, kind)) if self.plan.counts[kind] else []

    def _unit(self, ref: int) -> int | None:
        return self.units[ref] if ref < TOP else ref or None

    def _person(self, ref: int) -> int:
        if ref > 0:
            return ref
        position, added = -ref - 1, self.added
        return self.people[position] if position < added else self.suspects[position - added]

    def _make_units(self) -> None:
        rows = self._rows("unit")
        created = [row for row in rows if row[1] == "created"]
        if created:
            book = load.unit_book(self.session)
            ids = reserve_ids(self.session, Unit, len(created))
            self.units = {row[0]: id_ for row, id_ in zip(created, ids, strict=True)}
            ready = []
            for ref, _, parent, name in created:
                book.names[ref], book.parents[ref] = name, parent
                path, key = book.path(ref), unit_key(book.path(ref))
                ready.append((self.units[ref], self._unit(parent), len(path) - 1, name, key, True))
            bulk_insert(self.session, Unit, writing.UNIT, ready)
        for change, active in (("opened", True), ("closed", False)):
            ids = [row[0] for row in rows if row[1] == change]
            writing.set_units_active(self.session, ids, active=active)
            self.before.units += [[id_, not active] for id_ in ids]
        self.before.made_units = list(self.units.values())
        for ref, _, parent, _ in rows:
            self.before.touched_units.add(self._unit(ref) or TOP)
            self.before.named_units.add(self._unit(parent) or TOP)

    def _add_people(self) -> None:
        same = self.plan.guard["same"]
        self.added = self.plan.counts["added"]
        ids = reserve_ids(self.session, Person, self.added + same.count(False))
        self.people, fresh = ids, iter(ids[self.added :])
        suspects = self._rows("suspect")
        self.suspects = [
            row[0] if is_same else next(fresh) for row, is_same in zip(suspects, same, strict=True)
        ]
        self.before.made = list(ids)
        with rebuilt_index(self.session, Person, "ix_person_email", self.added):
            for columns in read_columns(self.session, self.plan.id, "added"):
                self._insert(columns)
        language = organization(self.session, self.session.organization_id).language
        different = [row for (_, _, row), s in zip(suspects, same, strict=True) if not s]
        for row in different:
            row[6], row[7] = row[6] or language, row[7] or NEW_USER_TYPE
        if different:
            self._insert(list(zip(*different, strict=True)))

    def _insert(self, columns: list[Any]) -> None:
        """Insert new people, by columns whose first are those of a person.

        A plan may have 100,000 of them, and few different references.
        """
        ids = list(map(self._person, columns[0]))
        managers = {ref: self._person(ref) if ref else None for ref in set(columns[9])}
        homes = {ref: self._unit(ref) if ref else None for ref in set(columns[8])}
        self.before.named |= {ref for ref in managers if ref and ref > 0}
        self.before.touched_units |= {unit for unit in homes.values() if unit}
        if any(columns[14]):
            for person_id, further in zip(ids, columns[14], strict=True):
                if further:
                    self._join(person_id, further)
        columns[0] = ids
        columns[8] = list(map(homes.__getitem__, columns[8]))
        columns[9] = list(map(managers.__getitem__, columns[9]))
        people = list(zip(*columns[: len(writing.PERSON)], strict=True))
        bulk_insert(self.session, Person, writing.PERSON, people)

    def _change_people(self) -> None:
        """Write what changes about known people: the rows as they were are kept first."""
        todo: dict[int, tuple[dict[str, Any], int | None, bool]] = {}
        for kind in ("changed", "moved", "reactivated"):
            for person_id, _, _, _, changes, digest in self._rows(kind):
                todo[person_id] = ({k: after for k, (_, after) in changes.items()}, digest, True)
        for row in self._rows("deactivated"):
            todo[row[0]] = ({}, None, False)
        for (known_id, _, row), is_same in zip(
            self._rows("suspect"), self.plan.guard["same"], strict=True
        ):
            if is_same:
                todo[known_id] = (_said(row), row[2], True)
            elif self.plan.mode == COMPLETE:
                todo[known_id] = ({}, None, False)
        self.before.people = writing.people_rows(self.session, todo.keys())
        self.before.memberships = writing.memberships_of(self.session, todo.keys())
        for row in self.before.people:
            changes, digest, active = todo[row[0]]
            self.changed[row[0]] = self._changed_person(row, changes, digest, active=active)
        writing.write_people(self.session, list(self.changed.values()))
        self._forget()

    def _changed_person(
        self, row: Row, changes: dict[str, Any], digest: int | None, *, active: bool
    ) -> Row:
        fields = {k: value for k, value in changes.items() if k in SIMPLE}
        if "unit" in changes:
            fields["unit_id"] = self._unit(changes["unit"])
        if "further" in changes:
            self._join(row[0], changes["further"])
        if "manager" in changes:
            manager = changes["manager"]
            fields["manager_id"] = self._person(manager) if manager else None
            self.before.named.add(fields["manager_id"] or 0)
        source = self.plan.source if active else row[10]
        return writing.with_changes(row, fields, source=source, digest=digest, active=active)

    def _join(self, person_id: int, further: list[int]) -> None:
        """Set a person's further units, which are written all at once later."""
        self.regrouped.add(person_id)
        for position, ref in enumerate(further, start=1):
            self.memberships.append([person_id, self._unit(ref), position])

    def _forget(self) -> None:
        called = {
            row[0]
            for row in self.before.people
            if (row[4], row[11]) != (self.changed[row[0]][4], self.changed[row[0]][11])
        }
        writing.forget_digests(self.session, called)

    def _change_leaders(self) -> None:
        """Write who leads what; who became inactive by a decision leads nothing either."""
        rows = self._rows("leader")
        lost = {(self._unit(u) or TOP, self._person(p)) for u, p, _, _, after in rows if not after}
        held = [[self._unit(u), self._person(p), after] for u, p, _, _, after in rows if after]
        gone = {row[0] for row in self.changed.values() if not row[11]}
        lost |= {key for key in load.leaderships(self.session) if key[1] in gone}
        units = {unit for unit, _ in lost} | {unit for unit, _, _ in held if unit}
        self.before.led_units = sorted(units)
        self.before.leaderships = writing.leaderships_of(self.session, units)
        writing.change_leaderships(self.session, lost, held)
        self.before.touched_units |= units
        self.before.named |= {person for _, person in lost} | {row[1] for row in held}


def _said(row: Row) -> dict[str, Any]:
    """Return what the row of a suspect says about the known person."""
    said = dict(zip(writing.PERSON, row, strict=False))
    said = {key: said[key] for key in FIELDS}
    said |= {"unit": row[8] or TOP, "further": row[14] or [], "manager": row[9]}
    return {key: value for key, value in said.items() if value is not None}
