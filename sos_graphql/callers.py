"""Whom tokens mean: read once, and taken for true while nothing at all was written since."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ParamSpec

from sos_core.access.principal import ANONYMOUS, Principal
from sos_core.access.queries import authenticate, respondent_principal
from sos_core.application import Application
from sos_graphql.one_each import one_each
from sos_graphql.pace import Counted, counted_for, pace_of

P = ParamSpec("P")
CALLERS = 2_000
TRUSTED = timedelta(seconds=1)
"""A token that comes to its end by itself may be good for so long after; a revoked one never is."""

Flight = tuple[asyncio.AbstractEventLoop, bytes, str | None]
"""The loop that a reading runs in, the digest of the token, and the stamp from before it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who was behind a token, and ``scope``: what decides what they see, equal for equal sights.

    ``counted`` is whom their requests are counted for, ``rows`` what was read for them since, which
    is true as long as they are known.
    """

    principal: Principal
    scope: str
    counted: Counted
    stamp: str
    seen: datetime
    rows: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    renewing: list[asyncio.Future[None]] = field(default_factory=list, repr=False, compare=False)


class Callers:
    """The callers of the last moments; for the event loop's thread alone.

    A caller is forgotten with the next commit of anybody, so a token that was revoked, or a right
    that was taken away, counts in the very next request, in whichever process it was done.
    """

    def __init__(self, application: Application) -> None:
        self._changes = application.database.changes
        self._clock = application.clock
        self._known: OrderedDict[bytes, Caller] = OrderedDict()
        self._flights: dict[Flight, asyncio.Task[Principal | None]] = {}

    async def stamp(self) -> str | None:
        """Return the database's stamp; take it before reading what is to be noted with it."""
        if self._changes.quick:
            return self._changes.stamp()
        return await asyncio.to_thread(self._changes.stamp)

    def find(self, token: str, stamp: str | None) -> Caller | None:
        """Return who is behind a token, None where that must be read."""
        return self.at(digest(token), stamp)

    def at(self, digest: bytes, stamp: str | None) -> Caller | None:
        """Return who is behind a token, of which only the ``digest`` is at hand."""
        found = self._known.get(digest)
        if found is None or found.stamp != stamp:
            return None
        return found if found.seen <= self._clock() < found.seen + TRUSTED else None

    def knew(self, token: str) -> bool:
        """Return whether somebody was behind a token lately, who may have to be read anew."""
        return digest(token) in self._known

    def note(self, token: str, principal: Principal, stamp: str | None) -> Caller | None:
        """Note who is behind a token: somebody with an account, or a program with a key.

        Guests are not noted: their tokens count in some pages and not in others.
        """
        if stamp is None or principal.organization_id is None or principal.guest is not None:
            return None
        key = digest(token)
        caller = self._known[key] = Caller(
            principal, scope(principal), counted_for(principal, ""), stamp, self._clock()
        )
        self._known.move_to_end(key)
        if len(self._known) > CALLERS:
            self._known.popitem(last=False)
        return caller

    def renew(
        self,
        caller: Caller,
        read: Callable[P, Coroutine[Any, Any, None]],
        *args: P.args,
        **more: P.kwargs,
    ) -> None:
        """Have a caller read again meanwhile, where half of the time is over that it counts."""
        if caller.renewing or self._clock() < caller.seen + TRUSTED / 2:
            return
        task = asyncio.ensure_future(read(*args, **more))
        caller.renewing.append(task)
        task.add_done_callback(_look_at)

    async def reading(
        self, token: str, stamp: str | None, read: Callable[[], Principal | None]
    ) -> Principal | None:
        """Return who is behind a token, which is read once for all who ask with the same stamp.

        After a commit the widgets of a page would else all read the same at the same moment.
        """
        flight = asyncio.get_running_loop(), digest(token), stamp
        task = self._flights.get(flight) if stamp is not None else None
        if task is None:
            task = self._flights[flight] = asyncio.ensure_future(asyncio.to_thread(read))
            task.add_done_callback(partial(self._landed, flight))
        # Whoever gives up must not take it from the others.
        return await asyncio.shield(task)

    def _landed(self, flight: Flight, task: asyncio.Task[Principal | None]) -> None:
        self._flights.pop(flight, None)
        _look_at(task)


def scope(principal: Principal) -> str:
    """Return what decides which results a caller sees, and in which language by default."""
    roles = sorted([*principal.roles, *principal.scopes])
    base = f"{principal.organization_id} {principal.language} {roles}"
    if principal.all_units:
        return f"{base} all"
    parts = (principal.units, principal.led, principal.granted)
    return f"{base} {principal.person_id} {[sorted(part) for part in parts]}"


callers_of = one_each(Callers)
"""The callers of an application in this process."""


async def principal_of(
    application: Application,
    token: str | None,
    origin: str | None = None,
    *,
    address: str | None = None,
) -> Principal:
    """Return who is behind a token, as ``asker_of`` does."""
    return (await asker_of(application, token, origin, address=address))[0]


async def asker_of(
    application: Application,
    token: str | None,
    origin: str | None = None,
    *,
    address: str | None = None,
) -> tuple[Principal, dict[Any, Any]]:
    """Return who is behind a token, ANONYMOUS where nobody is, and what was read for them just now.

    A guest's token counts in pages of its own ``origin`` alone, and in ours, which hold the frames.
    Raises Unavailable where strangers at ``address`` ask too fast to be looked up.
    """
    if not token:
        return ANONYMOUS, {}
    now = application.clock()
    # A respondent's token needs no database, and submitting is the hottest path.
    found = respondent_principal(application.secret, token, now)
    if found is not None:
        return found, {}
    callers = callers_of(application)
    stamp = await callers.stamp()
    known = callers.find(token, stamp)
    if known is not None:
        callers.renew(known, read_again, application, token)
        return known.principal, known.rows
    if address is not None and not callers.knew(token):
        pace_of(application).require_room(address)
    found = await _read(application, token, stamp)
    if found is None or (found.guest and origin not in (None, found.guest.origin)):
        return ANONYMOUS, {}
    caller = callers.note(token, found, stamp)
    return found, {} if caller is None else caller.rows


async def read_again(application: Application, token: str) -> None:
    """Read who is behind a token before what is known of it counts no more."""
    callers = callers_of(application)
    stamp = await callers.stamp()
    found = await _read(application, token, stamp)
    if found is not None:
        callers.note(token, found, stamp)


async def _read(application: Application, token: str, stamp: str | None) -> Principal | None:
    now, settings = application.clock(), application.settings

    def read() -> Principal | None:
        return authenticate(
            application.database,
            application.secret,
            token,
            now,
            issuer=settings.public_url,
            operators_need_factor=settings.operators_second_factor,
        )

    return await callers_of(application).reading(token, stamp, read)


def _look_at(task: asyncio.Future[Any]) -> None:
    """Look at the error of something that perhaps nobody waits for any more."""
    if not task.cancelled():
        task.exception()


def digest(token: str) -> bytes:
    """Return under which bytes a token is known, which nobody can use as one."""
    return hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=16).digest()
