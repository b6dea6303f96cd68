"""No number about answers leaves the house on a road that the attack program does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sos_core.surveys.participation import participations
from sos_graphql.http import home
from tests.results.attack.conftest import Build
from tests.results.attack.documents import schema
from tests.results.attack.live import Live
from tests.results.attack.roads import (
    KNOWN_ROUTES,
    KNOWN_SUBSCRIPTIONS,
    NOT_OF_ANSWERS,
    Walk,
    telling,
    types_with_numbers,
)

SEED, MOOD = 2, 500
Twins = tuple[Walk, Walk]


@pytest.fixture(scope="module")
def twins(build: Build) -> Twins:
    """Return two houses of the same people, who have answered, and finished, otherwise."""
    found = []
    for mood, share in ((0, 0.3), (MOOD, 0.6)):
        live = Live.open(build(SEED, mood=mood))
        people = sorted(live.unit)[: int(share * len(live.unit))]
        live.finish(people)
        found.append(Walk(live.installation, live))
    return found[0], found[1]


def test_every_type_with_a_number_is_known() -> None:
    known = [name for names in NOT_OF_ANSWERS.values() for name in names.split()]
    assert len(known) == len(set(known))
    assert set(known) == types_with_numbers()


def test_every_subscription_is_known() -> None:
    pushed = schema().subscription_type
    assert pushed is not None
    assert set(pushed.fields) == set(KNOWN_SUBSCRIPTIONS)


@pytest.mark.parametrize("role", ["admin", "participant"])
def test_only_known_pages_and_files_follow_what_people_answer(twins: Twins, role: str) -> None:
    found = telling(*twins, role)
    assert found - set(KNOWN_ROUTES) == set()
    assert "/app/results/{survey}/{unit}" in found


def test_no_other_field_of_an_open_survey_follows_who_has_finished(twins: Twins) -> None:
    one, other = (walk.fields("admin") for walk in twins)
    assert len(one) > 10
    assert one == other


def test_a_home_page_that_counts_who_has_finished_is_found(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = home.surveys

    def counting(session: Any, *given: Any) -> Any:
        views = known(session, *given)
        done = {v.id: len(list(participations(session, v.id, done=True))) for v in views}
        return [replace(view, title=f"{view.title} ({done[view.id]})") for view in views]

    monkeypatch.setattr(home, "surveys", counting)
    assert "/app" in telling(*twins, "admin")


def test_a_new_route_that_tells_of_answers_is_found(twins: Twins) -> None:
    routes = []
    for walk in twins:
        world = walk.installation.world

        async def count(_request: Request, world: Any = world) -> Response:
            with world.database.read(world.organization_id) as session:
                done = list(participations(session, 3, done=True))
            return PlainTextResponse(str(len(done)))

        app = walk.installation.app
        assert app is not None
        routes.append((app.router.routes, Route("/app/count", count)))
        app.router.routes.insert(0, routes[-1][1])
    try:
        assert telling(*twins, "participant") - set(KNOWN_ROUTES) == {"/app/count"}
    finally:
        for listed, added in routes:
            listed.remove(added)
