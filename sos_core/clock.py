"""The time of day, injectable everywhere so that tests and the demonstration can choose it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""A function that returns the present instant, aware and in UTC."""


def now() -> datetime:
    """Return the present instant of the machine's clock, in UTC."""
    return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved; for tests and for building a past."""

    def __init__(self, start: datetime) -> None:
        self.instant = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the instant at which the clock stands."""
        return self.instant

    def set(self, instant: datetime) -> None:
        """Move the clock to ``instant``, forwards or backwards."""
        self.instant = instant.astimezone(UTC)

    def advance(self, **parts: float) -> None:
        """Move the clock on by ``timedelta(**parts)``."""
        self.instant += timedelta(**parts)
