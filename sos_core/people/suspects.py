"""Suspected changes of address: a missing and a new row of the same name and unit; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sos_core.people.cleaning import Entry
from sos_core.people.identity import fold
from sos_core.people.roster import Known
from sos_core.people.units import TOP


def suspects(new: Iterable[Entry], missing: Iterable[Known]) -> list[tuple[Entry, Known]]:
    """Pair new entries with known people whom the source no longer names.

    Two different employee ids are two people. Where several people share a name and a unit, they
    are paired in the order of their addresses, so that the order of the rows does not matter.
    """
    by_place: dict[tuple[str, int], list[Known]] = defaultdict(list)
    for person in sorted(missing, key=lambda person: (person.email or "", person.id)):
        by_place[fold(person.name), person.unit_id or TOP].append(person)
    if not by_place:
        return []
    pairs = []
    for entry in sorted(new, key=lambda entry: (entry.email or "", entry.employee_id or "")):
        candidates = by_place.get((fold(entry.name), entry.units[0] if entry.units else TOP), [])
        for person in candidates:
            if not (person.employee_id and entry.employee_id):
                candidates.remove(person)
                pairs.append((entry, person))
                break
    return pairs
