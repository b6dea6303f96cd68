"""Each request that is being answered is counted, so that what nobody waits for lets it pass."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from sos_core.telemetry import Telemetry
from sos_core.traffic import Traffic
from sos_graphql.http.middleware import Observed

SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def nothing(*_: object) -> Any:
    """Stand for both ends of a connection."""


@pytest.mark.parametrize("error", [None, ClientDisconnect(), ZeroDivisionError()])
def test_a_request_counts_until_it_is_answered_however_that_ends(error: Exception | None) -> None:
    traffic, free = Traffic(), list[bool]()

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        free.append(traffic.let_pass(0))
        if error is not None:
            raise error

    observed = Observed(app, telemetry=Telemetry(), traffic=traffic)
    asyncio.run(observed(dict(SCOPE), nothing, nothing))
    assert free == [False]
    assert traffic.let_pass(0)


def test_an_open_socket_is_no_request() -> None:
    traffic, free = Traffic(), list[bool]()

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        free.append(traffic.let_pass(0))

    observed = Observed(app, telemetry=Telemetry(), traffic=traffic)
    asyncio.run(observed(SCOPE | {"type": "websocket"}, nothing, nothing))
    assert free == [True]
