"""A client of graphql-transport-ws that speaks to the application without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message

HOST = b"sos.example"
PROTOCOL = "graphql-transport-ws"
PATIENCE = 30
"""Seconds after which a silent server fails the test."""


async def first_heard(app: ASGIApp, cookies: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data that a subscription gives first, and leave."""
    said: asyncio.Queue[Message] = asyncio.Queue()
    heard: asyncio.Queue[Message] = asyncio.Queue()

    def say(**message: Any) -> None:
        said.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(kind: str) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await heard.get()
                assert message["type"] != "websocket.close", message
                told = json.loads(message.get("text") or "{}")
                if told.get("type") == kind:
                    return dict(told)

    said.put_nowait({"type": "websocket.connect"})
    say(type="connection_init", payload={})
    serving = asyncio.create_task(app(_scope(cookies), said.get, heard.put))
    try:
        await hear("connection_ack")
        say(type="subscribe", id="1", payload=payload)
        told = await hear("next")
        assert "errors" not in told["payload"], told
        return dict(told["payload"]["data"])
    finally:
        said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await serving


def _scope(cookies: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", HOST),
            (b"origin", b"http://" + HOST),
            (b"cookie", cookies.encode()),
            (b"sec-websocket-protocol", PROTOCOL.encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": (HOST.decode(), 80),
        "subprotocols": [PROTOCOL],
        "state": {},
        "extensions": {},
    }
