"""Kept answers and known callers: nothing of either outlives a commit that could change it."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import update

from sos_core.access.principal import Principal, Role
from sos_core.access.sessions import sign_out
from sos_core.access.tables import Account
from sos_graphql.callers import TRUSTED, callers_of, scope
from sos_graphql.keeping import BYTES, BYTES_EACH, LASTING, Answers
from sos_graphql.pace import Buckets, pace_of
from sos_graphql.protocol import GRAPHQL_JSON
from sos_graphql.schema import schema
from tests.graphql.conftest import World
from tests.graphql.test_results import RESULTS


def asked(world: World, survey: str) -> str:
    """Return what kind of answer an administrator is given for a kept question."""
    variables = {"id": survey, "unit": world.unit("Alpha")}
    sent = world.ask("admin", RESULTS, variables, Accept=GRAPHQL_JSON).json()
    found = sent["data"]["survey"]
    return "nothing" if found is None else str(found["results"]["__typename"])


def test_a_kept_answer_is_refused_at_once_after_the_token_was_revoked(
    world: World, published: str
) -> None:
    assert asked(world, published) == "UnitResults"
    assert asked(world, published) == "UnitResults"
    assert len(world.view.answers) == 1
    sign_out(world.application.database, world.tokens["admin"])
    assert asked(world, published) == "nothing"


def test_a_kept_answer_is_refused_at_once_after_the_role_was_taken_away(
    world: World, published: str
) -> None:
    assert asked(world, published) == "UnitResults"
    with world.application.database.write(world.organization_id) as session:
        session.execute(update(Account).values(administrator=False))
    assert asked(world, published) == "nothing"


def test_a_kept_answer_outlives_a_commit_that_takes_no_right_away(
    world: World, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise AssertionError("the results were read again")

    assert asked(world, published) == "UnitResults"
    monkeypatch.setattr("sos_graphql.results.answers.queries.unit_results", broken)
    with world.application.database.write(world.organization_id) as session:
        session.execute(update(Account).where(Account.administrator.is_(False)).values(name="X"))
    assert asked(world, published) == "UnitResults"


def test_of_a_header_that_is_sent_twice_the_first_counts_for_what_is_kept(
    world: World, published: str
) -> None:
    """Else one reader's odd request would decide in which language others are answered."""
    body = {"query": RESULTS, "variables": {"id": published, "unit": None}}
    twice = [("X-SOS-Language", "sv"), ("X-SOS-Language", "en")]
    bearer = [("Authorization", f"Bearer {world.tokens['admin']}")]

    def headline(languages: list[tuple[str, str]]) -> str:
        sent = world.send("POST", "/graphql", json=body, headers=bearer + languages).json()
        return str(sent["data"]["survey"]["results"]["summary"]["headline"])

    first = headline(twice)
    assert len(world.view.answers) == 1
    assert headline(twice[:1]) == first != headline(twice[1:])


def test_many_small_answers_are_bounded_too() -> None:
    answers, most = Answers(), BYTES // BYTES_EACH
    for number in range(most + 10):
        answers.keep(number.to_bytes(4, "big"), b"", "application/json", latest=False)
    assert len(answers) == most
    answers.keep(b"one", b"x" * BYTES, "application/json", latest=False)
    assert len(answers) == 0


def test_what_lasts_are_fields_of_surveys() -> None:
    fields = schema._schema.get_type("Survey").fields  # type: ignore[union-attr]
    assert LASTING - {"__typename"} <= set(fields)
    assert "previous" not in LASTING


def test_a_caller_is_looked_up_anew_after_any_commit_and_after_a_moment(world: World) -> None:
    callers, token = callers_of(world.application), world.tokens["admin"]
    changes = world.application.database.changes
    stamp = changes.stamp()
    world.data("admin", "{ viewer { name } }")
    known = callers.find(token, stamp)
    assert known is not None
    assert known.principal.is_administrator
    world.clock.advance(seconds=TRUSTED.total_seconds())
    assert callers.find(token, stamp) is None
    world.clock.advance(seconds=-TRUSTED.total_seconds())
    with world.application.database.write(world.organization_id) as session:
        session.execute(update(Account).values(language="sv"))
    assert callers.find(token, changes.stamp()) is None


def test_a_token_that_has_ended_is_refused_soon_after(world: World) -> None:
    assert world.data("admin", "{ viewer { name } }")["viewer"]["name"] == "Admin"
    world.clock.advance(days=400)
    assert world.data("admin", "{ viewer { name } }")["viewer"]["name"] == ""


def test_strangers_and_respondents_are_never_noted(world: World) -> None:
    callers = callers_of(world.application)
    callers.note("t", Principal(), "1")
    callers.note("t", Principal(organization_id=1, account_id=1), None)
    assert callers.find("t", "1") is None
    assert callers.find("t", None) is None


