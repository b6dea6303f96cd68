"""Which person each row means: rows meet each other and what is known; pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from sos_core.people.cleaning import Entry
from sos_core.people.identity import identity_of
from sos_core.people.problems import notice, rejected
from sos_core.records import Notice, Rejection

MERGED = ("name", "email", "employee_id", "language", "user_type", "manager")


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the database has it; ``leads`` are the units that a source said or a hand set."""

    id: int
    identity: str
    digest: int | None
    name: str
    email: str | None
    employee_id: str | None
    language: str
    user_type: str
    unit_id: int | None
    manager_id: int | None
    source: str
    active: bool
    further: tuple[int, ...] = ()
    leads: tuple[int, ...] = ()


class Directory:
    """Known people by id, identity, employee id and address."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.by_id: dict[int, Known] = {}
        self.by_identity: dict[str, Known] = {}
        self.by_employee_id: dict[str, Known] = {}
        self.by_email: dict[str, Known] = {}
        self.add(known)

    def add(self, known: Iterable[Known]) -> None:
        """Take in people; of two with one address the active one has the better claim to it."""
        for person in known:
            self.by_id[person.id] = person
            self.by_identity[person.identity] = person
            if person.employee_id:
                self.by_employee_id[person.employee_id] = person
            if person.email:
                holder = self.by_email.setdefault(person.email, person)
                if (person.active, -person.id) > (holder.active, -holder.id):
                    self.by_email[person.email] = person

    def meant_by(self, employee_id: str | None, email: str | None) -> int:
        """Return the id of the known person whom a row means, 0 when it means somebody new."""
        if employee_id and (known := self.by_employee_id.get(employee_id)):
            return known.id
        known = self.by_email.get(email) if email else None
        # Another employee id is another person, who may take the address over.
        if known is None or (known.employee_id and employee_id):
            return 0
        return known.id


@dataclass(slots=True)
class Roster:
    """The people of a file: one entry each, however many rows name them.

    ``spared`` are known people whose row was rejected: a bad row makes nobody missing.
    """

    directory: Directory
    entries: list[Entry] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    spared: set[int] = field(default_factory=set)
    _by_person: dict[int, Entry] = field(default_factory=dict)
    _by_employee_id: dict[str, Entry] = field(default_factory=dict)
    _by_email: dict[str, Entry] = field(default_factory=dict)

    def add_all(self, entries: Sequence[Entry], pinned: Sequence[int] = ()) -> None:
        """Take rows in; ``pinned`` gives the person whom each one means (an edit by hand)."""
        if not pinned and self._all_new(entries):
            self.entries += entries
            return
        for index, entry in enumerate(entries):
            self.add(entry, pinned[index] if pinned else 0)

    def _all_new(self, entries: Sequence[Entry]) -> bool:
        """Index rows at once where nobody is known and no two of them name one person."""
        if self.directory.by_id or self.entries:
            return False
        by_email = _indexed([entry.email for entry in entries], entries)
        by_employee_id = _indexed([entry.employee_id for entry in entries], entries)
        if by_email is None or by_employee_id is None:
            return False
        self._by_email, self._by_employee_id = by_email, by_employee_id
        return True

    def add(self, entry: Entry, pinned: int = 0) -> None:
        """Take a row in: as a new entry, as a further row of one, or as a rejection.

        ``pinned`` is the person whom the row means whatever it says (an edit by hand).
        """
        twin = None if pinned else self._twin(entry)
        if twin is None:
            entry.person_id = pinned or self.directory.meant_by(entry.employee_id, entry.email)
            twin = self._by_person.get(entry.person_id) if entry.person_id else None
            if twin is not None and self._gave_up(twin, entry):
                entry.person_id, twin = 0, None
        if twin is None:
            self._index(entry)
            self.entries.append(entry)
        elif entry.employee_id and self._employee_id(twin) not in (None, entry.employee_id):
            self._reject_twice(entry, twin)
        elif other := self._other_with_address(entry, twin):
            self._reject_twice(entry, other)
        else:
            self._merge(twin, entry)

    def _employee_id(self, entry: Entry) -> str | None:
        known = self.directory.by_id.get(entry.person_id)
        return entry.employee_id or (known.employee_id if known else None)

    def _other_with_address(self, entry: Entry, twin: Entry) -> Entry | None:
        """Return the entry whose address a row would give to ``twin``, which has none: one is enough."""
        holder = self._by_email.get(entry.email) if entry.email and not twin.email else None
        return None if holder is twin else holder

    def _gave_up(self, twin: Entry, entry: Entry) -> bool:
        """Tell whether a row has the address that a row above took away from a known person."""
        if not entry.email or twin.email in (None, entry.email):
            return False
        return not entry.employee_id or self._employee_id(twin) != entry.employee_id

    def refuse_taken(self, gone: Container[int]) -> None:
        """Turn entries into rejections whose address or id somebody else has and keeps.

        ``gone`` are people whom the plan deactivates: their addresses are free.
        """
        if not self.directory.by_id:
            return
        kept = []
        for entry in self.entries:
            fault = self._taken(entry, gone)
            if fault is None:
                kept.append(entry)
            else:
                self.rejections.append(fault)
        self.entries = kept

    def _taken(self, entry: Entry, gone: Container[int]) -> Rejection | None:
        known = self.directory.by_id.get(entry.person_id)
        email = entry.email or (known.email if known else None)
        if known and known.active and email == known.email and not entry.employee_id:
            return None
        employee_id = entry.employee_id or (known.employee_id if known else None)
        holder = self.directory.by_email.get(email) if email else None
        if holder and holder.id != entry.person_id and holder.active and holder.id not in gone:
            other = self._by_person.get(holder.id)
            if other is None or not other.email or other.email == email:
                return self._fault("email_taken", entry, "email", email=email, name=holder.name)
        namesake = self.directory.by_identity.get(identity_of(employee_id, email) or "")
        if namesake and namesake.id != entry.person_id:
            column = "employee_id" if employee_id else "email"
            values = {"value": employee_id or email, "name": namesake.name}
            return self._fault("identifier_taken", entry, column, **values)
        return None

    def entry_of_email(self, email: str) -> Entry | None:
        """Return the entry that has an address, None when no row has it."""
        return self._by_email.get(email)

    def entry_of_person(self, person_id: int) -> Entry | None:
        """Return the entry of a known person, None when no row means the person."""
        return self._by_person.get(person_id)

    def _twin(self, entry: Entry) -> Entry | None:
        if entry.employee_id and (twin := self._by_employee_id.get(entry.employee_id)):
            return twin
        return self._by_email.get(entry.email) if entry.email else None

    def _index(self, entry: Entry) -> None:
        if entry.person_id:
            self._by_person[entry.person_id] = entry
        if entry.employee_id:
            self._by_employee_id.setdefault(entry.employee_id, entry)
        if entry.email:
            self._by_email.setdefault(entry.email, entry)

    def _merge(self, first: Entry, other: Entry) -> None:
        """Add what a further row of one person says; where two rows differ the first holds."""
        first.digest = None
        differing = False
        for name in MERGED:
            value, held = getattr(other, name), getattr(first, name)
            if value and not held:
                setattr(first, name, value)
            elif value and value != held:
                differing = True
        added = [unit for unit in other.units or () if unit not in (first.units or ())]
        first.units = [*(first.units or ()), *added] or None
        if other.leads is not None:
            first.leads = tuple(dict.fromkeys((*(first.leads or ()), *other.leads)))
        self._index(first)
        values = {"name": first.name, "first": str(first.row or "")}
        if differing:
            self.notices.append(notice("rows_differ", other.row, other.sheet, **values))
        elif not added:
            self.notices.append(notice("duplicate_row", other.row, other.sheet, **values))

    def spare(self, entry: Entry) -> None:
        """Remember whom a rejected row meant."""
        self.spared.add(self.directory.meant_by(entry.employee_id, entry.email))

    def _reject_twice(self, entry: Entry, twin: Entry) -> None:
        self.spare(entry)
        first = str(twin.row or "")
        self.rejections.append(
            self._fault("email_twice", entry, "email", email=entry.email, first=first)
        )

    def _fault(self, code: str, entry: Entry, column: str, **values: str | None) -> Rejection:
        return rejected(code, entry.row, entry.sheet, column, **values)


def _indexed(keys: Sequence[str | None], entries: Sequence[Entry]) -> dict[str, Entry] | None:
    """Return entries by what each has of one kind, if anything; None where two have the same."""
    found = dict(zip(keys, entries, strict=True))
    found.pop(None, None)
    if len(found) + keys.count(None) < len(keys):
        return None
    return cast("dict[str, Entry]", found)
