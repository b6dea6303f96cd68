"""How often somebody may try: counted in memory, for each caller and thing that is tried."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from sos_core.application import Application
from sos_core.errors import Unavailable
from sos_graphql.one_each import one_each

log = structlog.get_logger(__name__)
KEYS = 20_000
ATTEMPTS = 10
ATTEMPTS_OF_ADDRESS = 300
ATTEMPTS_WITH_CODE = 5
WINDOW = timedelta(minutes=5)


class Throttle:
    """Lets through ``most`` attempts of one key within ``window``; bounded in memory."""

    def __init__(self, clock: Callable[[], datetime], *, most: int, window: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._window = window
        self._attempts: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, key: str, *, most: int | None = None) -> None:
        """Count an attempt; raise Unavailable, with the wait, where there were too many.

        ``most`` stands for the usual number: a whole office may come from one address.
        """
        now = self._clock()
        with self._lock:
            attempts = self._attempts.setdefault(key, deque())
            self._attempts.move_to_end(key)
            while attempts and attempts[0] <= now - self._window:
                attempts.popleft()
            if len(self._attempts) > KEYS:
                self._attempts.popitem(last=False)
            if len(attempts) >= (most or self._most):
                wait = (attempts[0] + self._window - now).total_seconds()
                log.warning("too_many_attempts", counted_by=key.partition(" ")[0])
                raise Unavailable(
                    "There were too many attempts.",
                    "Wait a few minutes, then try again.",
                    code="too_many_attempts",
                    retry_after=max(wait, 1.0),
                )
            attempts.append(now)


sign_in_throttle = one_each(
    lambda application: Throttle(application.clock, most=ATTEMPTS, window=WINDOW)
)
"""What counts attempts to sign in, by address and account, on all roads together."""


def count_sign_in(application: Application, address: str, email: str) -> None:
    """Count an attempt with a password, by address and by account; raise Unavailable."""
    throttle = sign_in_throttle(application)
    throttle.check(f"address {address}", most=ATTEMPTS_OF_ADDRESS)
    throttle.check(f"account {email.strip().casefold()[:320]}")


def count_code(application: Application, actor: str, organization_id: int | None) -> None:
    """Count an attempt with a code: fewer are let through, since codes are short."""
    key = f"code {organization_id or 0} {actor}"
    sign_in_throttle(application).check(key, most=ATTEMPTS_WITH_CODE)
