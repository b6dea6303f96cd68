"""Conversations over WebSockets that nobody well-behaved would lead, as each role."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from tests.access_policy.cast import ROLES
from tests.access_policy.table import table
from tests.graphql.conftest import core
from tests.hostile import shapes, transport
from tests.hostile.documents import Asked, Writer
from tests.hostile.fingerprint import changed
from tests.hostile.fuzzing import changes_of
from tests.hostile.judging import MASKED, untold
from tests.hostile.report import Report
from tests.hostile.served import FOREIGN_MARKS, Stage
from tests.hostile.values import Values
from tests.hostile.wire import SECONDS, Reply

PROTOCOL = Subprotocol("graphql-transport-ws")
MESSAGES = 8
PATIENCE = 0.05
"""Seconds for which answers are waited for that need not come."""
CLOSED_ORDERLY = frozenset({1000, 1001, 1002, 1003, 1005, 1007, 1009})
"""Close codes of the protocol; those of GraphQL over WebSocket begin at 4400."""


def run(stage: Stage, *, conversations: int, seed: int, roles: Sequence[str] = ROLES) -> Report:
    """Lead so many conversations and return what came of them."""
    report = Report("messages over sockets")
    stage.cast.enter()
    before = stage.fingerprint()
    with stage.listening():
        for index in range(conversations):
            role = roles[index % len(roles)]
            chance = random.Random(f"socket {seed} {index}")
            asyncio.run(_converse(stage, role, chance, index, report))
    for name in changed(before, stage.fingerprint()):
        report.wrong.append(f"table {name} changed over sockets")
    report.wrong += stage.told()
    return report


async def _converse(
    stage: Stage, role: str, chance: random.Random, index: int, report: Report
) -> None:
    headers = {
        name: value for name, value in stage.headers(role).items() if name != "Authorization"
    }
    origin = headers.pop("Origin", None)
    address = f"ws://{stage.wire.authority}/graphql"
    try:
        async with connect(
            address, subprotocols=[PROTOCOL], origin=origin, max_size=None
        ) as socket:
            try:
                await _talk(socket, stage, role, chance, report, index)
            except ConnectionClosed:
                code = socket.close_code or 0
                report.note(f"closed with {code}", Reply(code))
                if code not in CLOSED_ORDERLY and not 4400 <= code < 4500:
                    report.wrong.append(f"{role}, conversation {index}: closed with {code}")
    except InvalidHandshake as error:
        report.note("not taken", Reply(403))
        if role != "guest":
            report.wrong.append(f"{role}, conversation {index}: not taken, {error}")


async def _talk(
    socket: ClientConnection,
    stage: Stage,
    role: str,
    chance: random.Random,
    report: Report,
    index: int,
) -> None:
    token = stage.headers(role).get("Authorization")
    first = {"type": "connection_init", "payload": {"authorization": token} if token else {}}
    if chance.random() < 0.85:
        await socket.send(json.dumps(first))
    for number in range(MESSAGES):
        await socket.send(_message(stage, role, chance, str(number % 3)))
    await socket.send('{"type": "ping"}')
    answered = 0
    with suppress(TimeoutError):
        while True:
            # The answer to the ping is due; after it, answers to operations may still come.
            async with asyncio.timeout(PATIENCE if answered else SECONDS):
                heard = str(await socket.recv())
            answered += json.loads(heard)["type"] == "pong"
            report.note("heard", Reply(200))
            found = _complaint(role, heard)
            if found:
                report.wrong.append(f"{role}, conversation {index}: {found}")
    if not answered:
        report.wrong.append(f"{role}, conversation {index}: nothing was answered any more")


def _message(stage: Stage, role: str, chance: random.Random, name: str) -> str | bytes:
    values = Values(chance, stage.cast)
    lot = chance.random()
    if lot < 0.6:
        payload: Any = transport.envelope(_asked(values, role, chance))
        if chance.random() < 0.2:
            payload[chance.choice(("query", "variables", "operationName", "extensions"))] = (
                values.anything()
            )
        return json.dumps({"id": name, "type": "subscribe", "payload": payload})
    if lot < 0.7:
        return json.dumps({"id": name, "type": "complete"})
    if lot < 0.8:
        kind = chance.choice(
            ("ping", "pong", "connection_init", "next", "connection_ack", "start", "x", None)
        )
        return json.dumps({"id": values.anything(), "type": kind, "payload": values.anything()})
    odd = (
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"type":{}}',
        "[" * 5000,
        "x" * 200_000,
        '{"id":"\\ud800"}',
    )
    text = chance.choice(odd)
    return text.encode() if chance.random() < 0.3 else text


def _asked(values: Values, role: str, chance: random.Random) -> Asked:
    lot = chance.random()
    if lot < 0.2:
        return Asked(shapes.SHAPES[chance.choice(sorted(shapes.SHAPES))](chance))
    writer = Writer(values)
    if lot < 0.5:
        return writer.operation("subscription", sorted(core().subscription_type.fields))
    refused, _safe = changes_of(role)
    if lot < 0.7 and refused:
        return writer.operation("mutation", refused)
    return writer.operation("query", sorted(core().query_type.fields))


def _complaint(role: str, text: str) -> str | None:
    if MASKED in text.replace('": "', '":"'):
        return f"an error that nobody expected: {text[:300]}"
    if role != "operator" and any(mark in text for mark in FOREIGN_MARKS):
        return f"another organization's thing: {text[:300]}"
    body = json.loads(text)
    payload = body.get("payload")
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(data, dict):
        return None
    asked = {key.rpartition("_")[2] for key in data} - {"typename", ""}
    roots = [kind for kind in ("Subscription", "Mutation") if asked & allowed_names(kind)]
    root = roots[0] if roots else "Query"
    return untold(role, data, root)


def allowed_names(root: str) -> set[str]:
    """Return the names of a root's fields."""
    return {name for kind, name in table() if kind == root}
