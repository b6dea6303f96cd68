"""One database: sessions for reading and writing, and the gate that lets one writer in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine, event
from sqlalchemy.orm import sessionmaker

from sos_core.database.engine import make_database_engine
from sos_core.database.session import ORGANIZATION, OrganizationSession


class Database:
    """Sessions on one database; every write of this process passes ``write_gate``.

    SQLite has one writer: waiting for it inside the process is fair and quick, waiting inside
    SQLite is neither. On PostgreSQL the gate is always open.
    """

    def __init__(self, url: str) -> None:
        self.engine: Engine = make_database_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._gate = threading.RLock()
        self._readers = sessionmaker(self.engine, class_=OrganizationSession)
        self._writers = sessionmaker(
            self.engine.execution_options(sos_write=True), class_=OrganizationSession
        )

    @property
    def write_gate(self) -> threading.RLock | nullcontext[None]:
        """Return the lock that a writer of this process holds for its whole transaction."""
        return self._gate if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self, organization_id: int | None) -> Iterator[OrganizationSession]:
        """Open a session that reads one organization (None: global tables only)."""
        with self._readers(info={ORGANIZATION: organization_id}) as session:
            yield session

    @contextmanager
    def write(self, organization_id: int | None) -> Iterator[OrganizationSession]:
        """Open a session whose transaction commits at the end of the block, or rolls back."""
        with (
            self.write_gate,
            self._writers(info={ORGANIZATION: organization_id}, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def on_commit(self, function: Callable[[OrganizationSession], None]) -> None:
        """Call ``function`` with the session after each commit of a write, in its thread."""
        event.listen(self._writers, "after_commit", function)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
