"""Compares what a source says with what is known, loading no more of the latter than it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.queries import organization
from sos_core.people import known as load
from sos_core.people.chunks import Packing
from sos_core.people.cleaning import Cleaner, Entry
from sos_core.people.guard import check_list
from sos_core.people.identity import normalize_email, tidy
from sos_core.people.known import Wanted
from sos_core.people.newcomers import Newcomers
from sos_core.people.problems import rejected
from sos_core.people.queries import people_count
from sos_core.people.reading import (
    Reading,
    begun,
    meant_records,
    read_pages,
    told_again,
    with_first_rows,
)
from sos_core.people.references import drop_cycles, managers_of, number
from sos_core.people.roster import Directory, Known, Roster
from sos_core.people.suspects import suspects
from sos_core.people.units import TOP, UnitBook
from sos_core.records import PeoplePage, Rejection, SelectivePages

CHANGE = "change"
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Request:
    """How a source is to be taken.

    ``mode`` is ``change`` (add and change, deactivate nobody) or ``complete`` (who is missing
    below ``scope_unit_id``, None: anywhere, is deactivated). ``pinned`` names the known person of
    each record and ``deactivate`` people who go, both for changes by hand; ``hand`` also leaves
    out the search for changed addresses.
    """

    mode: str = CHANGE
    scope_unit_id: int | None = None
    source: str = "hand"
    title: str = ""
    pinned: tuple[int, ...] = ()
    deactivate: frozenset[int] = frozenset()
    hand: bool = False


@dataclass(slots=True)
class Comparison:
    """What a comparison found: entries with references, who goes, who may have a new address.

    Where ``newcomers`` are whole, they stand for the entries, and nobody else is concerned.
    """

    session: OrganizationSession
    request: Request
    book: UnitBook
    scope: set[int] | None
    newcomers: Newcomers
    reading: Reading = field(default_factory=Reading)
    directory: Directory = field(default_factory=Directory)
    roster: Roster = field(default_factory=lambda: Roster(Directory()))
    gone: set[int] = field(default_factory=set)
    pairs: list[tuple[Entry, Known]] = field(default_factory=list)
    managers: dict[int, int] = field(default_factory=dict)

    @property
    def listed(self) -> int:
        """Return how many people the source names by usable rows."""
        here = self.newcomers.count if self.newcomers.whole else len(self.roster.entries)
        return here + len(self.reading.seen)

    def read(self, pages: Iterable[PeoplePage] | SelectivePages) -> None:
        """Read the source and say who is meant by each row."""
        cleaner = Cleaner(self.book)
        entries = self._entries(pages, cleaner)
        check_list(
            complete=self.request.mode == COMPLETE,
            listed=len(entries) + len(self.reading.seen),
        )
        self.reading.notices += cleaner.notices
        if self.newcomers.finish():
            self.reading.notices += self.newcomers.notices()
            return
        self.roster = Roster(self.directory)
        self.roster.add_all(self._in_scope(entries), self.request.pinned)
        self.gone = self._gone(meant_records(self.reading.unusable, self.directory))

    def _entries(
        self, pages: Iterable[PeoplePage] | SelectivePages, cleaner: Cleaner
    ) -> Sequence[Entry]:
        """Read the pages, and once more where a person seen has a further row that differs."""
        self._read(pages, cleaner, set())
        again = told_again(self.reading, self.directory)
        if not again:
            return self.reading.entries
        if not isinstance(pages, SelectivePages):
            return with_first_rows(self.reading, again, cleaner)
        cleaner.notices.clear()
        self._read(pages, cleaner, again)
        return self.reading.entries

    def _read(
        self, pages: Iterable[PeoplePage] | SelectivePages, cleaner: Cleaner, again: set[int]
    ) -> None:
        """Read the pages; the people in ``again`` are compared as if nothing was known of them."""
        known: dict[int, int] = {}

        def digests() -> Collection[int]:
            if not self.request.hand:
                known.update(load.digests(self.session, again))
            return known.keys()

        if isinstance(pages, SelectivePages):
            pages = pages.without(digests)
        else:
            digests()
        self.reading = read_pages(pages, known, cleaner, self.newcomers.take)
        self._load(self.reading)

    def settle(self) -> None:
        """Refuse what cannot be, pair changed addresses, and find everybody's manager."""
        if self.newcomers.whole:
            return
        self._load_neighbors()
        self.roster.refuse_taken(self.gone)
        self._refuse_nameless()
        self.pairs = [] if self.request.hand else self._pairs()
        self.gone -= {person.id for _, person in self.pairs}
        if self.pairs:
            paired = {id(entry) for entry, _ in self.pairs}
            # Stable: added people come first, in the order of their rows, then the suspects.
            self.roster.entries.sort(key=lambda entry: id(entry) in paired)
        number(self.roster.entries)
        notices = self.reading.notices
        self.managers = managers_of(self.roster, self.directory, self.gone, notices)
        above = load.chains(
            self.session,
            {manager for manager in self.managers.values() if manager > 0}
            | {ref for ref in self.managers if ref > 0},
        )
        drop_cycles(self.managers, above, self.roster.entries, notices)

    def _seen(self) -> set[int]:
        return set(self.reading.seen)

    def _load(self, reading: Reading) -> None:
        if not people_count(self.session, active=None):
            return
        wanted = Wanted(ids={*self.request.pinned, *self.request.deactivate} - {0})
        for entry in reading.entries:
            wanted.emails.update(filter(None, (entry.email, entry.manager)))
            wanted.employee_ids.update(filter(None, (entry.employee_id,)))
        for record in reading.unusable:
            wanted.emails.add(normalize_email(record.email or ""))
            wanted.employee_ids.update(filter(None, (tidy(record.employee_id or ""),)))
        for removal in reading.removals:
            wanted.emails.add(normalize_email(removal))
            wanted.employee_ids.add(removal)
        if len(wanted):
            self.directory.add(load.known_people(self.session, wanted))

    def _load_neighbors(self) -> None:
        """Load who is missing, who sits where somebody is new, and whose address comes back."""
        new = [entry for entry in self.roster.entries if not entry.person_id]
        homes = {entry.units[0] for entry in new if entry.units and entry.units[0] > TOP}
        wanted = Wanted(ids=self.gone - self.directory.by_id.keys())
        if not self.request.hand:
            wanted.unit_ids = homes
        wanted.emails = {
            person.email
            for person in self.directory.by_id.values()
            if person.email and not person.active
        }
        if len(wanted) or wanted.unit_ids:
            self.directory.add(load.known_people(self.session, wanted))

    def _in_scope(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        if self.scope is None:
            return entries
        kept = []
        for entry in entries:
            home = entry.units[0] if entry.units else TOP
            if entry.units is None or self.request.scope_unit_id in self.book.upwards(home):
                kept.append(entry)
            else:
                self.roster.spare(entry)
                self.reading.rejections.append(_out_of_scope(entry, self))
        return kept

    def _gone(self, spared: set[int]) -> set[int]:
        gone = set(self.request.deactivate)
        for removal in self.reading.removals:
            gone.add(self.directory.meant_by(removal, normalize_email(removal)))
        if self.request.mode == COMPLETE:
            missing = load.active_ids(self.session, self.scope)
            missing -= self._seen()
            missing -= {entry.person_id for entry in self.roster.entries}
            gone |= missing - spared - self.roster.spared
        known = self.directory.by_id
        return {id_ for id_ in gone if id_ and (id_ not in known or known[id_].active)}

    def _refuse_nameless(self) -> None:
        kept = []
        for entry in self.roster.entries:
            if entry.name or entry.person_id:
                kept.append(entry)
            else:
                fault = rejected("name_missing", entry.row, entry.sheet, "name")
                self.reading.rejections.append(fault)
        self.roster.entries = kept

    def _pairs(self) -> list[tuple[Entry, Known]]:
        if not self.directory.by_id:
            return []
        seen, here = self._seen(), {entry.person_id for entry in self.roster.entries}
        new = [entry for entry in self.roster.entries if not entry.person_id]
        missing = [
            person
            for person in self.directory.by_id.values()
            if person.active and person.id not in seen and person.id not in here
        ]
        return suspects(new, missing) if new else []


def compare(
    session: OrganizationSession,
    pages: Iterable[PeoplePage] | SelectivePages,
    request: Request,
    packing: Packing,
) -> Comparison:
    """Compare all pages of a source with the session's organization; nothing is written."""
    if isinstance(pages, SelectivePages):
        return _compare(session, pages, request, packing)
    with begun(pages) as source:
        return _compare(session, source, request, packing)


def _compare(
    session: OrganizationSession,
    pages: Iterable[PeoplePage] | SelectivePages,
    request: Request,
    packing: Packing,
) -> Comparison:
    book = load.unit_book(session)
    scope = None
    if request.scope_unit_id is not None:
        if request.scope_unit_id not in book.parents:
            raise NotFound(
                "There is no such unit.", "Choose one of the units shown.", code="no_such_unit"
            )
        scope = {ref for ref in book.parents if request.scope_unit_id in book.upwards(ref)}
    comparison = Comparison(session, request, book, scope, _newcomers(session, request, packing))
    comparison.read(pages)
    comparison.settle()
    return comparison


def _newcomers(session: OrganizationSession, request: Request, packing: Packing) -> Newcomers:
    """Return what takes everybody in where nobody can be known or spared."""
    language = organization(session, session.organization_id).language
    newcomers = Newcomers(request.source, language, packing)
    by_hand = request.hand or request.pinned or request.deactivate
    if by_hand or request.scope_unit_id is not None or people_count(session, active=None):
        newcomers.give_up()
    return newcomers


def _out_of_scope(entry: Entry, comparison: Comparison) -> Rejection:
    scope = comparison.book.path(comparison.request.scope_unit_id or TOP)
    return rejected("outside_scope", entry.row, entry.sheet, "unit", scope=" / ".join(scope))
