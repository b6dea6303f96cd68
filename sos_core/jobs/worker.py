"""A process that does nothing but jobs, until it is asked to stop."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog

from sos_core.errors import Unavailable
from sos_core.jobs.runner import Jobs

log = structlog.get_logger(__name__)


def work_until_stopped(jobs: Jobs, *, threads: int, drain_seconds: float = 30.0) -> None:
    """Run jobs until SIGTERM or SIGINT; then finish those that run, for ``drain_seconds`` at most.

    Raises Unavailable when every thread hangs, so that whoever runs the process starts a new one.
    Called in the main thread, which alone hears signals.
    """
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        jobs.start(threads)
        log.info("working", threads=threads)
        # A signal that another thread caught is handled here once this thread turns over in its sleep.
        while not stopped.wait(1.0):
            if jobs.exhausted:
                drain_seconds = 0.0
                raise _exhausted()
        log.info("stopping")
    finally:
        jobs.stop(drain_seconds)
        for number, handler in before.items():
            signal.signal(number, handler)


def _exhausted() -> Unavailable:
    return Unavailable(
        "Every thread of this worker hangs in a job that was given up.",
        "Start the worker again, and look at `sos jobs list --state dead`.",
        code="worker_exhausted",
        retry_after=1,
    )
