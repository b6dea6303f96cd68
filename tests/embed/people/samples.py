"""An import of an invented organization, with everything that a messy file can bring."""

from __future__ import annotations

from typing import Any

NAMES = [
    ("Ingrid Solheim", "ingrid.solheim@nordlicht.example", ("Components", "North", "Oslo 2")),
    ("Åke Lindström", "ake.lindstrom@nordlicht.example", ("Components", "North", "Malmö")),
    ("王小明", "wang.xiaoming@nordlicht.example", ("Systems", "Asia", "上海")),
    ("Neema Mwangi", "neema.mwangi@nordlicht.example", ("Service", "Africa", "Nairobi")),
    ("Léa Fontaine", "lea.fontaine@nordlicht.example", ("Systems", "West", "Lyon")),
]
NOTHING: dict[str, Any] = {
    "row": None, "sheet": None, "column": None, "name": None, "email": None, "unitPath": None,
    "action": None, "changes": [], "what": None, "remedy": None, "suspect": None,
}  # fmt: skip
COUNTS = {
    "added": 120, "changed": 3, "moved": 2, "reactivated": 1, "deactivated": 37, "suspect": 2,
    "unit": 2, "leader": 1, "rejected": 3, "notice": 2, "unchanged": 254,
}  # fmt: skip


def row(**known: Any) -> dict[str, Any]:
    return NOTHING | known


def person(number: int, **known: Any) -> dict[str, Any]:
    name, email, unit = NAMES[number % len(NAMES)]
    return row(row=number + 5, name=name, email=email, unitPath=list(unit), **known)


def change(field: str, label: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {"field": field, "label": label, "before": before, "after": after}


def suspect(position: int, before: str, after: str, same: bool | None = None) -> dict[str, Any]:
    return {"position": position, "before": before, "after": after, "same": same}


MOVE = change("unit", "Unit", "Components › North › Oslo 1", "Components › North › Oslo 2")
ROWS: dict[str, list[dict[str, Any]]] = {
    "ADDED": [person(number) for number in range(120)],
    "CHANGED": [
        person(1, changes=[change("language", "Language", "en", "sv")]),
        person(
            3,
            changes=[
                change("name", "Name", "Neema Otieno", "Neema Mwangi"),
                change("manager", "Manager", None, "juma.hassan@nordlicht.example"),
            ],
        ),
        person(4, changes=[change("user_type", "User type", "participant", "viewer")]),
    ],
    "MOVED": [person(0, changes=[MOVE]), person(2, changes=[MOVE])],
    "REACTIVATED": [person(4)],
    "DEACTIVATED": [person(number) | {"row": None} for number in range(37)],
    "SUSPECT": [
        person(0, suspect=suspect(0, "i.berg@nordlicht.example", NAMES[0][1])),
        person(1, suspect=suspect(1, "lindstrom@nordlicht.example", NAMES[1][1])),
    ],
    "REJECTED": [
        row(
            row=17,
            sheet="Sheet1",
            column="E-mail",
            what="“kari.nordmann(at)nordlicht.example” is not an e-mail address.",
            remedy="Write it as name@company.com.",
        ),
        row(
            row=44,
            sheet="Sheet1",
            what="The row has no name.",
            remedy="Write the person's name, or empty the row.",
        ),
        row(
            row=203,
            sheet="Sheet1",
            column="Region",
            what="Cell C203 shows the error #REF!.",
            remedy="Correct the formula or the value.",
        ),
    ],
    "NOTICE": [
        row(what="Only the sheet Sheet1 was read, not: Old, Notes."),
        row(row=9, what="王小明: the language “Klingon” is not one that SOS speaks."),
    ],
    "UNIT": [
        row(name="Oslo 2", unitPath=["Components", "North", "Oslo 2"], action="CREATED"),
        row(name="Lyon", unitPath=["Systems", "West", "Lyon"], action="CLOSED"),
    ],
    "LEADER": [person(0, action="GAINED")],
}


def plan(identity: str = "plan-7", **changed: Any) -> dict[str, Any]:
    """Return what the API gives for a change plan."""
    return {
        "__typename": "ChangePlan",
        "id": identity,
        "state": "OPEN",
        "mode": "COMPLETE",
        "title": "People november FINAL (2).xlsx",
        "below": None,
        "createdAt": "2026-11-22T09:12:00+00:00",
        "createdBy": "Hanna Ek",
        "decidedAt": None,
        "decidedBy": None,
        "undoneAt": None,
        "undoneBy": None,
        "counts": COUNTS,
        "confirmation": "37",
        "reasons": [
            {
                "code": "many_deactivated",
                "what": "The plan deactivates more people than usual. "
                "Look at who they are before you confirm.",
            },
            {
                "code": "complete_list_with_rejections",
                "what": "Some rows were rejected, so people who are in the file may be among "
                "those deactivated.",
            },
        ],
        "undecidedCount": 2,
        "outdated": False,
        "erased": False,
        "canUndo": False,
        "undoBlockedBy": None,
    } | changed


EARLIER = [
    plan(
        "plan-6",
        state="APPLIED",
        mode="CHANGE",
        title="New colleagues October.csv",
        counts=dict.fromkeys(COUNTS, 0) | {"added": 12, "changed": 1},
        createdAt="2026-10-02T07:30:00+00:00",
        decidedAt="2026-10-02T07:41:00+00:00",
        decidedBy="Hanna Ek",
        confirmation=None,
        reasons=[],
        undecidedCount=0,
        canUndo=True,
    ),
    plan(
        "plan-5",
        state="APPLIED",
        title="All people.xlsx",
        counts=dict.fromkeys(COUNTS, 0) | {"added": 421},
        createdAt="2026-09-14T12:05:00+00:00",
        decidedAt="2026-09-14T12:20:00+00:00",
        decidedBy="Hanna Ek",
        confirmation=None,
        reasons=[],
        undecidedCount=0,
        undoBlockedBy={"id": "plan-6", "title": "New colleagues October.csv"},
    ),
    plan(
        "plan-4",
        state="UNDONE",
        title="Test.xlsx",
        counts=dict.fromkeys(COUNTS, 0) | {"added": 3},
        createdAt="2026-09-12T08:00:00+00:00",
        decidedAt="2026-09-12T08:01:00+00:00",
        decidedBy="Jonas Wik",
        undoneAt="2026-09-12T08:05:00+00:00",
        undoneBy="Jonas Wik",
        confirmation=None,
        reasons=[],
        undecidedCount=0,
    ),
]
UNITS = [
    {"id": "unit-1", "name": "Components", "depth": 0},
    {"id": "unit-2", "name": "North", "depth": 1},
    {"id": "unit-3", "name": "Systems", "depth": 0},
]
