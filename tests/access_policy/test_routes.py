"""Every route of the application as every role."""

from __future__ import annotations

import re

from starlette.routing import Route, WebSocketRoute

from tests.access_policy.cast import ROLES, Cast
from tests.access_policy.table import table
from tests.access_policy.trying import answer_of, path_of, refusals_of

ENDING = frozenset({"POST /auth/sign-out", "POST /app/account/sessions"})
API = frozenset({"GET /graphql", "POST /graphql", "WS /graphql"})
"""What the tests of fields, changes and subscriptions try, each part as every role."""


def routes(cast: Cast) -> list[str]:
    """Return every method and path of the application."""
    found = []
    for route in cast.app.routes:
        if isinstance(route, WebSocketRoute):
            found.append(f"WS {route.path}")
            continue
        assert isinstance(route, Route), "mounted applications would have routes unseen"
        methods = (route.methods or set()) - {"HEAD"}
        found += [f"{method} {route.path}" for method in sorted(methods)]
    return found


def let_in(cast: Cast, route: str) -> set[str]:
    """Return the roles that a route serves: those that it refuses are told so, or to sign in.

    Where nobody is told anything else, as for a link that is not good, everybody is served alike.
    """
    method, path = route.split(" ")
    address = path_of(cast, path, reading=method == "GET")
    answers = {role: answer_of(cast, role, method, address) for role in ROLES}
    assert not any(status.startswith("5") for status in answers.values()), (route, answers)
    if len(set(answers.values())) == 1:
        return set(ROLES)
    refused = refusals_of(method, path)
    return {role for role, status in answers.items() if status not in refused}


def test_every_route_has_a_row_and_every_row_a_route(cast: Cast) -> None:
    rows = {name for section, name in table() if section == "routes"}
    assert sorted(set(routes(cast)) - rows) == [], "routes without a row"
    assert sorted(rows - set(routes(cast))) == [], "rows without a route"


def test_every_route_serves_those_whom_its_row_names(cast: Cast) -> None:
    cast.enter()
    wrong = {}
    for route in routes(cast):
        if route in API:
            continue
        found = let_in(cast, route)
        if found != table()["routes", route]:
            wrong[route] = sorted(found)
        if route in ENDING:
            cast.enter()
    assert wrong == {}


def test_what_another_organization_has_is_as_missing_on_every_page(cast: Cast) -> None:
    cast.enter()
    headers = cast.headers("foreign")
    for route in routes(cast):
        method, path = route.split(" ")
        if "{" not in path or "{link}" in path or "/files/audit" in path:
            continue
        asked = []
        for address in (path_of(cast, path), path_of(cast, path, missing=True)):
            answer = cast.send(method, address, headers=headers)
            told = answer.text.replace(address, "HERE")
            place = re.sub(r"\d+", "NUMBER", answer.headers.get("location", ""))
            asked.append((answer.status_code, told, place))
        assert asked[0] == asked[1], route
