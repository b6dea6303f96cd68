"""A dramatiq broker on the table ``job``: a job stays there until it is known how it ended.

It needs no middleware: how an attempt ended is settled in one statement that both records the
outcome and gives the lease back, so that no crash can come between.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import random
from typing import Any

import structlog
from dramatiq import Broker, Consumer, Message

from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.jobs import leases
from sos_core.jobs.consumer import JobConsumer, job_of
from sos_core.jobs.leases import Delivery
from sos_core.jobs.outbox import BULK, enqueue
from sos_core.jobs.outcome import EXPECTED, LATE, Outcome, judge
from sos_core.jobs.wake import Bell
from sos_core.telemetry import Telemetry
from sos_core.traffic import Traffic

log = structlog.get_logger(__name__)

PATIENCE = 0.25
"""Seconds that a job of the bulk queue waits at most for requests to be answered, before it begins."""


class SqlBroker(Broker):
    """Claims jobs for the worker threads of this process and settles them."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        telemetry: Telemetry,
        traffic: Traffic,
        lease_seconds: float,
    ) -> None:
        super().__init__(middleware=[])
        self.queues = {}
        self.actor_options |= {"max_retries", "throws", "limit_seconds"}
        self.database = database
        self.clock = clock
        self.telemetry = telemetry
        self.traffic = traffic
        self.lease_ms = int(lease_seconds * 1000)
        self.bells: dict[str, Bell] = {}
        self.desk_size = 1
        self.draining = False
        self._held: dict[str, dict[int, Delivery]] = {}
        self._begun: dict[int, tuple[Delivery, float]] = {}
        self._hanging: set[int] = set()
        self._lock = threading.Lock()

    def declare_queue(self, queue_name: str) -> None:
        """Make ``queue_name`` one that this broker consumes."""
        if queue_name not in self.queues:
            self.queues[queue_name] = None
            self.bells[queue_name] = Bell()
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Write a job in a transaction of its own; rooms use ``outbox.enqueue`` inside theirs."""
        run_at = None if delay is None else self.clock() + timedelta(milliseconds=delay)
        with self.database.write(None) as session:
            enqueue(
                session,
                message.actor_name,
                *message.args,
                run_at=run_at,
                queue=message.queue_name,
            )
        return message

    def consume(
        self,
        queue_name: str,
        prefetch: int = 1,  # noqa: ARG002 - dramatiq calls it by this name
        timeout: int = 1000,
    ) -> Consumer:
        """Return an iterator over the due jobs of ``queue_name``; it idles ``timeout`` ms a turn.

        ``prefetch`` is not heeded: a job waits in the table, where another process can take it.
        """
        return JobConsumer(self, queue_name, timeout / 1000)

    def claim(
        self, queue: str, limit: int, now: datetime | None = None, *, likely: bool = False
    ) -> list[Delivery]:
        """Lease up to ``limit`` jobs due at ``now`` (None: the clock's).

        It reads before it writes, unless it is ``likely`` that there is a job.
        """
        actors = self.actors.keys()
        suspects = not any(delivery.suspect for delivery in self.held())
        due: dict[str, Any] = {"now": now or self.clock(), "suspects": suspects}
        if not likely:
            with self.database.read(None) as session:
                if not leases.is_due(session, queue, actors, **due):
                    return []
        with self.database.write(None) as session:
            claimed = leases.claim(
                session, queue, actors, lease_ms=self.lease_ms, limit=limit, **due
            )
        with self._lock:
            self._held.setdefault(queue, {}).update({job.job_id: job for job in claimed})
        return claimed

    def settle(
        self, delivery: Delivery, error: BaseException | None, now: datetime | None = None
    ) -> Outcome:
        """Record how an attempt ended: delete the job, let it wait, or lay it aside as dead."""
        outcome = judge(
            error,
            retries=delivery.retries,
            max_retries=self.actors[delivery.actor].options["max_retries"],
            chance=random(),  # noqa: S311
        )
        with self.database.write(None) as session:
            kept = leases.settle(session, delivery, outcome, now=now or self.clock())
            if not kept and error is None and self.is_hanging(delivery):
                leases.finish_late(session, delivery)
        self.forget([delivery])
        self.telemetry.job_ended(delivery.actor, outcome.state if kept else "lease_lost")
        if error is not None or not kept:
            log.warning(
                "job ended badly" if kept else "job outlived its lease",
                job=delivery.job_id,
                actor=delivery.actor,
                organization_id=delivery.organization_id,
                outcome=outcome.state,
                wait=round(outcome.wait, 1),
                code=(outcome.error or {}).get("code"),
                exc_info=None if isinstance(error, EXPECTED) else error,
            )
        return outcome

    def emit_before(self, signal: str, *args: Any, **kwargs: Any) -> None:
        """Take note of what dramatiq's worker begins; it is the one place that it tells it."""
        if signal == "process_message":
            delivery = job_of(args[0]).delivery
            if delivery.queue == BULK:
                self.traffic.let_pass(PATIENCE)
            self.begin(delivery)
        super().emit_before(signal, *args, **kwargs)

    def begin(self, delivery: Delivery) -> None:
        """Take note that an attempt begins now: its time is limited."""
        with self._lock:
            self._begun[id(delivery)] = (delivery, time.monotonic())

    def give_up_late(self) -> list[Delivery]:
        """Lay aside the jobs that have run for longer than they may, and return them.

        A thread cannot be ended from outside: it counts as lost until it comes back by itself.
        """
        late = self._late()
        for delivery in late:
            with self.database.write(None) as session:
                given_up = Outcome("dead", error=LATE)
                kept = leases.settle(session, delivery, given_up, now=self.clock())
            with self._lock:
                # Unless it has come back at this very moment.
                if id(delivery) in self._begun:
                    self._hanging.add(id(delivery))
                self._held.get(delivery.queue, {}).pop(delivery.job_id, None)
            if kept:
                self.telemetry.job_ended(delivery.actor, "late")
                log.error("job given up as late", job=delivery.job_id, actor=delivery.actor)
        return late

    def _late(self) -> list[Delivery]:
        present = time.monotonic()
        with self._lock:
            begun = [known for key, known in self._begun.items() if key not in self._hanging]
        return [
            delivery
            for delivery, began in begun
            if present - began > self.actors[delivery.actor].options["limit_seconds"]
        ]

    def is_hanging(self, delivery: Delivery) -> bool:
        """Tell whether a job was given up as late and has not come back."""
        with self._lock:
            return id(delivery) in self._hanging

    @property
    def lost_threads(self) -> int:
        """Return how many threads of this process are held by jobs that were given up."""
        with self._lock:
            return len(self._hanging)

    def ring(self, queues: Iterable[str] | None = None) -> None:
        """Have ``queues`` (None: all) looked at: there may be a job, or a thread that is free."""
        for queue in self.bells if queues is None else queues:
            self.bells[queue].ring()

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Release jobs that were claimed and never begun."""
        unused = list(deliveries)
        if unused:
            with self.database.write(None) as session:
                leases.release(session, unused)
            self.forget(unused)

    def held(self, queue: str | None = None) -> list[Delivery]:
        """Return the jobs on the desk of this process."""
        with self._lock:
            queues = self._held.values() if queue is None else [self._held.get(queue, {})]
            return [delivery for jobs in queues for delivery in jobs.values()]

    def forget(self, deliveries: Iterable[Delivery]) -> None:
        """Take jobs off the desk, so that their leases are renewed no more."""
        queues = set()
        with self._lock:
            for delivery in deliveries:
                queues.add(delivery.queue)
                self._begun.pop(id(delivery), None)
                self._hanging.discard(id(delivery))
                held = self._held.get(delivery.queue, {})
                if held.get(delivery.job_id) is delivery:
                    del held[delivery.job_id]
        self.ring(queues)
