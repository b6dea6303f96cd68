"""The states of a survey and the ways between them; pure.

    draft -> open -> closing -> tallied -> sealed
      \\________\\-> cancelled

From ``closing`` on there is no way back: what is being counted is not cancelled.
"""

from __future__ import annotations

from datetime import datetime

from sos_core.errors import Conflict

WAYS = {
    "draft": frozenset({"open", "cancelled"}),
    "open": frozenset({"closing", "cancelled"}),
    "closing": frozenset({"tallied"}),
    "tallied": frozenset({"sealed"}),
    "sealed": frozenset[str](),
    "cancelled": frozenset[str](),
}
STATES = tuple(WAYS)
OPENED = ("open", "closing", "tallied", "sealed")
"""The states of surveys that people have been asked in, and that count."""

REASONS = {
    "draft": ("This survey has not opened yet.", "Open it first, then try again."),
    "open": ("This survey is open already.", "What was fixed at the opening cannot be changed."),
    "closing": ("This survey is being closed.", "Wait until its results are counted."),
    "tallied": ("This survey has been closed and counted.", "Create a new survey instead."),
    "sealed": ("This survey has been closed and counted.", "Create a new survey instead."),
    "cancelled": ("This survey was canceled.", "Create a new survey instead."),
}


def can_move(state: str, to: str) -> bool:
    """Tell whether a survey in ``state`` may go to ``to``."""
    return to in WAYS[state]


def require_move(state: str, to: str) -> None:
    """Raise Conflict, which says how the survey stands, unless it may go to ``to``."""
    if not can_move(state, to):
        raise wrong_state(state)


def require_state(state: str, *wanted: str) -> None:
    """Raise Conflict, which says how the survey stands, unless it is in one of ``wanted``."""
    if state not in wanted:
        raise wrong_state(state)


def require_answers(state: str, closes_at: datetime, now: datetime) -> None:
    """Raise Conflict unless the survey takes answers at ``now``: open, and not yet at its close."""
    require_state("closing" if state == "open" and now >= closes_at else state, "open")


def takes_no_answers() -> Conflict:
    """Return the error for a participant whose survey is not open."""
    return Conflict(
        "This survey does not take answers now.",
        "It may have closed, or not have opened yet; ask whoever invited you.",
        code="survey_not_open",
    )


def wrong_state(state: str) -> Conflict:
    """Return the error for something that a survey in ``state`` does not allow."""
    what, remedy = REASONS[state]
    return Conflict(what, remedy, code=f"survey_is_{state}")
