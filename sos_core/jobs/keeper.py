"""The thread that renews this process's leases and frees those of workers that died."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import structlog

from sos_core.jobs import leases
from sos_core.jobs.broker import SqlBroker

log = structlog.get_logger(__name__)


class LeaseKeeper:
    """Works at a third of a lease's length, so that two turns may fail before a lease is lost."""

    def __init__(self, broker: SqlBroker) -> None:
        self.broker = broker
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sos-leases", daemon=True)

    def __enter__(self) -> Self:
        self.turn()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def turn(self) -> None:
        """Give up what hangs, renew what is on this desk, free what has been left on others."""
        broker = self.broker
        broker.give_up_late()
        held = {delivery.lease for delivery in broker.held()}
        if held:
            with broker.database.write(None) as session:
                leases.renew(session, held, lease_ms=broker.lease_ms)
        with broker.database.read(None) as session:
            if not leases.has_doubtful_leases(session, lease_ms=broker.lease_ms):
                return
        with broker.database.write(None) as session:
            freed = leases.expire(session, now=broker.clock(), lease_ms=broker.lease_ms)
        if freed:
            log.warning("jobs freed from workers that died or froze", jobs=freed)

    def _run(self) -> None:
        while not self._stopped.wait(self.broker.lease_ms / 3000):
            try:
                self.turn()
            except Exception:
                # A thread that ended here would lose every lease of the process.
                log.exception("leases could not be renewed")
