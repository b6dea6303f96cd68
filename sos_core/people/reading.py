"""Reads a source's pages once, and sets aside what equals a known person to the letter; pure."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

from sos_core.people.cleaning import Cleaner, Columns, Entries, Entry, columns_of
from sos_core.people.identity import normalize_email, record_digest, tidy
from sos_core.people.roster import Directory
from sos_core.records import Notice, PeoplePage, PersonRecord, Rejection


@dataclass(slots=True)
class Reading:
    """What a source delivered.

    ``seen`` are the people recognized by the digest of their row; ``looked`` are those rows, by
    the place of the person in ``seen``, where the source has not left them out. ``entries`` are the
    other usable rows with ``marks``, the number of people seen before each; ``unusable`` are the
    records that were rejected. ``take`` is told of all entries as they come.
    """

    take: Callable[[Columns], None] = lambda _: None
    seen: list[int] = field(default_factory=list)
    seen_leads: bool = False
    looked: dict[int, PersonRecord] = field(default_factory=dict)
    entries: Entries = field(default_factory=Entries)
    marks: list[int] = field(default_factory=list)
    unusable: list[PersonRecord] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)

    @property
    def says_leaders(self) -> bool:
        """Tell whether the source has a column of leaders."""
        return self.seen_leads or any(entry.leads is not None for entry in self.entries)


def read_pages(
    pages: Iterable[PeoplePage],
    known: dict[int, int],
    cleaner: Cleaner,
    take: Callable[[Columns], None] = lambda _: None,
) -> Reading:
    """Read all pages; ``known`` gives people by the digest of their row, and is used up.

    Rows are cleaned as they come, while the source is busy with the next page, and ``take`` is
    told of the entries that they come to.
    """
    reading = Reading(take)
    for page in pages:
        reading.seen += [known.pop(digest) for digest in page.seen]
        reading.seen_leads |= page.seen_leads
        digests = page.digests or list(map(record_digest, page.records))
        if known.keys().isdisjoint(digests):
            _take_in(reading, page.records, digests, cleaner)
        else:
            for record, digest in zip(page.records, digests, strict=True):
                if person_id := known.pop(digest, 0):
                    reading.looked[len(reading.seen)] = record
                    reading.seen_leads |= record.leads is not None
                    reading.seen.append(person_id)
                else:
                    _take_in(reading, [record], [digest], cleaner)
        reading.rejections += page.rejections
        reading.notices += page.notices
        reading.removals += page.removals
    return reading


def _take_in(
    reading: Reading, records: Sequence[PersonRecord], digests: Sequence[int], cleaner: Cleaner
) -> None:
    """Clean records whose digest nobody has."""
    columns = cleaner.clean_plain(records, digests)
    if columns is None:
        usable: list[Entry] = []
        for record, digest in zip(records, digests, strict=True):
            result = cleaner.clean(record, digest)
            if isinstance(result, Entry):
                usable.append(result)
            else:
                reading.rejections.append(result)
                reading.unusable.append(record)
        columns = columns_of(usable)
    reading.entries.add(columns)
    reading.marks += [len(reading.seen)] * len(columns[0])
    reading.take(columns)


def told_again(reading: Reading, directory: Directory) -> set[int]:
    """Return the people seen of whom a further row tells something else."""
    if not reading.seen or not reading.entries:
        return set()
    seen = set(reading.seen)
    meant = {directory.meant_by(entry.employee_id, entry.email) for entry in reading.entries}
    return meant & seen


def with_first_rows(reading: Reading, again: set[int], cleaner: Cleaner) -> list[Entry]:
    """Return the entries with the set-aside rows of the people in ``again``.

    They come back in the order of the file, since the first unit of a person is the home.
    """
    ordered = [
        ((mark, 1, index), entry)
        for index, (mark, entry) in enumerate(zip(reading.marks, reading.entries, strict=True))
    ]
    for place, person_id in enumerate(reading.seen):
        if person_id in again:
            entry = cleaner.clean(reading.looked[place], None)
            if isinstance(entry, Entry):
                ordered.append(((place + 1, 0, 0), entry))
    return [entry for _, entry in sorted(ordered, key=lambda pair: pair[0])]


def meant_records(records: Iterable[PersonRecord], directory: Directory) -> set[int]:
    """Return the known people whom unusable records mean: a bad row makes nobody missing."""
    return {
        directory.meant_by(tidy(record.employee_id or ""), normalize_email(record.email or ""))
        for record in records
    }


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out of a loop that makes many small objects and no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def begun(pages: Iterable[PeoplePage]) -> Iterator[Iterator[PeoplePage]]:
    """Have the source work on its first page while what is known is loaded."""
    source = iter(pages)
    with ThreadPoolExecutor(1, "people-source") as pool:
        first = pool.submit(list, islice(source, 1))
        yield chain.from_iterable(_then(first, source))


def _then(
    first: Future[list[PeoplePage]], rest: Iterator[PeoplePage]
) -> Iterator[Iterable[PeoplePage]]:
    yield first.result()
    yield rest
