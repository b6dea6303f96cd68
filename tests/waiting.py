"""Waits for what other threads do, without a sleep and not for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

TICK, TICKS = 0.001, 60_000


def until(what: Callable[[], bool]) -> None:
    """Wait until something holds; fail after a minute."""
    for _ in range(TICKS):
        if what():
            return
        threading.Event().wait(TICK)
    raise TimeoutError
