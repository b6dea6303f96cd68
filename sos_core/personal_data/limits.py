"""How long what is kept: an organization's choice, within bounds, with usual values; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sos_core.errors import InvalidInput

SETTING = "retention"
"""The organization's setting that holds the days by kind, all of them from the first change on."""


@dataclass(frozen=True, slots=True)
class Limit:
    """For how many days something is kept: usually, at least, and at most."""

    kind: str
    usual: int
    least: int
    most: int


LIMITS = (
    Limit("plans", 365, 30, 1095),
    Limit("mails", 90, 7, 1095),
    Limit("deliveries", 90, 7, 1095),
    Limit("invitations", 90, 14, 1095),
    Limit("jobs", 90, 14, 1095),
    Limit("people", 730, 90, 3650),
)
"""In the order in which they are swept: plans go before the people whom they may name."""
PEOPLE, MAILS = "people", "mails"
FOLLOWED = ("plans", "mails", "deliveries", "invitations", "jobs")
"""What may name somebody who has left: it must be gone before they are."""


def limits_of(settings: Mapping[str, Any]) -> dict[str, int]:
    """Return the days by kind that hold for an organization with these settings."""
    chosen = settings.get(SETTING) or {}
    return {limit.kind: int(chosen.get(limit.kind, limit.usual)) for limit in LIMITS}


def changed(known: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """Return the limits with some changed; raise InvalidInput for what is out of bounds."""
    by_kind = {limit.kind: limit for limit in LIMITS}
    for kind, days in wanted.items():
        limit = by_kind.get(kind)
        if limit is None:
            raise _unknown(kind)
        if not limit.least <= days <= limit.most:
            raise _outside(limit)
    found = {**known, **wanted}
    longest = max(found[kind] for kind in FOLLOWED)
    if found[PEOPLE] < longest:
        raise InvalidInput(
            "People who have left cannot be forgotten before what may still name them.",
            "Keep them for at least {days} days, or shorten the others first.",
            code="retention_people_too_short",
            field=PEOPLE,
            values={"days": longest},
        )
    return found


def cut(now: datetime, days: int) -> datetime:
    """Return the instant before which something is too old that is kept for so many days."""
    return now - timedelta(days=days)


def _unknown(kind: str) -> InvalidInput:
    kinds = ", ".join(limit.kind for limit in LIMITS)
    return InvalidInput(
        "There is no time for “{kind}” that could be set.",
        "Choose one of {kinds}.",
        code="retention_kind_unknown",
        field="kind",
        values={"kind": kind[:40], "kinds": kinds},
    )


def _outside(limit: Limit) -> InvalidInput:
    return InvalidInput(
        "This time is too short or too long.",
        "Choose between {least} and {most} days.",
        code="retention_out_of_bounds",
        field=limit.kind,
        values={"least": limit.least, "most": limit.most},
    )
