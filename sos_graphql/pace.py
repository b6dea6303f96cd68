"""How fast somebody may ask: for each one who asks a bucket, which requests empty and time refills.

A bucket holds a minute's worth of requests, so that a page with many widgets, or an office that
opens its invitations, may ask them all at once. Every request weighs one: what a document may cost
is bounded by ``limits``. For the event loop's thread alone; each process counts for itself.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

from sos_core.access.principal import Principal
from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_core.surveys.links import read_personal_token
from sos_graphql.one_each import one_each

log = structlog.get_logger(__name__)
KEYS = 20_000
MINUTE = 60.0
TOO_MANY = "too_many_requests"
NETWORK_BITS = 64
"""What one subscriber has of IPv6 at least: single addresses there are no bound at all."""


class Buckets:
    """Buckets of one size, by key: each is the time at which it will be full again.

    Bounded in memory: those that were used longest ago are forgotten, and are full when they
    come back.
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._each = MINUTE / a_minute
        self._deepest = MINUTE + self._each / 1000  # since sums of floats are not exact
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """Return how many buckets are kept in mind."""
        return len(self._full_at)

    def take(self, key: str) -> float:
        """Take one request out of a bucket; return 0, or the seconds to wait where it is empty."""
        now, buckets = self._clock(), self._full_at
        full_at = max(buckets.get(key, now), now) + self._each
        wait = full_at - now - self._deepest
        if wait > 0:
            return wait
        buckets[key] = full_at
        buckets.move_to_end(key)
        if len(buckets) > KEYS:
            buckets.popitem(last=False)
        return 0.0

    def lacking(self, key: str) -> float:
        """Return the seconds until a request could be taken, 0 where it could be now."""
        now = self._clock()
        return max(0.0, self._full_at.get(key, now) + self._each - now - self._deepest)


@dataclass(frozen=True, slots=True)
class Counted:
    """Whom a request is counted for; ``shared`` where many people may be behind the one name."""

    kind: str
    organization_id: int
    name: str
    shared: bool = False
    key: str = field(init=False)
    """The name of the bucket."""

    def __post_init__(self) -> None:
        """Make the name once, since every request asks for it."""
        object.__setattr__(self, "key", f"{self.kind} {self.organization_id}:{self.name}")


NOBODY = Counted("address", 0, "", shared=True)


class Pace:
    """Counts the requests of everybody, and refuses those that come too fast."""

    def __init__(
        self, application: Application, clock: Callable[[], float] = time.monotonic
    ) -> None:
        settings = application.settings
        self.own = Buckets(settings.requests_per_minute, clock)
        self.shared = Buckets(settings.requests_per_minute_shared, clock)
        self._clock = clock
        self._telemetry = application.telemetry
        self._told: OrderedDict[str, float] = OrderedDict()

    def count(self, counted: Counted) -> None:
        """Count a request; raise Unavailable, with the wait, where there were too many."""
        wait = (self.shared if counted.shared else self.own).take(counted.key)
        if wait > 0:
            self.refuse(counted, wait)

    def require_room(self, address: str) -> None:
        """Raise Unavailable where an address has used up what strangers there may ask.

        It is asked before the database is, about a token that nobody has shown lately.
        """
        counted = at_address(address)
        wait = self.shared.lacking(counted.key)
        if wait > 0:
            self.refuse(counted, wait)

    def refuse(self, counted: Counted, wait: float) -> NoReturn:
        """Raise Unavailable for one who has to wait so many seconds; it is counted and logged."""
        self._telemetry.request_refused(counted.kind)
        now = self._clock()
        if self._told.get(counted.key, now) <= now:
            # Once a minute for each: the log must not be what a flood fills.
            self._told[counted.key] = now + MINUTE
            if len(self._told) > KEYS:
                self._told.popitem(last=False)
            who: dict[str, object] = {}
            if counted.kind not in UNNAMED:
                actor = f"{counted.kind}:{counted.name}"
                who = {"actor": actor, "organization": counted.organization_id}
            log.warning(TOO_MANY, counted_by=counted.kind, **who)
        raise too_many(wait)


UNNAMED = frozenset({"address", "respondent", "embedding"})
"""Kinds that the log tells nothing more of: an address may be somebody's home."""


def too_many(wait: float) -> Unavailable:
    """Return the error for one who asks too fast and should wait for so many seconds."""
    return Unavailable(
        "There were too many requests in a short time.",
        "Wait a moment, then try again.",
        code=TOO_MANY,
        retry_after=max(wait, 1.0),
    )


def counted_for(principal: Principal, address: str) -> Counted:
    """Return whom a request is counted for: the one who asks, for strangers their address."""
    organization_id = principal.organization_id or 0
    if principal.guest is not None:
        return Counted("embedding", organization_id, str(principal.guest.widget_id), shared=True)
    if principal.account_id or principal.operator_id or principal.key_id:
        kind, _, number = principal.actor.partition(":")
        return Counted(kind, organization_id, number)
    if principal.survey_id is not None:
        return of_respondent(organization_id, principal.survey_id, principal.person_id)
    return at_address(address)


def of_respondent(organization_id: int, survey_id: int, person_id: int | None) -> Counted:
    """Return the name under which a respondent's requests are counted."""
    return Counted("respondent", organization_id, f"{survey_id}:{person_id}")


def behind_link(application: Application, link: str) -> Counted | None:
    """Return whose requests those to a personal link's pages are, None where we did not sign it.

    An office that answers from one address is thus not counted as one.
    """
    found = read_personal_token(application.secret, link)
    if found is None:
        return None
    return of_respondent(found.organization_id, found.survey_id, found.person_id)


def at_address(address: str) -> Counted:
    """Return the name under which strangers of one network address are counted."""
    return Counted("address", 0, address, shared=True)


def network_of(address: str) -> str:
    """Return an address as far as one subscriber has it: the whole of IPv4, half of IPv6.

    That is the address that everything is counted by.

    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    """
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, NETWORK_BITS), strict=False))


pace_of = one_each(Pace)
"""What counts the requests of an application in this process."""