def test_scopes_differ_wherever_sights_may() -> None:
    sights = [
        Principal(organization_id=1, all_units=True, roles=frozenset({Role.ADMINISTRATOR})),
        Principal(organization_id=2, all_units=True, roles=frozenset({Role.ADMINISTRATOR})),
        Principal(organization_id=1, all_units=True, roles=frozenset({Role.VIEWER})),
        Principal(organization_id=1, all_units=True, roles=frozenset({Role.VIEWER}), language="sv"),
        Principal(organization_id=1, person_id=1, units=frozenset({1})),
        Principal(organization_id=1, person_id=1, led=frozenset({1})),
        Principal(organization_id=1, person_id=1, granted=frozenset({1})),
        Principal(organization_id=1, person_id=2, units=frozenset({1})),
        Principal(organization_id=1, roles=frozenset({Role.INTEGRATION})),
        Principal(organization_id=1, roles=frozenset({Role.INTEGRATION}), scopes=frozenset({"a"})),
    ]
    assert len({scope(principal) for principal in sights}) == len(sights)
    assert timedelta(0) < TRUSTED <= timedelta(seconds=1)


def test_a_caller_is_read_once_for_all_who_ask_with_one_stamp(world: World) -> None:
    callers, gate, read = callers_of(world.application), threading.Event(), []

    def reading() -> Principal:
        gate.wait(20)
        read.append(1)
        return Principal(organization_id=1, account_id=7)

    async def go() -> list[Principal | None]:
        stamps = ["1"] * 5 + ["2", None, None]
        waiting = [asyncio.ensure_future(callers.reading("t", s, reading)) for s in stamps]
        await asyncio.sleep(0)
        waiting[0].cancel()  # the one who came first gives up
        gate.set()
        return await asyncio.gather(*waiting[1:])

    assert {found and found.account_id for found in asyncio.run(go())} == {7}
    assert len(read) == 4, "one for each stamp, and where nothing is known each for itself"
    assert not callers._flights


def at_once(world: World, survey: str, **headers: str) -> tuple[int, bytes]:
    """Send a question whose whole body is there at once, as servers have it; return (status, body)."""
    sent = sent_at_once(world, survey, **headers)
    return int(sent[0]["status"]), b"".join(part.get("body", b"") for part in sent[1:])


def sent_at_once(world: World, survey: str, **headers: str) -> list[Any]:
    """Return the messages that answer such a question."""
    variables = {"id": survey, "unit": world.unit("Alpha")}
    body = orjson.dumps({"query": RESULTS, "variables": variables})
    given = {"host": "sos.test", "content-type": "application/json", **headers}
    named = [(name.lower().encode(), value.encode()) for name, value in given.items()]
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql",
        "query_string": b"", "root_path": "", "scheme": "http", "headers": named,
        "server": ("sos.test", 80), "client": ("192.0.2.1", 1), "state": {},
    }  # fmt: skip
    messages = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(world.app(scope, receive, send))
    return sent


def test_a_request_that_equals_an_earlier_one_is_not_even_read(
    world: World, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(_request: object) -> None:
        raise AssertionError("the request was read")

    bearer = {"authorization": f"Bearer {world.tokens['admin']}"}
    first, second = (at_once(world, published, **bearer) for _ in range(2))
    assert first == second
    with monkeypatch.context() as patched:
        patched.setattr(world.view, "_kept", read)
        assert at_once(world, published, **bearer) == first
        for other in ({"accept-language": "sv"}, {"x-sos-language": "sv"}, {"cookie": "a=b"}):
            with pytest.raises(AssertionError, match="was read"):
                at_once(world, published, **bearer, **other)
        pace_of(world.application).own = Buckets(1)
        assert [at_once(world, published, **bearer)[0] for _ in range(2)] == [200, 429]
    pace_of(world.application).own = Buckets(1000)
    sign_out(world.application.database, world.tokens["admin"])
    status, body = at_once(world, published, **bearer)
    assert (status, orjson.loads(body)["data"]["survey"]) == (200, None)


def test_a_cookie_is_good_at_once_from_our_own_pages_alone(world: World, published: str) -> None:
    cookie = {"cookie": f"sos_session={world.tokens['admin']}"}
    own = {**cookie, "x-sos-request": "1", "origin": "http://sos.test"}
    assert {at_once(world, published, **own)[0] for _ in range(3)} == {200}
    assert len(world.view.shortcuts) == 1
    assert at_once(world, published, **cookie)[0] == 403
    assert at_once(world, published, **{**own, "origin": "https://evil.example"})[0] == 403
    assert at_once(world, published, **{**own, "sec-fetch-site": "cross-site"})[0] == 403
    assert at_once(world, published, **own)[0] == 200


def test_a_caller_is_read_again_before_nothing_is_known_any_more(
    world: World, published: str
) -> None:
    callers, token = callers_of(world.application), world.tokens["admin"]
    body = {"query": RESULTS, "variables": {"id": published, "unit": world.unit("Alpha")}}

    async def go() -> None:
        transport = httpx.ASGITransport(world.app)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sos.test", headers=headers
        ) as client:
            for _ in range(3):  # made, found, and found at once
                assert (await client.post("/graphql", json=body)).status_code == 200
            stamp = await callers.stamp()
            known = callers.find(token, stamp)
            assert known is not None
            assert not known.renewing
            world.clock.advance(seconds=TRUSTED.total_seconds() / 2)
            for _ in range(2):
                assert (await client.post("/graphql", json=body)).status_code == 200
            await asyncio.gather(*known.renewing)
            assert len(known.renewing) == 1
            fresh = callers.find(token, stamp)
            assert fresh is not None
            assert fresh.seen == world.clock()
            assert fresh.principal == known.principal

    asyncio.run(go())
