"""What a resolver knows: the application, who asks, and in which language to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import strawberry
from strawberry.types.info import Info as StrawberryInfo

from sos_core.access.continuation import Holder
from sos_core.access.principal import Principal, Role
from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed
from sos_graphql.callers import principal_of
from sos_graphql.pace import NOBODY, Counted
from sos_graphql.together import Together

T = TypeVar("T")
SECONDS = 5.0
"""How long a question may take."""


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
    """The network address that attempts of strangers are counted by."""
    device: str = ""
    counted: Counted = NOBODY
    """Whom its requests are counted for."""
    connection_params: dict[str, Any] | None = None
    """What a WebSocket client sent with its first message."""
    loaded: dict[str, Any] = field(default_factory=dict)
    """What was read in this request, or is being read, or what reads it."""
    rows: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was read for the caller lately, and is true as long as nobody commits anything."""
    together: Together | None = None
    """What reads for fields that stand beside each other."""
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
        if self.together is None:
            self.together = Together(self.application.database, SECONDS, self.rows)
        return await self.together.read(organization_id, function)

    async def write(self, function: Callable[[OrganizationSession], T]) -> T:
        """Run ``function`` in a thread, in one transaction of the caller's organization."""
        organization_id = self.organization_id

        def work() -> T:
            with self.application.database.write(organization_id) as session:
                return function(session)

        return await self.call(work)

    async def call(self, function: Callable[[], T]) -> T:
        """Run blocking work that opens its own sessions in a thread; it may change anything."""
        try:
            return await asyncio.to_thread(function)
        finally:
            self._forget()

    def _forget(self) -> None:
        """Read everything anew from now on, the rows included that were true before."""
        self.rows, self.together = {}, None

    async def once(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return what ``load`` gives, which is awaited once a request whoever asks for ``key``."""
        known = self.loaded.get(key)
        if known is None:
            known = self.loaded[key] = asyncio.ensure_future(load())
        # A field that is given up must not take it from the others.
        found: T = await asyncio.shield(known)
        return found

    async def renew(self) -> None:
        """Forget what was read, and look again who the caller is: a session may have ended."""
        self.loaded = {}
        self._forget()
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

        return await self.call(work)

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
