"""The people of a first import: folded into the rows of its plan while the source is still read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import chain
from operator import eq
from typing import Any

from sos_core.people.chunks import CHUNK, Packed, Packing
from sos_core.people.cleaning import Columns
from sos_core.people.draft import places
from sos_core.people.identity import identities
from sos_core.people.managers import edges_on_cycles
from sos_core.people.outcome import NEW_USER_TYPE
from sos_core.people.problems import notice
from sos_core.people.units import TOP
from sos_core.records import Notice

DIGEST, MANAGER = 2, 9
"""Places in the row of an added person."""


class Newcomers:
    """New people of an organization that has none, as columns from the source into the plan.

    A row for each of them is made only where rows have to be compared with each other or with what
    is known. So the general way is left out where everybody is new, has a name and comes once, and
    no managers go round in a circle. Each of that is looked at: from the first page on where it
    does not hold, this gives up, and says so in ``whole``; all entries then go the general way.
    """

    def __init__(self, source: str, language: str, packing: Packing) -> None:
        self.whole = True
        self.count = 0
        self.joined: Counter[int] = Counter()
        self.led: dict[int, tuple[int, ...]] = {}
        """The units that people lead by their own rows, by reference of the person."""
        self._source = source
        self._language = language
        self._packing = packing
        self._by_email: dict[str | None, int] = {}
        self._employee_ids: set[str | None] = set()
        self._names: list[str] = []
        self._managers: list[str | None] = []
        self._members: dict[int, dict[int, int]] = defaultdict(dict)
        self._rows: list[list[Any]] = [[] for _ in range(15)]
        self._waiting: list[tuple[int, set[str], list[list[Any]]]] = []
        """Chunks whose managers are still to come: first position, addresses, columns."""
        self._notices: dict[int, list[Notice]] = {}
        self._chunks: dict[int, Future[Packed]] = {}

    def take(self, columns: Columns) -> None:
        """Take in the next entries, by columns in the order of ``cleaning.SAID``."""
        if not self.whole or not columns[0]:
            return
        names, emails, employee_ids, _, _, managers, _, leads, *_ = columns
        refs = range(-self.count - 1, -self.count - len(names) - 1, -1)
        self.count += len(names)
        if not self._index(emails, employee_ids, refs) or "" in names:
            self.give_up()
            return
        self._names += names
        self._managers += managers
        if leads.count(None) < len(leads):
            self.led |= {ref: led for ref, led in zip(refs, leads, strict=True) if led is not None}
        for column, more in zip(self._rows, self._added(refs, columns), strict=True):
            column.extend(more)
        while len(self._rows[0]) >= CHUNK:
            self._cut()
            self._pack_known()

    def give_up(self) -> None:
        """Leave everybody to the general way."""
        self.whole = False
        for chunk in self._chunks.values():
            chunk.cancel()
        for held in (self._chunks, self._notices, self._waiting, self._rows, self._members):
            held.clear()

    def finish(self) -> bool:
        """Tell whether all that was read went this way; nothing is left to be taken then."""
        if self.whole and self.count:
            self._cut()
            self._pack_known(last=True)
        if not (self.whole and self.count) or edges_on_cycles(self._edges(), {}):
            self.give_up()
        return self.whole

    def chunks(self) -> list[Packed]:
        """Return the rows of the plan as they are stored, waiting for those that are being packed."""
        return [self._chunks[first].result() for first in sorted(self._chunks)]

    def notices(self) -> list[Notice]:
        """Return what is told about managers, in the order of the rows."""
        return [told for first in sorted(self._notices) for told in self._notices[first]]

    def members(self, touched: Collection[int]) -> dict[int, dict[int, int]]:
        """Return member to manager of each touched unit."""
        return {unit: self._members.get(unit, {}) for unit in touched}

    def names(self, refs: Iterable[int]) -> dict[int, str]:
        """Return the names of people by reference."""
        return {ref: self._names[-ref - 1] for ref in refs}

    def _index(
        self,
        emails: Sequence[str | None],
        employee_ids: Sequence[str | None],
        refs: Sequence[int],
    ) -> bool:
        """Take in what people are known by; tell whether nobody had any of it before."""
        there = len(self._by_email) + len(self._employee_ids)
        said = 2 * len(refs) - emails.count(None) - employee_ids.count(None)
        self._by_email.update(zip(emails, refs, strict=True))
        self._by_email.pop(None, None)
        self._employee_ids.update(employee_ids)
        self._employee_ids.discard(None)
        return len(self._by_email) + len(self._employee_ids) == there + said

    def _added(self, refs: Sequence[int], columns: Columns) -> list[Sequence[Any]]:
        """Return the columns of ``draft.added_row``, with addresses in place of managers."""
        names, emails, employee_ids, languages, kinds, managers, units, _, *told = columns
        rows, sheets, digests = told
        size = len(names)
        homes: list[int] = [found[0] if found else TOP for found in units]
        further: list[list[int] | None] = [None] * size
        if max(map(len, filter(None, units)), default=1) == 1:
            self.joined.update(homes)
        else:
            further = [places(found)[1] or None if found else None for found in units]
            self.joined.update(chain.from_iterable(found or (TOP,) for found in units))
        return [
            refs,
            identities(employee_ids, emails),
            digests,
            names,
            emails,
            employee_ids,
            _filled(languages, self._language),
            _filled(kinds, NEW_USER_TYPE),
            [home or None for home in homes],
            managers,
            [self._source] * size,
            [True] * size,
            rows,
            sheets,
            further,
        ]

    def _cut(self) -> None:
        """Put the next chunk of rows aside until its managers are known."""
        if self._rows[0]:
            first = -self._rows[0][0] - 1
            said = set(filter(None, self._rows[MANAGER][:CHUNK]))
            self._waiting.append((first, said, [column[:CHUNK] for column in self._rows]))
            self._rows = [column[CHUNK:] for column in self._rows]

    def _pack_known(self, *, last: bool = False) -> None:
        """Begin to pack the chunks whose managers have all been read, with the ``last`` page all."""
        still = []
        for first, said, columns in self._waiting:
            if not (last or self._by_email.keys() >= said):
                still.append((first, said, columns))
                continue
            refs = {address: self._by_email.get(address, 0) for address in said}
            managers = list(map(refs.get, columns[MANAGER]))
            if 0 in managers or any(map(eq, managers, columns[0])):
                self._notices[first] = list(_untold(columns, managers))
            for ref, home, manager in zip(columns[0], columns[8], managers, strict=True):
                self._members[home or TOP][ref] = manager or 0
            ready = [*columns[:MANAGER], managers, *columns[MANAGER + 1 :]]
            self._chunks[first] = self._packing.begin_columns(ready)
        self._waiting = still

    def _edges(self) -> dict[int, int]:
        """Return the manager of each manager: nobody else can be on a cycle."""
        above = filter(None, map(self._by_email.get, set(self._managers)))
        said = {ref: self._by_email.get(self._managers[-ref - 1], 0) for ref in above}
        return {ref: manager for ref, manager in said.items() if manager not in (0, ref)}


def _untold(columns: list[list[Any]], managers: list[int | None]) -> Iterator[Notice]:
    """Leave out managers whom no row has and people's own addresses, and yield what to tell."""
    for place, (manager, ref) in enumerate(zip(managers, columns[0], strict=True)):
        if manager in (0, ref):
            managers[place] = columns[DIGEST][place] = None
            code = "manager_self" if manager else "manager_unknown"
            name, address, row, sheet = (columns[at][place] for at in (3, MANAGER, 12, 13))
            yield notice(code, row, sheet, name=name, manager=address)


def _filled(column: Sequence[str | None], usual: str) -> Sequence[str | None]:
    """Return a column with ``usual`` where nothing is said."""
    if all(column):
        return column
    return [said or usual for said in column]
