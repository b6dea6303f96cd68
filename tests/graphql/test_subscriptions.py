"""What is pushed, over a real server and a real WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from sos_core.access.sessions import sign_out
from sos_core.jobs import send_signal
from sos_core.surveys.response import topic
from sos_graphql.nodes import number_of
from tests.graphql.conftest import World

PROTOCOL = Subprotocol("graphql-transport-ws")
RATE = """subscription ($id: ID!) { responseRateChanged(survey: $id) { __typename
  ... on Problem { code } ... on ResponseRate { overall { invited } units { name } } } }"""
PLAN = """subscription ($id: ID!) { changePlanChanged(id: $id) { __typename
  ... on Problem { code } ... on ChangePlan { state outdated } } }"""


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    """Serve the app on a free port of the loopback and yield its WebSocket address."""
    server = uvicorn.Server(
        uvicorn.Config(world.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}/graphql"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def connected(
    address: str, token: str | None, **options: Any
) -> AsyncIterator[ClientConnection]:
    """Open a socket and introduce oneself."""
    async with connect(address, subprotocols=[PROTOCOL], **options) as socket:
        payload = {"authorization": f"Bearer {token}"} if token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, document: str, variables: dict[str, Any]) -> None:
    payload = {"query": document, "variables": variables}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))


async def told(socket: ClientConnection) -> Any:
    async with asyncio.timeout(20):
        message = json.loads(await socket.recv())
    return message["payload"]["data"] if message["type"] == "next" else message["type"]


def test_the_response_rate_is_pushed_when_it_changes(world: World) -> None:
    survey = world.open_survey()

    async def go() -> None:
        async with (
            served(world) as address,
            connected(address, world.tokens["leader"]) as socket,
        ):
            await subscribe(socket, RATE, {"id": survey})
            first = (await told(socket))["responseRateChanged"]
            assert first["units"] == [{"name": "Alpha"}]
            await asyncio.to_thread(signal, world, topic(number_of("Survey", survey)))
            assert (await told(socket))["responseRateChanged"] == first
            # The session ends, and so does what it may hear.
            database = world.application.database
            await asyncio.to_thread(sign_out, database, world.tokens["leader"])
            await asyncio.to_thread(signal, world, topic(number_of("Survey", survey)))
            last = first
            while last == first:  # a signal may be heard twice: at once, and by a look at the file
                last = (await told(socket))["responseRateChanged"]
            assert last["code"] == "not_signed_in"
            assert await told(socket) == "complete"

    asyncio.run(go())


def test_a_plan_is_pushed_when_people_change(world: World) -> None:
    world.do("addPerson", {"name": "N", "email": "n@x.example"})
    plans = world.data(
        "admin", "{ changePlans(first: 1) { ... on ChangePlanConnection { nodes { id } } } }"
    )
    plan = plans["changePlans"]["nodes"][0]["id"]

    async def go() -> None:
        async with served(world) as address, connected(address, world.tokens["admin"]) as socket:
            await subscribe(socket, PLAN, {"id": plan})
            assert (await told(socket))["changePlanChanged"]["state"] == "APPLIED"
            await asyncio.to_thread(world.do, "undoChangePlan", {"id": plan})
            assert (await told(socket))["changePlanChanged"]["state"] == "UNDONE"

    # The mutation runs in an event loop of its own, in a thread.
    asyncio.run(go())


@pytest.mark.parametrize("role", [None, "foreign", "respondent", "participant"])
def test_those_who_may_not_know_are_told_so_and_left(world: World, role: str | None) -> None:
    survey = world.open_survey()
    world.respondent(number_of("Survey", survey), "Alpha 1")

    async def go() -> Any:
        token = world.tokens[role] if role else None
        async with served(world) as address, connected(address, token) as socket:
            await subscribe(socket, RATE, {"id": survey})
            refused = (await told(socket))["responseRateChanged"]
            assert await told(socket) == "complete"
            return refused["code"]

    expected = {"foreign": "no_such_survey", "participant": "no_response_rate"}
    with capture_logs() as lines:
        code = asyncio.run(go())
    assert code == expected.get(role or "", "not_signed_in")
    refused = [line["code"] for line in lines if line["event"] == "refused"]
    assert refused == ([] if role == "foreign" else [code])


def test_sockets_of_other_pages_and_protocols_are_refused(world: World) -> None:
    async def go() -> None:
        async with served(world) as address:
            with pytest.raises(InvalidStatus):
                async with connect(
                    address,
                    subprotocols=[PROTOCOL],
                    origin="https://evil.example",  # type: ignore[arg-type]
                ):
                    pass
            async with connect(address, subprotocols=[Subprotocol("graphql-ws")]) as old:
                with pytest.raises(ConnectionClosed):
                    await old.recv()
            async with connected(address, None) as socket:
                await socket.send("x" * 120_000)
                with pytest.raises(ConnectionClosed):
                    await socket.recv()

    asyncio.run(go())


def signal(world: World, name: str) -> None:
    with world.application.database.write(world.organization_id) as session:
        send_signal(session, name)


def refusal(world: World, document: str) -> str:
    """Return in which words a document is refused over a socket."""

    async def go() -> str:
        async with served(world) as address, connected(address, world.tokens["admin"]) as socket:
            await subscribe(socket, document, {})
            try:
                async with asyncio.timeout(20):
                    message = json.loads(await socket.recv())
            except ConnectionClosed:
                return f"{socket.close_code} {socket.close_reason}"
            assert message["type"] == "error", message
            return str(message["payload"][0]["message"])

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{ units(first: 100) { nodes { children(first: 100) { totalCount } } } }", "cost"),
        ("{ viewer " * 180 + "}" * 180, "depth"),
        ("{ viewer " * 400 + "}" * 400, "4400 Syntax Error: Document is nested too deeply"),
        ('mutation { submitBallot(input: {comments: "Nobody', "Unterminated"),
        ("{ " + "x " * 2000, "1500"),
        ("", "missing"),
        ("x" * 300, "4400 Syntax Error: Unexpected Name 'xxx"),
        ("人" * 300, "Unexpected"),
    ],
)
def test_a_document_that_cannot_be_run_is_refused_in_words(
    world: World, caplog: pytest.LogCaptureFixture, document: str, told: str
) -> None:
    """Over a socket too: it is neither ended in silence nor logged, document and all."""
    assert told in refusal(world, document)
    assert caplog.text == ""
