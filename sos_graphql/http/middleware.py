"""What holds for every request: headers that protect, and a log that tells nothing about people."""

from __future__ import annotations

import logging
import time
import uuid
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sos_core.telemetry import Telemetry
from sos_core.traffic import Traffic
from sos_graphql.http.apologies import broken_page, wants_page

LOGGER = "sos.access"
log = structlog.get_logger(LOGGER)
level = logging.getLogger(LOGGER)
"""Asked before a line is made for each request, which most installations do not want."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


FRAMING, FRAMED = b"content-security-policy", b"x-frame-options"

GONE = 499
"""What is counted where the sender left before the request was whole."""


class Secured:
    """Adds the protecting headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        headers = dict(HEADERS)
        if urlsplit(public_url).scheme == "https":
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        # As the server takes them, since every answer has them.
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = {name for name, _ in self.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers where its answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                own = self.names.intersection([name for name, _ in headers])
                if FRAMING in own:
                    # The older header knows no list of origins: who has a policy names them there.
                    own.add(FRAMED)
                message["headers"] = [*headers, *(self.missing(own) if own else self.headers)]
            await send(message)

        await self.app(scope, receive, protected)

    def missing(self, own: set[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the headers that an answer does not have itself."""
        return [header for header in self.headers if header[0] not in own]


class Observed:
    """Counts and logs each request by its route's pattern: no address, no token, no person.

    An error that nobody expected is answered with an id to quote, under which the log has it.
    """

    def __init__(self, app: ASGIApp, *, telemetry: Telemetry, traffic: Traffic) -> None:
        self.app = app
        self.telemetry = telemetry
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.monotonic()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with self.traffic:
                await self.app(scope, receive, noted)
        except ClientDisconnect:
            status = status or GONE  # nobody is there to be answered, and nothing went wrong here
        except Exception:
            # The last place where it can be told apart, counted and answered with an id.
            reference = uuid.uuid4().hex[:12]
            log.exception("unexpected error", reference=reference, route=_route(scope))
            self.telemetry.unexpected_error("http")
            if status == 0:
                status = 500
                await _apologize(HTTPConnection(scope), send, reference)
        finally:
            seconds = time.monotonic() - began
            route = _route(scope)
            self.telemetry.request_answered(route, scope["method"], status, seconds)
            if level.isEnabledFor(logging.DEBUG):
                log.debug(
                    "answered",
                    route=route,
                    method=scope["method"],
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                )


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "(none)"


async def _apologize(connection: HTTPConnection, send: Send, reference: str) -> None:
    kind = "plain"
    words = f"Something went wrong on our side; it has been logged under {reference}. Try again."
    if wants_page(connection):
        kind, words = "html", broken_page(connection, reference)
    headers = {"content-type": f"text/{kind}; charset=utf-8", "cache-control": "no-store"}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 500, "headers": encoded})
    await send({"type": "http.response.body", "body": words.encode()})
