"""One database: sessions for reading and writing, and the gate that lets one writer in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker

from sos_core.database.changes import Changes
from sos_core.database.engine import make_database_engine
from sos_core.database.failing import as_unavailable
from sos_core.database.gate import Gate, Sign, WriteGate
from sos_core.database.session import ORGANIZATION, OrganizationSession
from sos_core.errors import Unavailable

SMALLEST_WRITE = "UPDATE alembic_version SET version_num = version_num"
"""Changes nothing, and yet needs all that a write needs."""


class Database:
    """Sessions on one database; every write of this process passes ``write_gate``.

    SQLite has one writer: waiting for it inside the process is fair and quick, waiting inside
    SQLite is neither. On PostgreSQL the gate is always open.
    """

    def __init__(self, url: str) -> None:
        self.engine: Engine = make_database_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.changes = Changes(self.engine)
        self._refused: Unavailable | None = None
        self._gate: Gate = WriteGate()
        self._readers = sessionmaker(self.engine, class_=OrganizationSession)
        self._writers = sessionmaker(
            self.engine.execution_options(sos_write=True), class_=OrganizationSession
        )

    @property
    def write_gate(self) -> AbstractContextManager[object]:
        """Return the lock that a writer of this process holds for its whole transaction."""
        return self._passing(urgent=False)

    def put_behind(self, gate: Gate) -> None:
        """Have writers pass another gate: a child process stands in the queue of its parent."""
        self._gate = gate

    def is_wanted(self) -> bool:
        """Tell whether somebody waits at the write gate: a long work ends its transaction then."""
        return self.is_sqlite and self._gate.wanted

    def showing_who_waits(self, sign: Sign) -> AbstractContextManager[None]:
        """Keep the number of those who wait at the write gate in ``sign`` during the block."""
        return self._gate.shown_in(sign)

    @contextmanager
    def read(self, organization_id: int | None) -> Iterator[OrganizationSession]:
        """Open a session that reads one organization (None: global tables only).

        Raises Unavailable when the database is away or busy.
        """
        with _failing_in_words(), self._readers(info={ORGANIZATION: organization_id}) as session:
            yield session

    @contextmanager
    def write(
        self, organization_id: int | None, *, urgent: bool = False
    ) -> Iterator[OrganizationSession]:
        """Open a session whose transaction commits at the end of the block, or rolls back.

        Who is ``urgent`` goes before the others who wait at the gate: respondents, whom people or
        programs with much to write would otherwise keep waiting.

        Raises Unavailable when the database is away, busy, full or read-only. Whether a commit whose
        connection was lost has happened cannot be known: whoever tries again must be idempotent.
        """
        try:
            with (
                _failing_in_words(),
                self._passing(urgent=urgent),
                self._writers(
                    info={ORGANIZATION: organization_id}, expire_on_commit=False
                ) as session,
                session.begin(),
            ):
                yield session
        except Unavailable as error:
            if isinstance(error.__cause__, SQLAlchemyError):
                self._refused = error
            raise
        self._refused = None

    def refuses_writes(self) -> Unavailable | None:
        """Return why nothing can be written, None where all is well.

        Tries it only where the last write failed, so that asking costs nothing in good times.
        """
        if self._refused is not None:
            with suppress(Unavailable), self.write(None) as session:
                session.execute(text(SMALLEST_WRITE))
        return self._refused

    def carry(self, name: str, thing: object) -> None:
        """Give every session that is opened from now on ``thing`` under ``name`` in its ``info``."""
        for sessions in (self._readers, self._writers):
            sessions.configure(info={**sessions.kw.get("info", {}), name: thing})

    def on_commit(self, function: Callable[[OrganizationSession], None]) -> None:
        """Call ``function`` with the session after each commit of a write, in its thread."""
        event.listen(self._writers, "after_commit", function)

    def close(self) -> None:
        """Close every connection."""
        self.changes.close()
        self.engine.dispose()

    def _passing(self, *, urgent: bool) -> AbstractContextManager[object]:
        return self._gate.passing(urgent=urgent) if self.is_sqlite else nullcontext()


@contextmanager
def _failing_in_words() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        unavailable = as_unavailable(error)
        if unavailable is None:
            raise
        raise unavailable from error
