"""The steps of a plan that write units: those that open, who leads them, those that close."""

from __future__ import annotations

from sos_core.database.bulk import bulk_insert
from sos_core.database.session import OrganizationSession
from sos_core.people import known as load
from sos_core.people import writing
from sos_core.people.carrying import Carried, Part
from sos_core.people.comparison import COMPLETE
from sos_core.people.draft import Row
from sos_core.people.identity import unit_key
from sos_core.people.tables import Unit
from sos_core.people.units import TOP
from sos_core.people.writing import Before


class Opened:
    """Units that are created or open again, parents before children."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self.plan = plan
        rows = plan.rows(session, "unit")
        self._rows = [row for row in rows if row[1] != "closed"]
        self._book = load.unit_book(session)
        for ref, change, parent, name in rows:
            if change == "created":
                self._book.names[ref], self._book.parents[ref] = name, parent
        self.total = len(self._rows)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return units with their places in the tree."""
        rows = self._rows[start : start + size]
        created = [self._made(row) for row in rows if row[1] == "created"]
        opened = [row[0] for row in rows if row[1] == "opened"]

        def write(session: OrganizationSession, before: Before) -> None:
            bulk_insert(session, Unit, writing.UNIT, created)
            writing.set_units_active(session, opened, active=True)
            before.units += [[id_, False] for id_ in opened]
            _touch(before, self.plan, rows)

        return Part(len(rows), write)

    def _made(self, row: Row) -> tuple[object, ...]:
        ref, _, parent, name = row
        path = self._book.path(ref)
        id_, above = self.plan.units[ref], self.plan.unit(parent)
        return (id_, above, len(path) - 1, name, unit_key(path), True)


class Closed:
    """Units that are left behind empty."""

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self.plan = plan
        self._rows = [row for row in plan.rows(session, "unit") if row[1] == "closed"]
        self.total = len(self._rows)

    def part(self, _session: OrganizationSession, start: int, size: int) -> Part:
        """Return units that close."""
        rows = self._rows[start : start + size]
        ids = [row[0] for row in rows]

        def write(session: OrganizationSession, before: Before) -> None:
            writing.set_units_active(session, ids, active=False)
            before.units += [[id_, True] for id_ in ids]
            _touch(before, self.plan, rows)

        return Part(len(rows), write)


class Leaders:
    """Who leads what, in one part: an undo knows each unit's leaders as they were before all of it.

    Who became inactive by a decision leads nothing either.
    """

    def __init__(self, plan: Carried, session: OrganizationSession) -> None:
        self.plan = plan
        self._rows = plan.rows(session, "leader")
        self._gone = {row[0] for row in plan.rows(session, "deactivated")}
        if plan.mode == COMPLETE:
            pairs = zip(plan.suspects, plan.same, strict=True)
            self._gone |= {row[0] for row, same in pairs if not same}
        self.total = 1 if self._rows or self._gone else 0

    def part(self, session: OrganizationSession, _start: int, _size: int) -> Part:
        """Return all that changes about leaders."""
        unit, person = self.plan.unit, self.plan.person
        lost = {(unit(u) or TOP, person(p)) for u, p, _, _, after in self._rows if not after}
        held = [[unit(u), person(p), after] for u, p, _, _, after in self._rows if after]
        lost |= {key for key in load.leaderships(session) if key[1] in self._gone}
        units = {unit_id for unit_id, _ in lost} | {row[0] for row in held if row[0]}

        def write(session: OrganizationSession, before: Before) -> None:
            before.led_units |= units
            before.leaderships += writing.leaderships_of(session, units)
            writing.change_leaderships(session, lost, held)
            before.touched_units |= units
            before.named |= {person_id for _, person_id in lost} | {row[1] for row in held}

        return Part(1, write)


def _touch(before: Before, plan: Carried, rows: list[Row]) -> None:
    for ref, _, parent, _ in rows:
        before.touched_units.add(plan.unit(ref) or TOP)
        before.named_units.add(plan.unit(parent) or TOP)
