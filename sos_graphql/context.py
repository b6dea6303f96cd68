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

from sos_core.access.continuation import Holder
from sos_core.access.lifetimes import device_of
from sos_core.access.principal import ANONYMOUS, Principal, Role
from sos_core.access.queries import authenticate, respondent_principal
from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_core.database.session import STATEMENT_SECONDS, OrganizationSession
from sos_core.errors import NotAllowed
from sos_graphql.callers import callers_of
from sos_graphql.preferences import LANGUAGE_COOKIE, preference

T = TypeVar("T")
SESSION_COOKIE = "sos_session"
HOST_COOKIE = f"__Host-{SESSION_COOKIE}"
SECONDS = 5.0
"""How long a question may take."""
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
    origin: str | None = None
    """The origin of the page that asks, where it is a foreign one."""
    address: str = ""
    device: str = ""
    connection_params: dict[str, Any] | None = None
    """What a WebSocket client sent with its first message."""
    loaded: dict[str, Any] = field(default_factory=dict)
    """What was read in this request, or is being read, or what reads it."""
    lasting: bool = False
    """Whether all that was asked for stays as it is once published, so that it may be kept."""
    latest: bool = False
    """Whether it depends on which survey is the latest."""
    published: bool | None = None
    """Whether all results that were asked for were published; None: none were asked for."""

    async def read(self, function: Callable[[OrganizationSession], T]) -> T:
        """Run ``function`` in a thread with a session that reads the caller's organization."""
        return await self._read(self.organization_id, function)

    async def look(self, function: Callable[[OrganizationSession], T]) -> T:
        """Run ``function`` as ``read`` does, for guests too: it must decide itself what they see."""
        guest = self.principal.guest is not None
        place = self.principal.organization_id if guest else None
        return await self._read(place or self.organization_id, function)

    async def _read(self, organization_id: int, function: Callable[[OrganizationSession], T]) -> T:
        def work() -> T:
            with self.application.database.read(organization_id) as session:
                # Whoever asked gives up after so long; no statement should outlive that.
                session.info[STATEMENT_SECONDS] = SECONDS
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
        self.principal = await principal_of(self.application, self.token, self.origin)

    def administer(self, scope: Scope | None = None) -> Principal:
        """Return the caller; raise NotAllowed unless they administer the organization.

        With ``scope`` a program whose key has that scope may do it too.
        """
        _ = self.organization_id
        if scope is None:
            self.principal.require_administrator()
        else:
            self.principal.require(scope)
        return self.principal

    def may(self, *scopes: Scope) -> bool:
        """Return whether the caller administers the organization or has a key with a scope of these."""
        return any(self.principal.may(scope) for scope in scopes)

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
        """Return whether the caller has an account, or is a program with an API key."""
        known = self.principal.organization_id is not None
        return known and not self.is_respondent and self.principal.guest is None

    @property
    def holder(self) -> Holder:
        """Return whose account it is; raise NotAllowed for one who has none, such as a program."""
        if self.principal.operator_id is not None:
            return Holder(None, self.principal.operator_id)
        if self.principal.account_id is None:
            raise not_signed_in()
        return Holder(self.organization_id, self.principal.account_id)

    async def write_own(self, function: Callable[[OrganizationSession, Holder], T]) -> T:
        """Run ``function`` in a thread, in one transaction that changes the caller's own account."""
        holder = self.holder

        def work() -> T:
            with self.application.database.write(holder.organization_id) as session:
                return function(session, holder)

        return await asyncio.to_thread(work)

    async def read_own(self, function: Callable[[OrganizationSession, Holder], T]) -> T:
        """Run ``function`` in a thread with a session that reads about the caller's own account."""
        holder = self.holder

        def work() -> T:
            with self.application.database.read(holder.organization_id) as session:
                return function(session, holder)

        return await asyncio.to_thread(work)

    @property
    def organization_id(self) -> int:
        """Return the caller's organization; raise NotAllowed for one who has not signed in."""
        if self.principal.organization_id is None or not self.signed_in:
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
    origin = foreign_origin(connection.headers, application.settings.public_url)
    principal = await principal_of(application, token, origin)
    if by_cookie and is_machine(principal):
        principal = ANONYMOUS  # a cookie goes wherever a browser goes; machines' tokens must not
    return Context(
        application,
        principal,
        language_of(connection, principal),
        token,
        by_cookie=by_cookie,
        origin=origin,
        address=connection.client.host if connection.client else "",
        device=device_of(connection.headers.get("user-agent", "")),
    )


def stranger(application: Application, connection: HTTPConnection) -> Context:
    """Return the context of nobody, for answers while it cannot be known who asks."""
    return Context(application, ANONYMOUS, language_of(connection))


async def principal_of(
    application: Application, token: str | None, origin: str | None = None
) -> Principal:
    """Return who is behind a token, ANONYMOUS where nobody is.

    A guest's token counts in pages of its own ``origin`` alone, and in ours, which hold the frames.
    """
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
    issuer = application.settings.public_url
    found = await asyncio.to_thread(
        authenticate, application.database, application.secret, token, now, issuer=issuer
    )
    if found is None or (found.guest and origin not in (None, found.guest.origin)):
        return ANONYMOUS
    callers.note(token, found, stamp)
    return found


def is_machine(principal: Principal) -> bool:
    """Return whether the caller is a program or a widget, so that no page is made for it."""
    return principal.is_integration or principal.guest is not None


def foreign_origin(headers: Mapping[str, str], public_url: str) -> str | None:
    """Return the origin of the page that asks, None for our own pages and for what is no browser."""
    origin, host = headers.get("origin"), headers.get("host", "")
    public = urlsplit(public_url)
    own = {f"{public.scheme}://{public.netloc}", f"http://{host}", f"https://{host}"}
    return None if origin in own else origin


def session_cookie(public_url: str) -> str:
    """Return the name of the session cookie: on https one that no other host can set."""
    return HOST_COOKIE if urlsplit(public_url).scheme == "https" else SESSION_COOKIE


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the token of an Authorization header, None where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def language_of(connection: HTTPConnection, principal: Principal = ANONYMOUS) -> str:
    """Return the language to answer in: the one asked for, the caller's own, or the browser's.

    Our own client writes the page's language into Accept-Language, so there it is asked for. A
    guest's token names the one language that it is good for.
    """
    if principal.guest is not None:
        return principal.guest.language
    asked = [connection.headers.get("x-sos-language"), connection.query_params.get("language")]
    by_browser = connection.headers.get("accept-language", "").split(",")[:10]
    if REQUEST_HEADER in connection.headers:
        asked.insert(1, by_browser[0])
    asked.append(preference(connection.cookies, LANGUAGE_COOKIE))
    if principal.account_id is not None or principal.operator_id is not None:
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
