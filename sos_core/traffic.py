"""Who is being answered: work that nobody waits for lets those go first."""

from __future__ import annotations

import threading
from types import TracebackType


class Traffic:
    """Counts what people wait for; each is a ``with`` block, on any thread.

    Threads of one process share an interpreter, and each that wants it gets an equal part of it. So
    a few that work off a long queue would leave little to the one that answers everybody.
    """

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._number = 0
        self._none = threading.Event()
        self._none.set()

    def __enter__(self) -> None:
        """Count one more who waits."""
        with self._counting:
            self._number += 1
            if self._number == 1:
                self._none.clear()

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
                self._none.set()

    def let_pass(self, patience: float) -> bool:
        """Return when nobody waits (true), or after ``patience`` seconds."""
        return self._none.wait(patience)
