"""Who is being answered: work that nobody waits for lets those go first."""

from __future__ import annotations

import threading
import time
from types import TracebackType

CALM = 0.02
"""Seconds without anybody that are more than the pause between an answer and the next question."""


class Traffic:
    """Counts what people wait for; each is a ``with`` block, on any thread.

    Threads of one process share an interpreter, and each that wants it gets an equal part of it. So
    a few that work off a long queue would leave little to the one that answers everybody.
    """

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._number = 0
        self._some = threading.Event()
        self._none = threading.Event()
        self._none.set()
        self._since = float("-inf")

    def __enter__(self) -> None:
        """Count one more who waits."""
        with self._counting:
            self._number += 1
            if self._number == 1:
                self._none.clear()
                self._some.set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Count one less."""
        with self._counting:
            self._number -= 1
            if self._number == 0:
                self._since = time.monotonic()
                self._some.clear()
                self._none.set()

    def let_pass(self, patience: float) -> bool:
        """Return when nobody has come for a moment (true), or after ``patience`` seconds."""
        end = time.monotonic() + patience
        while self._none.wait(max(0.0, end - time.monotonic())):
            present = time.monotonic()
            left = min(self._since + CALM, end) - present
            if left <= 0 or not self._some.wait(left):
                return True
        return False
