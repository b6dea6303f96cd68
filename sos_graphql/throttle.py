"""How often somebody may try to get in: by address, by account, and with codes."""

from __future__ import annotations

from collections.abc import Iterable

from sos_core.access.continuation import Holder
from sos_core.access.counting import Limit, count_attempt
from sos_core.access.names import sign_in_key
from sos_graphql.context import Context

ATTEMPTS = 10
ATTEMPTS_OF_ADDRESS = 300
ATTEMPTS_WITH_CODE = 5


async def count_sign_in(asker: Context, email: str) -> None:
    """Count an attempt with a password, by address and by account; raise Unavailable.

    An account is counted in the form in which it is looked up: each spelling would else be a try
    of its own. What can be no account's address is counted by the caller's alone.
    """
    key = sign_in_key(email)
    own = () if key is None else (Limit(f"account {key}", ATTEMPTS),)
    await _count(asker, _address(asker), *own)


async def count_codes(asker: Context, holders: Iterable[Holder]) -> None:
    """Count an attempt with a code for each account that it is tried on; raise Unavailable.

    Fewer are let through than passwords, since codes are short.
    """
    keys = {f"code {holder.organization_id or 0} {holder.actor}" for holder in holders}
    await _count(asker, *(Limit(key, ATTEMPTS_WITH_CODE) for key in keys))


async def count_own(asker: Context) -> None:
    """Count an attempt to prove oneself at an open session; raise Unavailable.

    Apart from those at the door, so that nobody there keeps the owner from it.
    """
    holder = asker.holder
    await _count(asker, Limit(f"own {holder.organization_id or 0} {holder.actor}", ATTEMPTS))


async def count_stranger(asker: Context, kind: str = "address") -> None:
    """Count an attempt of a kind by the address alone; raise Unavailable.

    Many are let through: a whole office may come from one address.
    """
    await _count(asker, _address(asker, kind))


def _address(asker: Context, kind: str = "address") -> Limit:
    return Limit(f"{kind} {asker.address}", ATTEMPTS_OF_ADDRESS)


async def _count(asker: Context, *limits: Limit) -> None:
    application, now = asker.application, asker.now
    await asker.call(
        lambda: count_attempt(application.database, application.secret, limits, now=now)
    )
