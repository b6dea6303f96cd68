"""The gate before SQLite's one writer, which knows whether anybody waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
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

    def passing(self, *, urgent: bool = False) -> AbstractContextManager[None]:
        """Hold the gate during the block; who is urgent goes before the others who wait."""
        ...


class Turn:
    """A thread that waits, and a lock that is opened when it is its turn."""

    def __init__(self, thread: int) -> None:
        self.thread = thread
        self.come = threading.Lock()
        self.come.acquire()


class WriteGate:
    """A lock that its holder may take again, and that is handed to whoever is next.

    Those who are urgent go before the others, each in the order of coming. One urgent thread keeps
    nobody out: while it works outside, the next of the others is let in.
    """

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._holder: int | None = None
        self._depth = 0
        self._urgent: deque[Turn] = deque()
        self._others: deque[Turn] = deque()
        self._signs: list[Sign] = []

    @property
    def wanted(self) -> bool:
        """Tell whether another thread waits."""
        return bool(self._urgent or self._others)

    @contextmanager
    def shown_in(self, sign: Sign) -> Iterator[None]:
        """Keep the number of those who wait in ``sign`` during the block."""
        with self._inner:
            self._signs.append(sign)
            self._show()
        try:
            yield
        finally:
            with self._inner:
                self._signs.remove(sign)

    @contextmanager
    def passing(self, *, urgent: bool = False) -> Iterator[None]:
        """Hold the gate during the block, at once or when it is our turn."""
        self._enter(urgent)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, urgent: bool) -> None:
        me, queue = threading.get_ident(), self._urgent if urgent else self._others
        with self._inner:
            if self._holder in (None, me):
                self._holder, self._depth = me, self._depth + 1
                return
            turn = Turn(me)
            queue.append(turn)
            self._show()
        try:
            turn.come.acquire()
        except BaseException:
            self._give_up(turn, queue)
            raise

    def _leave(self) -> None:
        with self._inner:
            self._depth -= 1
            if self._depth == 0:
                self._hand_on()

    def _give_up(self, turn: Turn, queue: deque[Turn]) -> None:
        """Leave the queue, or the gate where it was our turn meanwhile."""
        with self._inner:
            if turn in queue:
                queue.remove(turn)
                self._show()
            else:
                self._depth = 0
                self._hand_on()

    def _hand_on(self) -> None:
        queue = self._urgent or self._others
        if not queue:
            self._holder = None
            return
        turn = queue.popleft()
        self._holder, self._depth = turn.thread, 1
        self._show()
        turn.come.release()

    def _show(self) -> None:
        for sign in self._signs:
            sign.value = len(self._urgent) + len(self._others)
