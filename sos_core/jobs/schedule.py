"""The schedule: calls every sweep again and again; a sweep that fails stops no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from sos_core.clock import Clock
from sos_core.telemetry import Telemetry

log = structlog.get_logger(__name__)

Sweep = Callable[[datetime], None]
"""Looks for what has become due at an instant and enqueues it; idempotent and cheap."""
INTERVAL = 15.0


class Schedule:
    """A thread that gives the sweeps the injected clock's time about every ``interval`` seconds."""

    def __init__(
        self,
        sweeps: Mapping[str, Sweep],
        *,
        clock: Clock,
        telemetry: Telemetry,
        interval: float = INTERVAL,
    ) -> None:
        self.sweeps = sweeps
        self.clock = clock
        self.telemetry = telemetry
        self.interval = interval
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sos-schedule", daemon=True)

    def start(self) -> None:
        """Begin with a first round at once."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Let the sweep that runs finish, for at most ``timeout`` seconds."""
        self._stopped.set()
        self._thread.join(timeout)

    def round(self) -> None:
        """Call every sweep once; log and count those that fail."""
        for name, sweep in list(self.sweeps.items()):
            if self._stopped.is_set():
                return
            try:
                sweep(self.clock())
            except Exception:
                # Whatever one room got wrong, the other rooms' work goes on; it is tried again.
                log.exception("sweep failed", sweep=name)
                self.telemetry.sweep_failed(name)

    def _run(self) -> None:
        self.round()
        while not self._stopped.wait(self.interval):
            self.round()
