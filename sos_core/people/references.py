"""Whom an entry means and whom it names as manager, as references; pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from sos_core.people.cleaning import Entry
from sos_core.people.managers import edges_on_cycles
from sos_core.people.problems import notice
from sos_core.people.roster import Directory, Roster
from sos_core.records import Notice


def number(entries: Iterable[Entry]) -> None:
    """Give each entry its reference: the known person's id, or the next negative number."""
    newest = 0
    for entry in entries:
        if entry.person_id:
            entry.ref = entry.person_id
        else:
            newest -= 1
            entry.ref = newest


def managers_of(
    roster: Roster, directory: Directory, gone: Container[int], notices: list[Notice]
) -> dict[int, int]:
    """Return the manager of each entry that names one (0: says that there is none), by reference.

    A manager may be named by the new address or by the known one. Who cannot be found, who is not
    active, and the person's own address are told in ``notices`` and change nothing.
    """
    by_email: dict[str, int] = {}
    found: dict[int, int] = {}
    for entry in roster.entries:
        address = entry.manager
        if address is None:
            continue
        manager = by_email.get(address)
        if manager is None:
            manager = by_email[address] = _who(address, roster, directory, gone)
        if address and manager in (0, entry.ref):
            code = "manager_self" if manager else "manager_unknown"
            _tell(code, entry, notices)
            continue
        found[entry.ref] = manager
    return found


def drop_cycles(
    found: dict[int, int],
    known: Mapping[int, int],
    entries: Iterable[Entry],
    notices: list[Notice],
) -> None:
    """Leave those managers out of ``found`` that would close a cycle, and tell so."""
    dropped = edges_on_cycles(found, known)
    for entry in entries if dropped else ():
        if entry.ref in dropped:
            del found[entry.ref]
            _tell("manager_cycle", entry, notices)


def _who(address: str, roster: Roster, directory: Directory, gone: Container[int]) -> int:
    if not address:
        return 0
    entry = roster.entry_of_email(address)
    if entry is not None and entry.ref:
        return entry.ref
    known = directory.by_email.get(address)
    if known is None or known.id in gone:
        return 0
    if not known.active and roster.entry_of_person(known.id) is None:
        return 0
    return known.id


def _tell(code: str, entry: Entry, notices: list[Notice]) -> None:
    entry.digest = None
    notices.append(
        notice(code, entry.row, entry.sheet, name=entry.name, manager=entry.manager or "")
    )
