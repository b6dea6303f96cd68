"""What a resolver knows: the application, who asks, and in which language to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import strawberry
from starlette.requests import HTTPConnection
from strawberry.types.info import Info as StrawberryInfo

from sos_core.access.principal import ANONYMOUS, Principal, Role
from sos_core.access.queries import authenticate, respondent_principal
from sos_core.application import Application
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed
from sos_graphql.callers import callers_of

T = TypeVar("T")
SESSION_COOKIE = "sos_session"
HOST_COOKIE = f"__Host-{SESSION_COOKIE}"
REQUEST_HEADER = "x-sos-request"
"""A page can send it to its own server only, so it proves where a request came from."""


@dataclass(slots=True)
class Context:
    """One request's context; blocking work goes through ``read``, ``write`` or ``call``."""

    application: Application
    principal: Principal
    language: str
    token: str | None = None
    by_cookie: bool = False
    address: str = ""
    connection_params: dict[str, Any] | None = None
    """What a WebSocket client sent with its first message."""
    loaded: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    lasting: bool = False
    """Whether all that was asked for stays as it is once published, so that it may be kept."""
    latest: bool = False
    """Whether it depends on which survey is the latest."""
    published: bool | None = None
    """Whether all results that were asked for were published; None: none were asked for."""

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

    async def once(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return what ``load`` gives, which is awaited once a request whoever asks for ``key``."""
        known = self.loaded.get(key)
        if known is None:
            known = self.loaded[key] = asyncio.ensure_future(load())
        found: T = await known
        return found

    async def renew(self) -> None:
        """Forget what was read, and look again who the caller is: a session may have ended."""
        self.loaded = {}
        self.principal = await principal_of(self.application, self.token)

    def administer(self) -> Principal:
        """Return the caller; raise NotAllowed unless they administer the organization."""
        _ = self.organization_id
        self.principal.require_administrator()
        return self.principal

    @property
    def now(self) -> datetime:
        """Return the present instant."""
        return self.application.clock()

    @property
    def is_respondent(self) -> bool:
        """Return whether the caller came by a personal link, which is good for the form alone."""
        return Role.RESPONDENT in self.principal.roles

    @property
    def signed_in(self) -> bool:
        """Return whether the caller has an account."""
        return self.principal.organization_id is not None and not self.is_respondent

    @property
    def organization_id(self) -> int:
        """Return the caller's organization; raise NotAllowed for one who has not signed in."""
        if self.principal.organization_id is None or self.is_respondent:
            raise not_signed_in()
        return self.principal.organization_id


Info = StrawberryInfo[Context, Any]
"""The type of a resolver's ``info`` argument."""


async def context_of(
    application: Application, connection: HTTPConnection, *, token: str | None = None
) -> Context:
    """Return the context of a request; an unknown or expired token is nobody."""
    by_cookie = False
    if token is None:
        token = bearer_token(connection.headers)
    if token is None:
        token = connection.cookies.get(session_cookie(application.settings.public_url))
        by_cookie = token is not None
    principal = await principal_of(application, token)
    language = language_of(connection, principal)
    address = connection.client.host if connection.client else ""
    return Context(application, principal, language, token, by_cookie=by_cookie, address=address)


def stranger(application: Application, connection: HTTPConnection) -> Context:
    """Return the context of nobody, for answers while it cannot be known who asks."""
    return Context(application, ANONYMOUS, language_of(connection))


async def principal_of(application: Application, token: str | None) -> Principal:
    """Return who is behind a token, ANONYMOUS where nobody is."""
    if not token:
        return ANONYMOUS
    now = application.clock()
    # A respondent's token needs no database, and submitting is the hottest path.
    found = respondent_principal(application.secret, token, now)
    if found is not None:
        return found
    callers = callers_of(application)
    stamp = await callers.stamp()
    known = callers.find(token, stamp)
    if known is not None:
        return known.principal
    found = await asyncio.to_thread(
        authenticate, application.database, application.secret, token, now
    )
    if found is None:
        return ANONYMOUS
    callers.note(token, found, stamp)
    return found


def session_cookie(public_url: str) -> str:
    """Return the name of the session cookie: on https one that no other host can set."""
    return HOST_COOKIE if urlsplit(public_url).scheme == "https" else SESSION_COOKIE


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the token of an Authorization header, None where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def language_of(connection: HTTPConnection, principal: Principal = ANONYMOUS) -> str:
    """Return the language to answer in: the one asked for, the caller's own, or the browser's.

    Our own client writes the page's language into Accept-Language, so there it is asked for.
    """
    asked = [connection.headers.get("x-sos-language"), connection.query_params.get("language")]
    by_browser = connection.headers.get("accept-language", "").split(",")[:10]
    if REQUEST_HEADER in connection.headers:
        asked.insert(1, by_browser[0])
    asked.append(connection.cookies.get("sos_language"))
    if principal.account_id is not None:
        asked.append(principal.language)
    for wanted in [*asked, *by_browser]:
        if wanted and (tag := normalize_language(wanted.partition(";")[0].strip())):
            return tag
    return DEFAULT_LANGUAGE


def not_signed_in() -> NotAllowed:
    """Return the error for one who has not signed in."""
    return NotAllowed(
        "You have not signed in, or your session has ended.",
        "Sign in and try again.",
        code="not_signed_in",
    )


def context(info: strawberry.Info[Any, Any]) -> Context:
    """Return the typed context of a resolver's ``info``."""
    found = info.context
    if not isinstance(found, Context):
        raise TypeError("The schema was executed without a Context.")
    return found
