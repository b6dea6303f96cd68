"""The jobs of one Application: its actors and sweeps, its workers, and a way to run all at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import dramatiq
import structlog
from dramatiq import Worker

from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.jobs import queries
from sos_core.jobs.broker import SqlBroker
from sos_core.jobs.keeper import LeaseKeeper
from sos_core.jobs.leases import Delivery
from sos_core.jobs.outbox import ENQUEUED, QUEUES
from sos_core.jobs.outcome import EXPECTED, LIMIT_SECONDS
from sos_core.jobs.retention import EffectPurge
from sos_core.jobs.schedule import Schedule, Sweep
from sos_core.telemetry import Telemetry
from sos_core.traffic import Traffic

log = structlog.get_logger(__name__)

IDLE_MS = 500
MOST_JOBS_A_DRAIN = 1_000_000
A_HANDFUL = 16


class Jobs:
    """Actors and sweeps that rooms register, and the workers that run them in this process."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        telemetry: Telemetry | None = None,
        traffic: Traffic | None = None,
        lease_seconds: float = 60.0,
    ) -> None:
        self.database = database
        self.clock = clock
        self.telemetry = telemetry or Telemetry()
        self.broker = SqlBroker(
            database,
            clock=clock,
            telemetry=self.telemetry,
            traffic=traffic or Traffic(),
            lease_seconds=lease_seconds,
        )
        for queue in QUEUES:
            self.broker.declare_queue(queue)
        self.sweeps: dict[str, Sweep] = {
            "jobs.measure_queue": self._measure_queue,
            "jobs.purge_effects": EffectPurge(database).sweep,
        }
        self._worker: Worker | None = None
        self._schedule: Schedule | None = None
        self._keeper = ExitStack()
        database.on_commit(self._wake)

    def actor(
        self,
        name: str,
        function: Callable[..., object],
        *,
        max_retries: int = 20,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        """Let jobs called ``room.verb`` run ``function(*args)``, which must be idempotent.

        TryLater and unexpected errors are tried again ``max_retries`` times over hours; errors that
        would come again (Rejected, Misconfigured, NotFound ...) lay the job aside for a person. So
        does an attempt that runs for more than ``limit_seconds``.
        """
        # The broker logs each failure itself, with the job's number: dramatiq need not do it again.

        def run(*args: Any) -> None:
            began = time.monotonic()
            try:
                with structlog.contextvars.bound_contextvars(actor=name):
                    function(*args)
            finally:
                self.telemetry.job_took(name, time.monotonic() - began)

        declare = dramatiq.actor(
            actor_name=name,
            broker=self.broker,
            max_retries=max_retries,
            limit_seconds=limit_seconds,
            throws=(Exception,),
        )
        declare(run)

    def sweep(self, name: str, function: Sweep) -> None:
        """Let the schedule call ``function(now)`` about every 15 seconds."""
        if name in self.sweeps:
            raise ValueError(f"A sweep named {name!r} is already registered.")
        self.sweeps[name] = function

    def start(self, threads: int, *, interval: float = 15.0) -> None:
        """Start ``threads`` workers and the schedule, which rounds every ``interval`` seconds."""
        if self._worker is not None:
            raise RuntimeError("The workers are running already.")
        self.broker.draining = False
        self.broker.desk_size = threads
        self._keeper.enter_context(LeaseKeeper(self.broker))
        self._worker = Worker(self.broker, worker_timeout=IDLE_MS, worker_threads=threads)
        self._worker.start()
        self._schedule = Schedule(
            self.sweeps, clock=self.clock, telemetry=self.telemetry, interval=interval
        )
        self._schedule.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Claim nothing more, let running jobs finish for ``timeout`` seconds, release the rest."""
        if self._worker is None or self._schedule is None:
            return
        self.broker.draining = True
        self.broker.ring()
        self._schedule.stop(timeout)
        self._worker.stop(timeout=int(timeout * 1000))
        self.broker.middleware.clear()
        self._worker = self._schedule = None
        self._keeper.close()
        unfinished = self.broker.held()
        if unfinished:
            log.warning("jobs were still running at the stop", jobs=[j.job_id for j in unfinished])

    @property
    def exhausted(self) -> bool:
        """Return whether every thread is held by a job that hangs: only a new process helps."""
        return self._worker is not None and self.broker.lost_threads >= self.broker.desk_size

    def drain(self, now: datetime | None = None, *, fail_fast: bool = True) -> int:
        """Run all sweeps and due jobs in this thread until nothing is due; return how many ran.

        ``now`` stands for the clock's time. With ``fail_fast`` an unexpected error of a job is
        raised once it is recorded, and so is a due job that nobody registered an actor for.
        """
        ran = 0
        with LeaseKeeper(self.broker):
            before = -1
            while before < ran < MOST_JOBS_A_DRAIN:
                before = ran
                for sweep in list(self.sweeps.values()):
                    sweep(now or self.clock())
                ran += self._run_due(now, fail_fast=fail_fast)
        with self.database.read(None) as session:
            unknown = queries.due_actors(session, now or self.clock())
        if fail_fast and unknown:
            raise LookupError(f"Jobs are due for unregistered actors: {', '.join(unknown)}.")
        return ran

    def _run_due(self, now: datetime | None, *, fail_fast: bool) -> int:
        ran = 0
        for queue in QUEUES:
            while ran < MOST_JOBS_A_DRAIN and (claimed := self.broker.claim(queue, A_HANDFUL, now)):
                for place, delivery in enumerate(claimed):
                    try:
                        self._run(delivery, now, fail_fast=fail_fast)
                    except BaseException:
                        self.broker.put_back(claimed[place + 1 :])
                        raise
                    ran += 1
        return ran

    def _run(self, delivery: Delivery, now: datetime | None, *, fail_fast: bool) -> None:
        self.broker.begin(delivery)
        try:
            self.broker.actors[delivery.actor].fn(*delivery.args)
        except EXPECTED as error:
            self.broker.settle(delivery, error, now)
        except Exception as error:
            self.broker.settle(delivery, error, now)
            if fail_fast:
                raise
        except BaseException:
            self.broker.put_back([delivery])
            raise
        else:
            self.broker.settle(delivery, None, now)

    def _wake(self, session: OrganizationSession) -> None:
        if session.info.pop(ENQUEUED, False):
            self.broker.ring()

    def _measure_queue(self, now: datetime) -> None:
        with self.database.read(None) as session:
            self.telemetry.queue_is(*queries.queue_state(session, now))
