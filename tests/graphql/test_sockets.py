"""Sockets come under the same limits: how many are open, and what is sent on each."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sos_graphql import sockets
from sos_graphql.pace import Buckets, pace_of
from sos_graphql.sockets import TRY_AGAIN_LATER, is_message
from tests.graphql.conftest import World
from tests.graphql.test_pace import Hand
from tests.graphql.test_subscriptions import PLAN, PROTOCOL, connected, served

TYPES = 'subscription { changePlanChanged(id: "x") { __typename } }'


def small(world: World, own: int, shared: int = 1000) -> Hand:
    """Give everybody that many requests a minute; return the clock."""
    hand, counts = Hand(), pace_of(world.application)
    counts.own, counts.shared = Buckets(own, hand), Buckets(shared, hand)
    return hand


async def closed(socket: ClientConnection) -> int:
    """Wait until the server has closed a socket and return its code."""
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionClosed) as found:
            while True:
                await socket.recv()
    assert found.value.rcvd is not None
    return found.value.rcvd.code


async def gone(world: World, most: int) -> None:
    """Wait until no more than so many sockets are open."""
    async with asyncio.timeout(20):
        while len(world.view.sockets) > most:
            await asyncio.sleep(0.01)


async def ask(socket: ClientConnection, number: str) -> dict[str, Any]:
    """Start an operation and return the first message about it."""
    payload = {"query": TYPES}
    await socket.send(json.dumps({"id": number, "type": "subscribe", "payload": payload}))
    async with asyncio.timeout(20):
        while (found := json.loads(await socket.recv())).get("id") != number:
            pass
    return dict(found)


def test_somebody_has_so_many_sockets_and_others_have_theirs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "OPEN", 2)
    token = {"Authorization": f"Bearer {world.tokens['admin']}"}

    async def go() -> None:
        async with served(world) as address:
            async with (
                connect(address, subprotocols=[PROTOCOL], additional_headers=token),
                connected(address, world.tokens["admin"]),
            ):
                with pytest.raises(InvalidStatus) as refused:
                    await connect(address, subprotocols=[PROTOCOL], additional_headers=token)
                assert refused.value.response.status_code == 429
                assert refused.value.response.headers["Retry-After"] == "5"
                said = json.loads(refused.value.response.body or b"")
                assert said["errors"][0]["extensions"]["code"] == "too_many_requests"
                async with connect(address, subprotocols=[PROTOCOL]) as late:
                    payload = {"authorization": f"Bearer {world.tokens['admin']}"}
                    init = {"type": "connection_init", "payload": payload}
                    await late.send(json.dumps(init))
                    assert await closed(late) == TRY_AGAIN_LATER
                async with connected(address, world.tokens["leader"]):
                    await gone(world, 3)
            await gone(world, 0)
            async with connected(address, world.tokens["admin"]):
                pass
            await gone(world, 0)

    asyncio.run(go())


def test_strangers_at_one_address_have_so_many_sockets(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "OPEN_SHARED", 1)

    async def go() -> None:
        # Whoever has said who they are is no stranger any more.
        async with (
            served(world) as address,
            connected(address, world.tokens["admin"]),
            connected(address, None),
        ):
            with pytest.raises(InvalidStatus):
                await connect(address, subprotocols=[PROTOCOL])

    asyncio.run(go())


def test_an_operation_too_many_gets_an_error_and_the_socket_lives_on(world: World) -> None:
    hand = small(world, own=5)

    async def go() -> None:
        async with served(world) as address, connected(address, world.tokens["admin"]) as socket:
            # The first one is for the token that was shown.
            kinds = [(await ask(socket, str(number)))["type"] for number in range(4)]
            assert kinds == ["next"] * 4
            refused = await ask(socket, "4")
            assert refused["type"] == "error"
            [error] = refused["payload"]
            assert error["extensions"]["code"] == "too_many_requests"
            assert error["extensions"]["retryAfter"] > 1
            hand.now += 12
            assert (await ask(socket, "5"))["type"] == "next"

    asyncio.run(go())


def test_other_messages_that_come_too_fast_end_the_connection(world: World) -> None:
    small(world, own=5)

    async def go() -> int:
        async with served(world) as address, connected(address, world.tokens["admin"]) as socket:
            for _ in range(10):
                await socket.send(json.dumps({"type": "ping"}))
            return await closed(socket)

    assert asyncio.run(go()) == TRY_AGAIN_LATER


def test_one_socket_runs_so_many_operations_at_once(world: World) -> None:
    world.do("addPerson", {"name": "N", "email": "n@x.example"})
    listed = "{ changePlans(first: 1) { ... on ChangePlanConnection { nodes { id } } } }"
    plan = world.data("admin", listed)["changePlans"]["nodes"][0]["id"]

    async def go() -> list[str]:
        kinds = []
        async with served(world) as address, connected(address, world.tokens["admin"]) as socket:
            for number in range(sockets.OPERATIONS + 1):
                payload = {"query": PLAN, "variables": {"id": plan}}
                message = {"id": str(number), "type": "subscribe", "payload": payload}
                await socket.send(json.dumps(message))
                async with asyncio.timeout(20):
                    kinds.append(json.loads(await socket.recv())["type"])
        return kinds

    assert asyncio.run(go()) == ["next"] * sockets.OPERATIONS + ["error"]


@pytest.mark.parametrize(
    "sent",
    [
        [],
        5,
        None,
        {},
        {"type": ["ping"]},
        {"type": "subscribe", "id": ["1"], "payload": {"query": TYPES}},
        {"type": "subscribe", "id": "1", "payload": [TYPES]},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": TYPES, "variables": [1]}},
        {"type": "subscribe", "id": "1", "payload": {"query": TYPES, "operationName": 1}},
        {"type": "complete", "id": {}},
    ],
)
def test_what_is_no_message_is_refused(world: World, sent: Any) -> None:
    assert not is_message(sent)

    async def go() -> int:
        async with served(world) as address, connected(address, None) as socket:
            await socket.send(json.dumps(sent))
            return await closed(socket)

    assert asyncio.run(go()) == 4400
