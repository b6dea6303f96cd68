"""The gate before SQLite's one writer, which knows whether anybody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Protocol


class Sign(Protocol):
    """A number that others can see, in other processes too."""

    value: int


class Gate(Protocol):
    """What a writer holds for its whole transaction; ``wanted``: somebody else waits for it."""

    @property
    def wanted(self) -> bool:
        """Tell whether somebody waits."""
        ...

    def shown_in(self, sign: Sign) -> AbstractContextManager[None]:
        """Keep the number of those who wait in ``sign`` during the block."""
        ...

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class WriteGate:
    """A lock that its holder may take again, and that counts who waits for it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._signs: list[Sign] = []

    @property
    def wanted(self) -> bool:
        """Tell whether another thread waits."""
        return self._waiting > 0

    @contextmanager
    def shown_in(self, sign: Sign) -> Iterator[None]:
        """Keep the number of those who wait in ``sign`` during the block."""
        with self._counting:
            self._signs.append(sign)
            sign.value = self._waiting
        try:
            yield
        finally:
            with self._counting:
                self._signs.remove(sign)

    def __enter__(self) -> None:
        """Take the lock, at once or after whoever holds it."""
        if self._lock.acquire(blocking=False):
            return
        self._count(1)
        try:
            self._lock.acquire()
        finally:
            self._count(-1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the next one in."""
        self._lock.release()

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more
            for sign in self._signs:
                sign.value = self._waiting
