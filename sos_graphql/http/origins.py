"""Pages of other origins: who may ask the API and load the widgets, from one list of the embeddings.

An origin is allowed as an exact text, without credentials, and never by a wildcard.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sos_core.access.embeddings import allowed_origins
from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_graphql.arrival import foreign_origin
from sos_graphql.http.embed import BASE
from sos_graphql.protocol import ALLOWED_PAGE

GRAPHQL = "/graphql"
KNOWN = timedelta(seconds=2)
"""How long the list of origins is taken to be the same: an ended embedding is soon forgotten."""
VARY = (b"vary", b"Origin")
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-SOS-Request, X-SOS-Language",
    "Access-Control-Max-Age": "600",
}


class AllowedOrigins:
    """The origins that embeddings allow, read again every other second while anybody asks."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._known: frozenset[str] = frozenset()
        self._read_at = datetime.min.replace(tzinfo=UTC)

    async def holds(self, origin: str) -> bool:
        """Return whether pages of ``origin`` may ask."""
        now = self._application.clock()
        if not self._read_at <= now < self._read_at + KNOWN:
            # While the database is away, whoever was known stays known, and nobody comes in anew.
            with suppress(Unavailable):
                self._known = await asyncio.to_thread(allowed_origins, self._application.database)
            self._read_at = now
        return origin in self._known


class CrossOrigin:
    """Answers preflights, and tells browsers which foreign pages may read an answer."""

    def __init__(self, app: ASGIApp, *, application: Application) -> None:
        self.app = app
        self.allowed = AllowedOrigins(application)
        self.public_url = application.settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is a preflight, or a socket of a page that may not ask."""
        if scope["type"] not in ("http", "websocket") or not _shared(scope["path"]):
            await self.app(scope, receive, send)
            return
        origin, named = None, [name for name, _ in scope["headers"]]
        if b"origin" in named:
            origin = foreign_origin(Headers(scope=scope), self.public_url)
        allowed = origin is not None and await self.allowed.holds(origin)
        if scope["type"] == "websocket":
            if origin is not None and not allowed:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app({**scope, ALLOWED_PAGE: allowed}, receive, send)
            return
        told = {"Access-Control-Allow-Origin": origin} if origin and allowed else {}
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in named:
            answer = Response(status_code=204 if told else 403, headers={"Vary": "Origin"})
            answer.headers.update({**told, **PREFLIGHT} if told else {})
            await answer(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                if told or any(name == b"vary" for name, _ in message["headers"]):
                    answered = MutableHeaders(scope=message)
                    answered.add_vary_header("Origin")
                    answered.update(told)
                else:
                    message["headers"] = [*message["headers"], VARY]
            await send(message)

        await self.app(scope, receive, telling)


def _shared(path: str) -> bool:
    return path == GRAPHQL or path.startswith(f"{BASE}/")
