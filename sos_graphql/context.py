"""What a resolver knows: the application, who asks, and in which language to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry
from starlette.requests import HTTPConnection
from strawberry.types.info import Info as StrawberryInfo

from sos_core.access.principal import ANONYMOUS, Principal
from sos_core.access.queries import authenticate
from sos_core.application import Application
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed

T = TypeVar("T")
SESSION_COOKIE = "sos_session"


@dataclass(slots=True)
class Context:
    """One request's context; blocking work goes through ``read``, ``write`` or ``call``."""

    application: Application
    principal: Principal
    language: str
    token: str | None = None
    by_cookie: bool = False

    async def read(self, function: Callable[[OrganizationSession], T]) -> T:
        """Run ``function`` in a thread with a session that reads the caller's organization."""
        organization_id = self.organization_id

        def work() -> T:
            with self.application.database.read(organization_id) as session:
                return function(session)

        return await asyncio.to_thread(work)

    async def write(self, function: Callable[[OrganizationSession], T]) -> T:
        """Run ``function`` in a thread, in one transaction of the caller's organization."""
        organization_id = self.organization_id

        def work() -> T:
            with self.application.database.write(organization_id) as session:
                return function(session)

        return await asyncio.to_thread(work)

    async def call(self, function: Callable[[], T]) -> T:
        """Run blocking work that opens its own sessions in a thread."""
        return await asyncio.to_thread(function)

    @property
    def organization_id(self) -> int:
        """Return the caller's organization; raise NotAllowed for one who has not signed in."""
        if self.principal.organization_id is None:
            raise NotAllowed(
                "You have not signed in, or your session has ended.",
                "Sign in and try again.",
                code="not_signed_in",
            )
        return self.principal.organization_id


Info = StrawberryInfo[Context, Any]
"""The type of a resolver's ``info`` argument."""


async def context_of(
    application: Application, connection: HTTPConnection, *, token: str | None = None
) -> Context:
    """Return the context of a request; an unknown or expired token is nobody."""
    by_cookie = False
    if token is None:
        token = bearer_token(connection)
    if token is None:
        token = connection.cookies.get(SESSION_COOKIE)
        by_cookie = token is not None
    principal = ANONYMOUS
    if token:
        found = await asyncio.to_thread(
            authenticate, application.database, application.secret, token, application.clock()
        )
        principal = found or ANONYMOUS
    return Context(
        application, principal, language_of(connection, principal), token, by_cookie=by_cookie
    )


def bearer_token(connection: HTTPConnection) -> str | None:
    """Return the token of an Authorization header, None where there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def language_of(connection: HTTPConnection, principal: Principal = ANONYMOUS) -> str:
    """Return the language to answer in: the one asked for, the caller's own, or the browser's."""
    asked = connection.headers.get("x-sos-language") or connection.query_params.get("language")
    asked = asked or connection.cookies.get("sos_language")
    if asked and (tag := normalize_language(asked)):
        return tag
    if principal.account_id is not None:
        return principal.language
    for part in connection.headers.get("accept-language", "").split(",")[:10]:
        if tag := normalize_language(part.partition(";")[0].strip()):
            return tag
    return DEFAULT_LANGUAGE


def context(info: strawberry.Info[Any, Any]) -> Context:
    """Return the typed context of a resolver's ``info``."""
    found = info.context
    if not isinstance(found, Context):
        raise TypeError("The schema was executed without a Context.")
    return found
