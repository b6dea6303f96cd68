"""Whom tokens mean: read once, and taken for true while nothing at all was written since."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sos_core.access.principal import ANONYMOUS, Principal
from sos_core.access.queries import authenticate, respondent_principal
from sos_core.application import Application
from sos_graphql.pace import Counted, counted_for, pace_of

CALLERS = 2_000
TRUSTED = timedelta(seconds=1)
"""A token that comes to its end by itself may be good for so long after; a revoked one never is."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who was behind a token, and ``scope``: what decides what they see, equal for equal sights.

    ``counted`` is whom their requests are counted for.
    """

    principal: Principal
    scope: str
    counted: Counted
    stamp: str
    seen: datetime


class Callers:
    """The callers of the last moments; for the event loop's thread alone.

    A caller is forgotten with the next commit of anybody, so a token that was revoked, or a right
    that was taken away, counts in the very next request, in whichever process it was done.
    """

    def __init__(self, application: Application) -> None:
        self._changes = application.database.changes
        self._clock = application.clock
        self._known: OrderedDict[bytes, Caller] = OrderedDict()

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

    def note(self, token: str, principal: Principal, stamp: str | None) -> None:
        """Note who is behind a token: somebody with an account, or a program with a key.

        Guests are not noted: their tokens count in some pages and not in others.
        """
        if stamp is None or principal.organization_id is None or principal.guest is not None:
            return
        key = digest(token)
        self._known[key] = Caller(
            principal, scope(principal), counted_for(principal, ""), stamp, self._clock()
        )
        self._known.move_to_end(key)
        if len(self._known) > CALLERS:
            self._known.popitem(last=False)


def scope(principal: Principal) -> str:
    """Return what decides which results a caller sees, and in which language by default."""
    roles = sorted([*principal.roles, *principal.scopes])
    base = f"{principal.organization_id} {principal.language} {roles}"
    if principal.all_units:
        return f"{base} all"
    parts = (principal.units, principal.led, principal.granted)
    return f"{base} {principal.person_id} {[sorted(part) for part in parts]}"


_of_application: WeakKeyDictionary[Application, Callers] = WeakKeyDictionary()


def callers_of(application: Application) -> Callers:
    """Return the callers of an application in this process."""
    found = _of_application.get(application)
    if found is None:
        found = _of_application.setdefault(application, Callers(application))
    return found


async def principal_of(
    application: Application,
    token: str | None,
    origin: str | None = None,
    *,
    address: str | None = None,
) -> Principal:
    """Return who is behind a token, ANONYMOUS where nobody is.

    A guest's token counts in pages of its own ``origin`` alone, and in ours, which hold the frames.
    Raises Unavailable where strangers at ``address`` ask too fast to be looked up.
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
    if address is not None and not callers.knew(token):
        pace_of(application).require_room(address)
    issuer = application.settings.public_url
    found = await asyncio.to_thread(
        authenticate, application.database, application.secret, token, now, issuer=issuer
    )
    if found is None or (found.guest and origin not in (None, found.guest.origin)):
        return ANONYMOUS
    callers.note(token, found, stamp)
    return found


def digest(token: str) -> bytes:
    """Return under which bytes a token is known, which nobody can use as one."""
    return hashlib.blake2b(token.encode(), digest_size=16).digest()
