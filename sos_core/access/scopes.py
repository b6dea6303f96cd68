"""The closed list of what an API key may be good for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sos_core.errors import InvalidInput


class Scope(StrEnum):
    """One right of an API key; whoever administers the organization has all of them."""

    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    SURVEYS_READ = "surveys:read"
    SURVEYS_WRITE = "surveys:write"
    RESULTS_READ = "results:read"
    COMMENTS_READ = "comments:read"
    ACCOUNTS_READ = "accounts:read"
    AUDIT_READ = "audit:read"
    GUESTS_MINT = "guests:mint"


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes of those names; raise InvalidInput for none at all or an unknown one."""
    wanted = set(names)
    known = {scope.value for scope in Scope}
    if not wanted or wanted - known:
        raise InvalidInput(
            "An API key needs at least one scope, each from the list.",
            "Choose among {scopes}.",
            code="scopes_wrong",
            field="scopes",
            values={"scopes": ", ".join(scope.value for scope in Scope)},
        )
    return frozenset(Scope(name) for name in wanted)
