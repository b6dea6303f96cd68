"""Group commit: threads that write what many callers wait for in one transaction."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sos_core.errors import SosError, Unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Write = Callable[[Sequence[Item]], Sequence[Outcome | SosError]]
"""Writes items in one transaction and tells the outcome of each; a SosError is that item's own."""
Loop = asyncio.AbstractEventLoop
Waiting = tuple[Item, asyncio.Future[Outcome]]


@dataclass(slots=True)
class Gathering(Generic[Item, Outcome]):
    """The group that an event loop is bringing together, and how large it was a turn ago."""

    began: float
    group: list[Waiting[Item, Outcome]] = field(default_factory=list)
    seen: int = 0


class GroupWriter(Generic[Item, Outcome]):
    """A bounded queue before ``threads`` writers; what is acknowledged is committed.

    What comes while the event loop is busy becomes one group, which is handed over when a turn of
    the loop has brought nothing more, or after ``patience`` seconds. A writer beside a busy loop
    would have to wait for the interpreter at each step, and the loop for the writer.

    When a group fails, its items are written one by one, so that one bad item harms no other.
    """

    def __init__(
        self,
        write: Write[Item, Outcome],
        *,
        threads: int = 1,
        most_waiting: int = 2000,
        most_at_once: int = 200,
        patience: float = 0.0,
    ) -> None:
        self._write = write
        self._patience = patience
        self._most_waiting = most_waiting
        self._most_at_once = most_at_once
        self._gathered: WeakKeyDictionary[Loop, Gathering[Item, Outcome]] = WeakKeyDictionary()
        self._ready: deque[Waiting[Item, Outcome]] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._threads = [
            threading.Thread(target=self._run, name=f"ballot-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, item: Item) -> asyncio.Future[Outcome]:
        """Queue an item and return its future, of the running event loop.

        Raises Unavailable when too many are waiting.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        with self._changed:
            gathering = self._gathered.get(loop)
            waiting = len(self._ready) + (len(gathering.group) if gathering else 0)
            if self._ended or waiting >= self._most_waiting:
                raise _too_busy()
            if gathering is None:
                gathering = self._gathered[loop] = Gathering(time.monotonic())
                loop.call_soon(self._look, loop)
            gathering.group.append((item, future))
        return future

    def close(self) -> None:
        """Take no more items, write those that wait, and end the threads."""
        with self._changed:
            self._ended = True
            for gathering in self._gathered.values():
                self._ready.extend(gathering.group)
            self._gathered.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _look(self, loop: Loop) -> None:
        """Hand over what has come in a loop, unless the last turn has brought more of it."""
        with self._changed:
            gathering = self._gathered.get(loop)
            if gathering is None:
                return
            count, waited = len(gathering.group), time.monotonic() - gathering.began
            if count > gathering.seen and waited < self._patience:
                gathering.seen = count
                loop.call_soon(self._look, loop)
                return
            del self._gathered[loop]
            self._ready.extend(gathering.group)
            self._changed.notify()

    def _run(self) -> None:
        while group := self._next():
            self._write_group(group)

    def _next(self) -> Sequence[Waiting[Item, Outcome]]:
        """Return the next group, which is empty in the end."""
        with self._changed:
            while not (self._ready or self._ended):
                self._changed.wait()
            count = min(len(self._ready), self._most_at_once)
            return [self._ready.popleft() for _ in range(count)]

    def _write_group(self, group: Sequence[Waiting[Item, Outcome]]) -> None:
        try:
            outcomes = self._write([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, each caller must hear of it
            # No item is to blame for a database that is away: each alone would wait for it again.
            if len(group) == 1 or isinstance(error, Unavailable):
                _tell([(future, error) for _, future in group])
                return
            for pair in group:
                self._write_group([pair])
            return
        _tell([(future, outcome) for (_, future), outcome in zip(group, outcomes, strict=True)])


Told = tuple[asyncio.Future[Outcome], Outcome | Exception]


def _tell(outcomes: Sequence[Told[Outcome]]) -> None:
    """Hand outcomes to those who wait, to all of one event loop at once."""
    told: dict[Loop, list[Told[Outcome]]] = defaultdict(list)
    for each in outcomes:
        told[each[0].get_loop()].append(each)
    for loop, mine in told.items():
        with suppress(RuntimeError):  # a loop that has ended waits for nothing any more
            loop.call_soon_threadsafe(_settle, mine)


def _settle(outcomes: Sequence[Told[Outcome]]) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue  # whoever asked gave up
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _too_busy() -> Unavailable:
    return Unavailable(
        "The server has too much to write at this moment; nothing was lost.",
        "Try again in a few seconds.",
        code="too_busy",
        retry_after=2,
    )
