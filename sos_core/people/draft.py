"""The difference between entries and what is known, as rows that can be stored and read; pure.

Rows are plain lists, because a plan may have 100,000 of them:

    added        [ref, identity, digest, name, email, employee_id, language, user_type, home,
                  manager, source, active, row, sheet, further]: the columns of a person first
    suspect      [known person's id, known address, added row]
    changed, moved, reactivated
                 [person, row, sheet, name, {field: [before, after]}, digest]
    deactivated  [person, row, name, email, home]
    unit         [ref, "created" | "opened" | "closed", parent, name]
    leader       [unit, person, name, origin before, origin after]
    rejected     [code, what, remedy, row, column, sheet, values]
    notice       [code, what, row, sheet, values]
    digest       [person, digest]: nothing changed but how the source writes it

Units and people are references: ids, or negative numbers for those that the plan would create.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sos_core.people.cleaning import Entry
from sos_core.people.guard import Judgment
from sos_core.people.identity import identity_of
from sos_core.people.roster import Known
from sos_core.people.units import TOP
from sos_core.records import Notice, Rejection

Row = list[Any]
CHANGES = ("added", "changed", "moved", "reactivated", "deactivated", "suspect", "unit", "leader")
KINDS = (*CHANGES, "rejected", "notice", "digest")
FIELDS = ("name", "email", "employee_id", "language", "user_type")


@dataclass(slots=True)
class Draft:
    """A plan that is not stored yet: rows by kind, what it was made from, and its judgment.

    Added rows that were folded while the source was read are among the ``chunks`` alone.
    ``active`` and ``listed`` are the numbers of active people in the scope and of usable rows;
    ``chunks`` are the rows as they are stored, each chunk with its size.
    """

    mode: str
    scope_unit_id: int | None
    source: str
    title: str
    base_version: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    chunks: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    judgment: Judgment = field(default_factory=Judgment)
    active: int = 0
    listed: int = 0


def places(units: list[int]) -> tuple[int, list[int]]:
    """Return the home and the further units; the organization itself is no further unit."""
    return units[0], [unit for unit in units[1:] if unit != TOP]


def changes_of(entry: Entry, known: Known, manager: int | None) -> dict[str, list[Any]]:
    """Return before and after of each field in which an entry differs from the known person.

    ``manager`` is a reference, 0 for nobody, None where the source says nothing that can be used.
    """
    changes: dict[str, list[Any]] = {}
    for name in FIELDS:
        value, before = getattr(entry, name), getattr(known, name)
        if value and value != before:
            changes[name] = [before, value]
    if entry.units is not None:
        home, further = places(entry.units)
        if home != (known.unit_id or TOP):
            changes["unit"] = [known.unit_id or TOP, home]
        if further != list(known.further):
            changes["further"] = [list(known.further), further]
    if manager is not None and manager != (known.manager_id or 0):
        changes["manager"] = [known.manager_id or 0, manager]
    return changes


def kind_of(known: Known, changes: dict[str, list[Any]]) -> str:
    """Return the kind of the row that tells of ``changes``; "" where there is nothing to tell."""
    if not known.active:
        return "reactivated"
    if "unit" in changes:
        return "moved"
    return "changed" if changes else ""


def added_row(
    entry: Entry,
    manager: int,
    source: str,
    language: str | None = None,
    user_type: str | None = None,
) -> Row:
    """Return the row of a new person, with what holds where the source says nothing."""
    units = entry.units or [TOP]
    home, further = (units[0], None) if len(units) == 1 else places(units)
    return [
        entry.ref,
        identity_of(entry.employee_id, entry.email),
        entry.digest,
        entry.name,
        entry.email,
        entry.employee_id,
        entry.language or language,
        entry.user_type or user_type,
        home or None,
        manager or None,
        source,
        True,
        entry.row,
        entry.sheet,
        further or None,
    ]


def rejected_row(rejection: Rejection) -> Row:
    """Return a rejection as a row."""
    fields = asdict(rejection)
    names = ("code", "what", "remedy", "row", "column", "sheet", "values")
    return [fields[name] for name in names]


def notice_row(notice: Notice) -> Row:
    """Return a notice as a row."""
    return [notice.code, notice.what, notice.row, notice.sheet, dict(notice.values)]
