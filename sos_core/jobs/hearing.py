"""How a process hears the signals of others: a LISTEN connection, or a look at the SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from sos_core.database import Database
from sos_core.errors import Unavailable
from sos_core.jobs.tables import Signal

log = structlog.get_logger(__name__)

Topic = tuple[int, str]
CHANNEL = "sos_signal"
INTERVAL = 1.0

Wake = Callable[[Topic | None], None]
"""Called with the topic that was signaled, or None when any may have been."""


class Hearing:
    """A thread that listens until it is stopped; ``begin`` has listened when it returns."""

    def __init__(self, database: Database, wake: Wake) -> None:
        self.database = database
        self.wake = wake
        self.connection: Any = None
        self.lost = (Unavailable, SQLAlchemyError, database.engine.dialect.loaded_dbapi.Error)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name="sos-signals", daemon=True)

    def begin(self) -> None:
        """Connect, then listen in a thread."""
        self._try_to_connect()
        self.thread.start()

    def end(self) -> None:
        """Stop listening and close the connection."""
        self.stopped.set()
        self.thread.join()

    def connect(self) -> None:
        """Open the connection to listen on."""
        raw = self.database.engine.raw_connection()
        # A connection of its own for as long as the process lives has no place in the pool.
        raw.detach()
        self.connection = raw.dbapi_connection

    def listen(self) -> None:
        """Wait for a short while and wake for every signal that came."""
        raise AssertionError("Each kind of hearing has its own way to listen.")

    def _try_to_connect(self) -> bool:
        try:
            self.connect()
        except self.lost:
            log.warning("signals of other processes cannot be heard yet")
            self._disconnect()
            return False
        return True

    def _run(self) -> None:
        while not self.stopped.is_set():
            if self.connection is None:
                self.stopped.wait(INTERVAL)
                if self._try_to_connect():
                    self.wake(None)
                continue
            try:
                self.listen()
            except self.lost:
                log.warning("the connection that hears signals was lost")
                self._disconnect()
        self._disconnect()

    def _disconnect(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


class PostgresHearing(Hearing):
    """Hears NOTIFY, of this process too."""

    def connect(self) -> None:
        """Open the connection and LISTEN."""
        super().connect()
        self.connection.autocommit = True
        self.connection.execute(f"LISTEN {CHANNEL}")

    def listen(self) -> None:
        """Wake for each notification of the next moments."""
        for notice in self.connection.notifies(timeout=INTERVAL / 2):
            organization_id, _, topic = notice.payload.partition(":")
            self.wake((int(organization_id), topic))


class SqliteHearing(Hearing):
    """Looks whether the file changed; only then reads the counters of signals."""

    def __init__(self, database: Database, wake: Wake) -> None:
        super().__init__(database, wake)
        self.version = -1
        self.counts: dict[Topic, int] = {}

    def connect(self) -> None:
        """Open the connection and take note of the counters."""
        super().connect()
        self.version = self._data_version()
        self.counts = self._read_counts()

    def listen(self) -> None:
        """Wait, then wake for each counter that moved."""
        self.stopped.wait(INTERVAL)
        version = self._data_version()
        if version == self.version:
            return
        self.version = version
        counts = self._read_counts()
        for topic, count in counts.items():
            if count != self.counts.get(topic):
                self.wake(topic)
        self.counts = counts

    def _data_version(self) -> int:
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def _read_counts(self) -> dict[Topic, int]:
        with self.database.read(None) as session:
            rows = session.execute(select(Signal.organization_id, Signal.topic, Signal.count))
            return {(row[0], row[1]): row[2] for row in rows}
