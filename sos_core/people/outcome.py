"""What a comparison comes to: the rows of the plan, and what they do to units and leaders; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sos_core.people.cleaning import Entry
from sos_core.people.draft import Row, added_row, changes_of, kind_of
from sos_core.people.leadership import Leaders, by_unit
from sos_core.people.problems import notice
from sos_core.people.roster import Known
from sos_core.people.units import TOP, UnitBook
from sos_core.records import Notice

NEW_USER_TYPE = "participant"


@dataclass(slots=True)
class Outcome:
    """Rows of people by kind, how many join or leave each unit, and the units they touch.

    ``language`` is the organization's own, for new people of whom the source tells none.
    """

    source: str
    language: str
    added: list[Row] = field(default_factory=list)
    suspects: list[Row] = field(default_factory=list)
    differing: dict[str, list[Row]] = field(
        default_factory=lambda: {"changed": [], "moved": [], "reactivated": []}
    )
    deactivated: list[Row] = field(default_factory=list)
    digests: list[Row] = field(default_factory=list)
    joined: Counter[int] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)
    unchanged: int = 0

    def take_new(
        self, entries: Iterable[Entry], managers: Mapping[int, int], pairs: Mapping[int, Known]
    ) -> None:
        """Take in new people; ``pairs`` are those, by id of the entry, who may be known already."""
        units: list[int] = []
        for entry in entries:
            manager = managers.get(entry.ref, 0)
            units += entry.units or (TOP,)
            known = pairs.get(id(entry)) if pairs else None
            if known is None:
                row = added_row(entry, manager, self.source, self.language, NEW_USER_TYPE)
                self.added.append(row)
            else:
                row = added_row(entry, manager, self.source)
                self.suspects.append([known.id, known.email, row])
        self.touched.update(units)
        self.joined.update(units)

    def take_known(self, entry: Entry, known: Known, manager: int | None) -> None:
        """Take in a row of a known person; count it where it changes nothing."""
        changes = changes_of(entry, known, manager)
        kind = kind_of(known, changes)
        if not kind:
            self.unchanged += 1
            if entry.digest is not None and entry.digest != known.digest:
                self.digests.append([known.id, entry.digest])
            return
        name = entry.name or known.name
        row: Row = [known.id, entry.row, entry.sheet, name, changes, entry.digest]
        self.differing[kind].append(row)
        before = [known.unit_id or TOP, *known.further]
        after = list(before)
        if "unit" in changes or "further" in changes:
            after[0] = changes["unit"][1] if "unit" in changes else before[0]
            after[1:] = changes["further"][1] if "further" in changes else before[1:]
        if known.active and after != before:
            self._join(before, -1)
        if not known.active or after != before:
            self._join(after, 1)
        if "manager" in changes:
            self.touched.add(after[0])

    def take_gone(self, known: Known) -> None:
        """Take in a person who becomes inactive."""
        self.deactivated.append([known.id, None, known.name, known.email, known.unit_id or TOP])
        self._join([known.unit_id or TOP, *known.further], -1)

    def _join(self, units: Iterable[int], count: int) -> None:
        for unit in units:
            self.joined[unit] += count
            self.touched.add(unit)


def members_after(
    entries: Iterable[Entry],
    managers: Mapping[int, int],
    known: Mapping[int, Known],
    before: Mapping[int, tuple[int, int]],
    absent: Collection[int],
    touched: Collection[int],
) -> dict[int, dict[int, int]]:
    """Return member to manager of each touched unit, once the plan is applied.

    ``before`` holds home and manager of its present members; ``absent`` are people who are
    inactive then: they are no members, and nobody's manager.
    """
    after = {id_: place for id_, place in before.items() if id_ not in absent}
    for entry in entries:
        person = known.get(entry.person_id) if entry.person_id else None
        home = entry.units[0] if entry.units else (person.unit_id or TOP if person else TOP)
        manager = managers.get(entry.ref, (person.manager_id or 0) if person else 0)
        after[entry.ref] = (home, manager)
    grouped = by_unit(
        (person, home, 0 if manager in absent else manager)
        for person, (home, manager) in after.items()
        if home in touched
    )
    return {unit: grouped.get(unit, {}) for unit in touched}


def unit_rows(
    book: UnitBook,
    used_before: Mapping[int, int],
    joined: Mapping[int, int],
    leaders_before: Leaders,
    leaders_after: Leaders,
) -> list[Row]:
    """Return the units that are created, opened again or closed, parents before children.

    A unit is in use while somebody belongs to it or below it, or leads it.
    """
    counts = Counter(used_before)
    counts.update(joined)
    used = {
        above
        for unit in {unit for unit, count in counts.items() if count > 0}
        | {unit for unit, _ in leaders_after}
        for above in book.upwards(unit)
    }
    left = {unit for unit in joined if unit not in used}
    left |= {unit for unit, _ in leaders_before if unit not in used}
    closed = {above for unit in left for above in book.upwards(unit)} - used - book.inactive
    rows: list[Row] = []
    for unit in sorted(used, key=lambda unit: (len(book.upwards(unit)), -unit)):
        if unit < TOP or unit in book.inactive:
            change = "created" if unit < TOP else "opened"
            rows.append([unit, change, book.parents[unit], book.names[unit]])
    rows.extend(
        [unit, "closed", book.parents[unit], book.names[unit]]
        for unit in sorted(closed)
        if unit > TOP
    )
    return rows


def leader_rows(before: Leaders, after: Leaders, names: Mapping[int, str]) -> list[Row]:
    """Return the leaderships that differ: unit, person, name, origin before and after."""
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return [
        [unit, person, names.get(person, ""), before.get((unit, person)), after.get((unit, person))]
        for unit, person in keys
    ]


def unit_notices(
    book: UnitBook, ambiguous: Iterable[int], created: Collection[int]
) -> list[Notice]:
    """Return what to tell about units: nobody could be told as leader, a name at two places."""
    notices = [
        notice("leader_ambiguous", None, None, unit=" / ".join(book.path(unit)))
        for unit in sorted(ambiguous)
        if unit != TOP
    ]
    for unit, others in sorted(book.namesakes().items(), reverse=True):
        if unit in created:
            values = {
                "unit": " / ".join(book.path(unit)),
                "other": " / ".join(book.path(min(others))),
            }
            notices.append(notice("unit_name_twice", None, None, **values))
    return notices


def led_by(entries: Iterable[Entry]) -> dict[int, tuple[int, ...]]:
    """Return the units that people lead by their own rows, by reference of the person."""
    return {entry.ref: entry.leads for entry in entries if entry.leads is not None}
