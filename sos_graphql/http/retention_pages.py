"""The page on which administrators choose for how long data are kept."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.errors import InvalidInput, SosError
from sos_core.personal_data.limits import LIMITS
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, go, page, status_of, words_of
from sos_graphql.retention import change, kept

RETENTION = "/app/retention"
KEPT = ("answers", "results", "participation", "audit", "sessions", "uploads")
"""What no time is set for, each with its reason."""
LONGEST_NUMBER = 6


def retention_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of how long data are kept."""
    return [page(application, RETENTION, times, posts=True)]


async def times(visit: Visit) -> Response:
    """Show the times, try others, or save them."""
    visit.asker.administer()
    if not visit.posted:
        return await _show(visit)
    try:
        wanted = _wanted(visit)
        if visit.sent.one("do") == "save":
            await change(visit.asker, wanted)
            return go(f"{RETENTION}?done=saved")
        return await _show(visit, wanted)
    except InvalidInput as error:
        return await _show(visit, error=error)


async def _show(
    visit: Visit, trying: dict[str, int] | None = None, error: SosError | None = None
) -> Response:
    found = await kept(visit.asker, trying or {})
    return await show(
        visit,
        "retention.html",
        status=status_of(error) if error else 200,
        times=found,
        typed={one.kind: visit.sent.one(one.kind) or str(one.days) for one in found},
        tried=trying is not None,
        lasting=KEPT,
        about=getattr(error, "field", None),
        wrong=words_of(error, visit.asker.language) if error else None,
    )


def _wanted(visit: Visit) -> dict[str, int]:
    """Return the days that a form says; a kind that it leaves out stays as it is."""
    return {
        limit.kind: _number(limit.kind, typed)
        for limit in LIMITS
        if (typed := visit.sent.one(limit.kind))
    }


def _number(kind: str, typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > LONGEST_NUMBER:
        raise InvalidInput(
            "This is no number of days.",
            "Write whole days in digits.",
            code="retention_no_number",
            field=kind,
        )
    return int(typed)
