"""An answer at hand goes out before its request is routed, and is the same in every way."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.routing import Route

from sos_core.access.sessions import sign_out
from sos_graphql.app import create_app
from sos_graphql.pace import Buckets, pace_of
from sos_graphql.view import GraphQLView
from tests.graphql.conftest import World
from tests.graphql.test_keeping import at_once, sent_at_once

PAGE = "https://crm.example"


@pytest.fixture
def view(world: World) -> GraphQLView:
    """Put the whole application into the world and return the API in it."""
    app = create_app(world.application, run_jobs=False)
    world.app = app
    [found] = [r.endpoint for r in app.routes if isinstance(r, Route) and r.path == "/graphql"]
    assert isinstance(found, GraphQLView)
    return found


@pytest.fixture
def bearer(world: World) -> dict[str, str]:
    return {"authorization": f"Bearer {world.tokens['admin']}"}


def headers(sent: list[Any]) -> list[tuple[bytes, bytes]]:
    return sorted(sent[0]["headers"])


async def unreachable(*_args: object) -> None:
    raise AssertionError("the request was passed on")


def test_it_is_the_same_answer_and_counted_as_every_other(
    world: World, view: GraphQLView, published: str, bearer: dict[str, str]
) -> None:
    made, kept = (sent_at_once(world, published, **bearer) for _ in range(2))
    assert len(view.shortcuts) == 1
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sos_graphql.http.origins.CrossOrigin.__call__", unreachable)
        at_hand = sent_at_once(world, published, **bearer)
    assert at_hand[1]["body"] == kept[1]["body"] == made[1]["body"]
    assert headers(at_hand) == headers(kept) == headers(made)
    names = {name for name, _ in headers(at_hand)}
    assert {
        b"content-security-policy",
        b"x-content-type-options",
        b"cache-control",
        b"vary",
    } <= names
    counted = 'sos_requests_total{method="POST",route="/graphql",status="200"} 3.0'
    assert counted in world.application.telemetry.render().decode()


def test_whoever_asks_too_fast_is_refused_as_elsewhere(
    world: World, view: GraphQLView, published: str, bearer: dict[str, str]
) -> None:
    pace_of(world.application).own = Buckets(3)
    assert [at_once(world, published, **bearer)[0] for _ in range(3)] == [200] * 3
    assert len(view.shortcuts) == 1
    at_hand = sent_at_once(world, published, **bearer)
    other = sent_at_once(world, published, **bearer, **{"accept-language": "en"})
    assert at_hand[0]["status"] == other[0]["status"] == 429
    assert [name for name, _ in headers(at_hand)] == [name for name, _ in headers(other)]
    refused = 'sos_requests_refused_total{counted_by="account"} 2.0'
    assert refused in world.application.telemetry.render().decode()


def test_a_page_of_another_origin_is_told_that_it_may_read_each_answer(
    world: World, view: GraphQLView, published: str, bearer: dict[str, str]
) -> None:
    told = (b"access-control-allow-origin", PAGE.encode())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sos_graphql.http.origins.allowed_origins", lambda _: frozenset({PAGE}))
        for _ in range(3):
            sent = sent_at_once(world, published, **bearer, origin=PAGE)
            assert sent[0]["status"] == 200
            assert told in headers(sent)
        assert len(view.answers) == 1
        assert len(view.shortcuts) == 0
        for _ in range(3):
            assert told not in headers(sent_at_once(world, published, **bearer))
    assert len(view.shortcuts) == 1


def test_it_is_at_hand_for_nobody_whose_token_was_revoked(
    world: World, view: GraphQLView, published: str, bearer: dict[str, str]
) -> None:
    answers = [at_once(world, published, **bearer)[1] for _ in range(3)]
    assert len(view.shortcuts) == 1
    assert orjson.loads(answers[2])["data"]["survey"] is not None
    sign_out(world.application.database, world.tokens["admin"])
    status, body = at_once(world, published, **bearer)
    assert (status, orjson.loads(body)["data"]["survey"]) == (200, None)
