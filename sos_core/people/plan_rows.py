"""A plan's stored rows as they are read: references become names, addresses and paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sos_core.database.session import OrganizationSession
from sos_core.people import known as load
from sos_core.people.chunks import read_rows
from sos_core.people.draft import Row
from sos_core.people.queries import people_by_id
from sos_core.people.units import TOP, UnitBook
from sos_core.records import UnitPath


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as text; ``field`` is its stable name."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of a plan.

    ``position`` counts the rows of one kind from 0. People's rows have ``person_id`` (None for a
    new one), ``name``, ``email``, ``unit`` and ``changes``; rejections and notices have ``code``,
    ``values``, English ``what`` and ``remedy``. ``action`` tells what becomes of a unit (created,
    opened, closed) or a leader (gained, lost, changed).
    """

    kind: str
    position: int
    row: int | None = None
    sheet: str | None = None
    column: str | None = None
    person_id: int | None = None
    name: str = ""
    email: str | None = None
    unit: UnitPath = ()
    changes: tuple[FieldChange, ...] = ()
    action: str = ""
    same: bool | None = None
    code: str = ""
    what: str = ""
    remedy: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Reader:
    """Turns the rows of one page into views while its session is open.

    What the rows refer to is loaded at once for all, the tree where the first of them needs it.
    """

    def __init__(
        self, session: OrganizationSession, plan_id: int, kind: str, rows: Sequence[Row]
    ) -> None:
        self._session, self._plan_id, self._kind = session, plan_id, kind
        refs = {ref for row in rows for ref in _managers_in(kind, row) if ref}
        known = people_by_id(session, {ref for ref in refs if ref > 0})
        self._people = {ref: view.email or view.name for ref, view in known.items()}
        self._people |= _new_people(session, plan_id, {ref for ref in refs if ref < 0})

    @cached_property
    def _book(self) -> UnitBook:
        """Return the tree with the units of the plan: what is only told names none."""
        book = load.unit_book(self._session)
        for ref, _, parent, name in read_rows(self._session, self._plan_id, "unit"):
            if ref < TOP:
                book.names[ref], book.parents[ref] = name, parent
        return book

    def row(self, position: int, row: Row) -> PlanRow:
        """Return the view of a stored row."""
        kind = self._kind
        if kind == "added":
            return self._added(position, row)
        if kind == "suspect":
            person_id, before, added = row
            return self._added(position, added, person_id, before)
        if kind == "deactivated":
            person_id, where, name, email, home = row
            path = self._path(home or TOP)
            return PlanRow(
                kind, position, where, person_id=person_id, name=name, email=email, unit=path
            )
        if kind == "unit":
            ref, action, _, name = row
            return PlanRow(kind, position, name=name, unit=self._path(ref), action=action)
        if kind == "leader":
            return self._leader(position, row)
        if kind in ("rejected", "notice"):
            return _told(kind, position, row)
        return self._differing(position, row)

    def _added(
        self, position: int, row: Row, person_id: int | None = None, before: str | None = None
    ) -> PlanRow:
        _, _, _, name, email, employee_id, language, user_type, home, manager, _, _, *told = row
        where, sheet, further = told
        values = {
            "email": email if before else None,
            "employee_id": employee_id,
            "language": language,
            "user_type": user_type,
            "further": self._text("further", further or []),
            "manager": self._text("manager", manager or 0),
        }
        changes = tuple(
            FieldChange(key, before if key == "email" else None, value)
            for key, value in values.items()
            if value
        )
        return PlanRow(
            self._kind,
            position,
            where,
            sheet,
            None,
            person_id,
            name,
            email,
            self._path(home or TOP),
            changes,
        )

    def _differing(self, position: int, row: Row) -> PlanRow:
        person_id, where, sheet, name, changes, _ = row
        told = tuple(
            FieldChange(key, self._text(key, before), self._text(key, after))
            for key, (before, after) in changes.items()
        )
        unit = self._path(changes["unit"][1]) if "unit" in changes else ()
        return PlanRow(
            self._kind,
            position,
            where,
            sheet,
            person_id=person_id,
            name=name,
            unit=unit,
            changes=told,
        )

    def _leader(self, position: int, row: Row) -> PlanRow:
        unit, person, name, before, after = row
        action = "changed" if before and after else "gained" if after else "lost"
        return PlanRow(
            self._kind,
            position,
            person_id=person if person > 0 else None,
            name=name,
            unit=self._path(unit),
            changes=(FieldChange("origin", before, after),),
            action=action,
        )

    def _path(self, ref: int) -> UnitPath:
        # A unit that a later undo has deleted has no name any more.
        return self._book.path(ref) if ref in self._book.parents else ()

    def _text(self, key: str, value: Any) -> str | None:
        if key == "unit":
            return " / ".join(self._path(value)) or None
        if key == "further":
            return "; ".join(" / ".join(self._path(ref)) for ref in value) or None
        if key == "manager":
            return self._people.get(value) if value else None
        return None if value is None else str(value)


def _managers_in(kind: str, row: Row) -> Iterator[int]:
    if kind in ("added", "suspect"):
        yield (row if kind == "added" else row[2])[9] or 0
    elif kind in ("changed", "moved", "reactivated"):
        yield from row[4].get("manager", ())


def _new_people(session: OrganizationSession, plan_id: int, refs: Iterable[int]) -> dict[int, str]:
    """Return the addresses of people whom the plan adds, by reference."""
    wanted = {-ref - 1 for ref in refs}
    if not wanted:
        return {}
    first, last = min(wanted), max(wanted)
    rows = read_rows(session, plan_id, "added", first, last - first + 1)
    found = {row[0]: row[4] or row[3] for row in rows if -row[0] - 1 in wanted}
    if len(found) < len(wanted):
        suspects = (row[2] for row in read_rows(session, plan_id, "suspect"))
        found |= {row[0]: row[4] or row[3] for row in suspects if -row[0] - 1 in wanted}
    return found


def _told(kind: str, position: int, row: Row) -> PlanRow:
    if kind == "rejected":
        code, what, remedy, where, column, sheet, values = row
    else:
        code, what, where, sheet, values = row
        remedy, column = "", None
    return PlanRow(
        kind,
        position,
        where,
        sheet,
        column,
        code=code,
        what=what,
        remedy=remedy,
        values=values,
    )
