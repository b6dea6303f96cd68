"""WebSockets: how many anybody may have open, and each message counted as a request is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

import structlog
from graphql import GraphQLError
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnected
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected as Disconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message

from sos_core.errors import Unavailable
from sos_graphql.context import Context
from sos_graphql.errors import problem
from sos_graphql.pace import Counted, Pace, pace_of

log = structlog.get_logger(__name__)
OPEN = 30
"""Sockets of one account or key; each live widget of a page has one."""
OPEN_SHARED = 500
"""Sockets of strangers at one address: so many may be about to say who they are."""
OPERATIONS = 20
"""What may run on one socket at the same time."""
SOON = 5.0
TRY_AGAIN_LATER = 1013
"""The close code after which clients of graphql-transport-ws come back, later and later."""
DENIAL = "websocket.http.response"
REASON_BYTES = 123
"""The longest reason that fits in the frame that ends a connection."""


class Sockets:
    """The open sockets of one process, by whom they are counted for."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._open: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return how many sockets are open."""
        return self._open.total()

    def enter(self, counted: Counted) -> None:
        """Count a socket; raise Unavailable where there are as many as there may be."""
        if self._open[counted.key] >= (OPEN_SHARED if counted.shared else OPEN):
            self._pace.refuse(counted, SOON)
        self._open[counted.key] += 1

    def leave(self, counted: Counted) -> None:
        """Count a socket no longer."""
        self._open[counted.key] -= 1
        if self._open[counted.key] <= 0:
            del self._open[counted.key]


class Socket(ASGIWebSocketAdapter):
    """A socket that can always be ended: twice, and however long the reason for it is."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; raise Disconnected where the socket was ended meanwhile."""
        try:
            await super().send_json(message)
        except WebSocketDisconnected as error:
            raise Disconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close the socket with as much of the reason as fits."""
        fitting = reason.encode()[:REASON_BYTES].decode(errors="ignore")
        with suppress(WebSocketDisconnected):
            await super().close(code, fitting)


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Speaks graphql-transport-ws; what comes too fast, or has another form, is refused.

    An operation that comes too fast gets an ``error`` of its own, anything else the end of the
    connection.
    """

    async def handle_message(self, message: Message) -> None:
        """Take a message of the client."""
        if not is_message(message):
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")
            return
        try:
            pace_of(self.context.application).count(self.context.counted)
            await super().handle_message(message)
        except Unavailable as error:
            told = problem(error, self.context.language)
            if message["type"] != "subscribe" or not self.connection_acknowledged:
                await self.websocket.close(code=TRY_AGAIN_LATER, reason=told.what)
                return
            extensions = {"code": told.code, "what": told.what, "remedy": told.remedy}
            wait = {"retryAfter": error.retry_after}
            refused = GraphQLError(told.what, extensions={**extensions, **wait})
            await self.send_message(
                {"id": message["id"], "type": "error", "payload": [refused.formatted]}
            )

    async def handle_task_exception(self, error: Exception) -> None:
        """Count and log an error that nobody expected, without the document, which may hold answers."""
        if isinstance(error, Disconnected):
            return  # the other side has left
        self.context.application.telemetry.unexpected_error("socket")
        own = None if isinstance(error, GraphQLError) else error
        log.error("unexpected error on a socket", kind=type(error).__name__, exc_info=own)


def is_message(sent: object) -> bool:
    """Return whether something has the form of a client's message, so far as we look into it."""
    if not isinstance(sent, dict) or not isinstance(sent.get("type"), str):
        return False
    if sent["type"] in ("subscribe", "complete") and not isinstance(sent.get("id"), str):
        return False
    if sent["type"] != "subscribe":
        return True
    payload = sent.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


async def deny(socket: WebSocket, response: Response) -> None:
    """Refuse to open a socket: with an HTTP answer where the server can, else by a close code."""
    await socket.receive()
    if DENIAL in socket.scope.get("extensions", {}):
        await socket.send_denial_response(response)
    else:
        await socket.close(code=TRY_AGAIN_LATER)
