"""Group commit: threads that write what many callers wait for in one transaction."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from sos_core.errors import SosError, Unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Write = Callable[[Sequence[Item]], Sequence[Outcome | SosError]]
"""Writes items in one transaction and tells the outcome of each; a SosError is that item's own."""


class GroupWriter(Generic[Item, Outcome]):
    """A bounded queue before ``threads`` writers; what is acknowledged is committed.

    When a group fails, its items are written one by one, so that one bad item harms no other.
    """

    def __init__(
        self,
        write: Write[Item, Outcome],
        *,
        threads: int = 1,
        most_waiting: int = 2000,
        most_at_once: int = 200,
        pause: float = 0.0,
    ) -> None:
        """``pause``: seconds between two groups of a thread, in which the next one gathers.

        An item that comes to a thread at rest is written at once.
        """
        self._write = write
        self._pause = pause
        self._most_at_once = most_at_once
        self._queue: queue.Queue[tuple[Item, Future[Outcome]] | None] = queue.Queue(most_waiting)
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"ballot-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, item: Item) -> Future[Outcome]:
        """Queue an item and return its future; raise Unavailable when the queue is full."""
        future: Future[Outcome] = Future()
        try:
            if self._ending.is_set():
                raise queue.Full
            self._queue.put_nowait((item, future))
        except queue.Full as error:
            raise Unavailable(
                "The server has too much to write at this moment; nothing was lost.",
                "Try again in a few seconds.",
                code="too_busy",
                retry_after=2,
            ) from error
        return future

    def close(self) -> None:
        """Take no more items, write those that wait, and end the threads."""
        self._ending.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            stop = False
            while len(group) < self._most_at_once:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stop = True
                    break
                group.append(more)
            self._write_group(group)
            if stop:
                return
            self._ending.wait(self._pause)

    def _write_group(self, group: Sequence[tuple[Item, Future[Outcome]]]) -> None:
        try:
            outcomes = self._write([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, each caller must hear of it
            # No item is to blame for a database that is away: each alone would wait for it again.
            if len(group) == 1 or isinstance(error, Unavailable):
                for _, future in group:
                    future.set_exception(error)
                return
            for pair in group:
                self._write_group([pair])
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, SosError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
