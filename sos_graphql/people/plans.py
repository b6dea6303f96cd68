"""Change plans: the reviewed difference between what a source says and what is known."""

from __future__ import annotations

from enum import Enum

import strawberry

from sos_graphql.describing import described, described_enum, told


@described_enum(
    OPEN="Waits to be applied or discarded.",
    APPLYING="Its changes are being made; that usually takes a second.",
    APPLIED="Its changes have been made.",
    DISCARDED="It was put away; nothing was changed.",
    UNDONE="Its changes were made and taken back.",
)
class ChangePlanState(Enum):
    """What has become of a plan."""

    OPEN = "open"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"
    UNDONE = "undone"


@described_enum(
    CHANGE="Additions and changes; nobody is ever deactivated.",
    COMPLETE="The complete list: whoever is missing is deactivated.",
)
class ImportMode(Enum):
    """How a list of people is to be taken."""

    CHANGE = "change"
    COMPLETE = "complete"


@described_enum(
    ADDED="People who are new.",
    CHANGED="People of whom fields change, but not the unit.",
    MOVED="People who change their unit.",
    REACTIVATED="People who come back.",
    DEACTIVATED="People who are no longer listed.",
    SUSPECT="People who may be known under another address.",
    UNIT="Units that are created, opened again or closed.",
    LEADER="Leaders who change.",
    REJECTED="Rows that cannot be used.",
    NOTICE="Things that the reader should know.",
)
class ChangeKind(Enum):
    """What a row of a plan is about."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    REACTIVATED = "reactivated"
    DEACTIVATED = "deactivated"
    SUSPECT = "suspect"
    UNIT = "unit"
    LEADER = "leader"
    REJECTED = "rejected"
    NOTICE = "notice"


@described_enum(
    CREATED="A unit that is new.",
    OPENED="A unit that is in use again.",
    CLOSED="A unit that nobody is in any more.",
    GAINED="A person who begins to lead.",
    LOST="A person who no longer leads.",
    CHANGED="A leader of whom it is now known by other means.",
)
class ChangeAction(Enum):
    """What becomes of a unit or a leader."""

    CREATED = "created"
    OPENED = "opened"
    CLOSED = "closed"
    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"


@described
class ChangeCounts:
    """How many rows a plan has of each kind."""

    added: int = told("People who are new.")
    changed: int = told("People of whom fields change.")
    moved: int = told("People who change their unit.")
    reactivated: int = told("People who come back.")
    deactivated: int = told("People who are no longer listed.")
    suspect: int = told("People who may be known under another address.")
    unit: int = told("Units that are created, opened again or closed.")
    leader: int = told("People who begin to lead a unit, or no longer do.")
    rejected: int = told("Rows that cannot be used.")
    notice: int = told("Things that the reader should know.")
    unchanged: int = told("People who stay as they are.")


@described
class FieldChange:
    """One field of one person before and after."""

    field: str = told("Stable key of the field: name, email, language, unit, manager and so on.")
    label: str = told("Name of the field in the caller's language.")
    before: str | None = told("Its value now; null where there is none.")
    after: str | None = told("Its value once the plan is applied; null where there is none.")


@described
class SuspectedChange:
    """A missing person and a new row of the same name and unit: one person with a new address?"""

    position: int = told("Number of the suspect, to be named when it is decided.")
    known_id: strawberry.ID = told("The person who is known.")
    before: str | None = told(
        "The address that is known; null where there is none, or none in the new row."
    )
    after: str | None = told("The address in the new row; null where there is none.")
    same: bool | None = told("The decision: one person (true), two (false), or none yet (null).")


@described
class ChangeRow:
    """One row of a plan; which fields are set depends on its kind."""

    kind: ChangeKind = told("What the row is about.")
    row: int | None = told(
        "Its row in the file, the first being 1; null where no row is behind it."
    )
    sheet: str | None = told("Its sheet in the workbook; null where no sheet is behind it.")
    column: str | None = told("Its column; null where not one cell alone is wrong.")
    person_id: strawberry.ID | None = told(
        "The person; null where it is about none who is known already."
    )
    name: str | None = told("Name of the person or unit; null where it has none.")
    email: str | None = told("Address of the person; null where it has none.")
    unit_path: list[str] | None = told(
        "Names of the unit, from the top level down; null where it has none."
    )
    action: ChangeAction | None = told("What becomes of a unit or a leader; null for others.")
    changes: list[FieldChange] = told("What changes, field by field; empty for most kinds.")
    what: str | None = told(
        "What is wrong or worth knowing, in words; null unless it is rejected or a notice."
    )
    remedy: str | None = told("What to do about it; null where there is nothing to do.")
    suspect: SuspectedChange | None = told("The suspected change of address; null for other rows.")


@described
class PlanNotice:
    """A reason for care, in words."""

    code: str = told("Stable key of the reason.")
    what: str = told("What the reader should know.")
