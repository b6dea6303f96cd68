"""Signals wake those who wait for a change: a topic and an organization, and no data.

Whoever is woken reads again under its own rights. On PostgreSQL a signal is a NOTIFY in the causing
transaction, heard by one connection a process. On SQLite the process of the cause is woken when it
has committed; other processes look once a second whether the file changed and which counters did.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.jobs.hearing import CHANNEL, Hearing, PostgresHearing, SqliteHearing, Topic
from sos_core.jobs.tables import Signal

SIGNALS = "signals"


def send_signal(session: OrganizationSession, topic: str) -> None:
    """Wake those who listen to ``topic`` in the session's organization, once it has committed."""
    organization_id = session.organization_id
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, f"{organization_id}:{topic}")))
        return
    statement = sqlite.insert(Signal).values(organization_id=organization_id, topic=topic, count=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Signal.organization_id, Signal.topic],
            set_={"count": Signal.count + 1},
        )
    )
    session.info.setdefault(SIGNALS, set()).add((organization_id, topic))


class Subscription:
    """An asynchronous iterator that yields once for one or more signals since the last time.

    It counts from its creation: subscribe first, then read, and no change is missed.
    """

    def __init__(self, signals: Signals, topic: Topic) -> None:
        self.topic = topic
        self.closed = False
        self._signals = signals
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Let the iterator yield; may be called from any thread."""
        with suppress(RuntimeError):  # a loop that has ended waits for nothing any more
            self._loop.call_soon_threadsafe(self._woken.set)

    def close(self) -> None:
        """End the iteration and forget the subscription."""
        self.closed = True
        self._signals.forget(self)
        self.wake()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        if not self.closed:
            await self._woken.wait()
        if self.closed:
            raise StopAsyncIteration
        self._woken.clear()


class Signals:
    """The subscriptions of one process; it begins to hear others at the first one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._subscriptions: dict[Topic, weakref.WeakSet[Subscription]] = {}
        self._lock = threading.RLock()
        self._hearing: Hearing | None = None
        database.on_commit(self._committed)

    def listen(self, organization_id: int, topic: str) -> Subscription:
        """Return a subscription to ``topic`` of an organization; call it inside the event loop."""
        subscription = Subscription(self, (organization_id, topic))
        with self._lock:
            self._subscriptions.setdefault(subscription.topic, weakref.WeakSet()).add(subscription)
            if self._hearing is None:
                kind = SqliteHearing if self.database.is_sqlite else PostgresHearing
                self._hearing = kind(self.database, self._wake)
                self._hearing.begin()
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Take a subscription out; a subscription that nobody holds any more goes by itself."""
        with self._lock:
            left = self._subscriptions.get(subscription.topic)
            if left is not None:
                left.discard(subscription)
                if not left:
                    del self._subscriptions[subscription.topic]

    def close(self) -> None:
        """End every subscription and stop hearing."""
        with self._lock:
            hearing, self._hearing = self._hearing, None
            subscriptions = [each for some in self._subscriptions.values() for each in some]
        for subscription in subscriptions:
            subscription.close()
        if hearing is not None:
            hearing.end()

    def _wake(self, topic: Topic | None) -> None:
        with self._lock:
            if topic is None:
                woken = [each for some in self._subscriptions.values() for each in some]
            else:
                woken = list(self._subscriptions.get(topic, ()))
        for subscription in woken:
            subscription.wake()

    def _committed(self, session: OrganizationSession) -> None:
        for topic in session.info.pop(SIGNALS, ()):
            self._wake(topic)
