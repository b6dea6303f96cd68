"""One record at a time: what a source says, tidied, or why it cannot be used; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, overload

from sos_core.content import normalize_language
from sos_core.people.identity import is_email, normalize_email, tidy
from sos_core.people.plain import EMPLOYEE_ID_LENGTH, NAME_LENGTH, USER_TYPES, PlainWay
from sos_core.people.problems import notice, rejection
from sos_core.people.units import BadPath, UnitBook
from sos_core.records import Notice, PersonRecord, Rejection, UnitPath

Columns = Sequence[Sequence[Any]]


@dataclass(slots=True)
class Entry:
    """A usable record: None where it says nothing; units are references, the home first.

    ``manager`` is an address, "" where the record says that there is none. ``digest`` is None when
    the row must be looked at again next time, although nothing changed.
    """

    name: str
    email: str | None
    employee_id: str | None
    language: str | None
    user_type: str | None
    manager: str | None
    units: list[int] | None
    leads: tuple[int, ...] | None
    row: int | None
    sheet: str | None
    digest: int | None
    person_id: int = 0
    """The known person whom the record means; 0 for a new one."""
    ref: int = 0
    """``person_id``, or a negative number for a person whom the plan would create."""


SAID = tuple(Entry.__slots__)[:11]
"""What an entry has of its record: all but the person whom it means."""


class Entries(Sequence[Entry]):
    """Entries that stay the columns in which they came until one of them is looked at."""

    def __init__(self) -> None:
        self._columns: list[Columns] = []
        self._made: list[Entry] = []
        self._count = 0

    def add(self, columns: Columns) -> None:
        """Take in the columns of further entries, in the order of ``SAID``."""
        self._columns.append(columns)
        self._count += len(columns[0])

    def all(self) -> list[Entry]:
        """Return the entries, which are the same objects each time."""
        for columns in self._columns:
            self._made += map(Entry, *columns)
        self._columns.clear()
        return self._made

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.all())

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self.all()[index]


def columns_of(entries: Sequence[Entry]) -> Columns:
    """Return what entries have of their records as columns."""
    return [list(map(attrgetter(name), entries)) for name in SAID]


@dataclass(slots=True)
class Cleaner:
    """Turns records into entries, and remembers what the reader should be told."""

    book: UnitBook
    notices: list[Notice] = field(default_factory=list)
    _languages: dict[str, str | None] = field(default_factory=dict)
    _managers: dict[str, str] = field(default_factory=dict)
    _plain: PlainWay = field(init=False)

    def __post_init__(self) -> None:
        self._plain = PlainWay(self._places, self._manager)

    def clean_plain(
        self, records: Sequence[PersonRecord], digests: Sequence[int]
    ) -> Columns | None:
        """Return the columns of entries of records that have nothing unusual; None where one has."""
        return self._plain.columns(records, digests)

    def clean(self, record: PersonRecord, digest: int | None) -> Entry | Rejection:
        """Return the usable form of a record, or its rejection."""
        said_name, said_email, said_id, language, user_type, manager, paths, leads, row, sheet = (
            record
        )
        email = normalize_email(said_email) if said_email else None
        employee_id = tidy(said_id) if said_id else None
        name = tidy(said_name) if said_name else ""
        fault = _fault(record, name, email, employee_id)
        if fault is not None:
            return fault
        try:
            units = self._places(paths)
            led = None if leads is None else tuple(self._places(leads) or ())
        except BadPath as error:
            return rejection(error.code, record, "unit", **error.values)
        entry = Entry(
            name,
            email or None,
            employee_id or None,
            None,
            user_type,
            self._manager(manager) if manager else manager,
            units,
            led,
            row,
            sheet,
            digest if units is not None and len(units) == 1 else None,
        )
        if language:
            self._set_language(entry, language)
        return entry

    def _manager(self, said: str) -> str:
        """Return a manager's address, which many rows of a source have in common."""
        address = self._managers.get(said)
        if address is None:
            address = self._managers[said] = normalize_email(said)
        return address

    def _places(self, paths: tuple[UnitPath, ...]) -> list[int] | None:
        if len(paths) == 1:
            return [self.book.ref(paths[0])]
        return list(dict.fromkeys(self.book.ref(path) for path in paths)) if paths else None

    def _set_language(self, entry: Entry, said: str) -> None:
        try:
            entry.language = self._languages[said]
        except KeyError:
            entry.language = self._languages[said] = normalize_language(said)
        if entry.language is None:
            entry.digest = None
            self.notices.append(
                notice("language_unknown", entry.row, entry.sheet, language=said, name=entry.name)
            )


def _fault(
    record: PersonRecord, name: str, email: str | None, employee_id: str | None
) -> Rejection | None:
    """Return why the fields themselves cannot be used; None where they can."""
    if email:
        if not is_email(email):
            return rejection("email_invalid", record, "email", email=record.email)
    elif not employee_id:
        return rejection("no_identity", record, "email", name=name)
    if len(name) > NAME_LENGTH:
        return rejection("too_long", record, "name", limit=str(NAME_LENGTH))
    if employee_id and len(employee_id) > EMPLOYEE_ID_LENGTH:
        return rejection("too_long", record, "employee_id", limit=str(EMPLOYEE_ID_LENGTH))
    if record.user_type not in USER_TYPES:
        return rejection("user_type_unknown", record, "user_type", value=record.user_type)
    return None
