"""What must not happen by mistake: a list that would switch off too many people; pure."""

from __future__ import annotations

from dataclasses import dataclass

from sos_core.errors import InvalidInput

ALWAYS_ALLOWED = 5
SHARE = 0.10
TINY = 0.20


@dataclass(frozen=True, slots=True)
class Judgment:
    """What somebody must type before the plan is applied ("": nothing), and the reasons why.

    ``confirmation`` is the number of people who would be deactivated, so that typing it means
    having read it. Each reason is the code of a notice.
    """

    confirmation: str = ""
    reasons: tuple[str, ...] = ()


def judge(*, deactivated: int, active: int, complete: bool, listed: int, rejected: int) -> Judgment:
    """Judge a plan: ``active`` people in its scope now, ``listed`` usable rows, ``rejected`` ones."""
    reasons = []
    if deactivated > max(ALWAYS_ALLOWED, SHARE * active):
        reasons.append("many_deactivated")
    if complete and deactivated and listed < TINY * active:
        reasons.append("complete_list_tiny")
    if complete and deactivated and rejected:
        reasons.append("complete_list_with_rejections")
    return Judgment(str(deactivated) if reasons else "", tuple(reasons))


def check_list(*, complete: bool, listed: int) -> None:
    """Refuse a complete list that names nobody: it would deactivate everybody."""
    if complete and not listed:
        raise InvalidInput(
            "This list names nobody, so it cannot be the complete list of your people.",
            "Check that the file is the right one and that its rows are on the first sheet.",
            code="complete_list_empty",
            field="file",
        )


def check_confirmation(judgment: Judgment, typed: str | None) -> None:
    """Refuse unless what was typed is what the plan asks for."""
    if judgment.confirmation and (typed or "").strip() != judgment.confirmation:
        raise InvalidInput(
            "This plan deactivates {count} people, and that must be confirmed.",
            "Look at who they are; if it is right, type {count} to confirm.",
            code="confirmation_needed",
            field="confirmation",
            values={"count": judgment.confirmation},
        )
