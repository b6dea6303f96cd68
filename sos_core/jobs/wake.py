"""A bell that many threads can wait for without missing a ring."""

from __future__ import annotations

import threading


class Bell:
    """Counts its rings, so that a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self.count = 0
        self._condition = threading.Condition()

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait(self, count: int, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for a ring after the ``count``-th; tell if one came."""
        with self._condition:
            return self._condition.wait_for(lambda: self.count != count, timeout)
