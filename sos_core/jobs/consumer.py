"""Hands due jobs to dramatiq's worker, as the messages that it knows, and settles them after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dramatiq import Consumer, Message, MessageProxy
from dramatiq.errors import BrokerConnectionError
from sqlalchemy.exc import SQLAlchemyError

from sos_core.errors import Unavailable
from sos_core.jobs.leases import Delivery

if TYPE_CHECKING:
    from sos_core.jobs.broker import SqlBroker


class JobMessage(MessageProxy):
    """A delivered job as dramatiq's worker handles it; it remembers how the attempt ended."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(
            Message(
                queue_name=delivery.queue,
                actor_name=delivery.actor,
                args=delivery.args,
                kwargs={},
                options={},
                message_id=str(delivery.job_id),
            )
        )
        self.delivery = delivery
        self.error: BaseException | None = None

    def stuff_exception(self, exception: BaseException) -> None:
        """Take note of the error that ended the attempt; called by dramatiq's worker."""
        self.error = exception

    def clear_exception(self) -> None:
        """Let go of the error, whose traceback holds memory."""
        self.error = None


def job_of(message: MessageProxy) -> JobMessage:
    """Return a message as this broker delivered it."""
    if not isinstance(message, JobMessage):
        raise TypeError("This message was not delivered by this broker.")
    return message


class JobConsumer(Consumer):
    """Hands the due jobs of one queue to dramatiq's worker, never more than it has threads."""

    def __init__(self, broker: SqlBroker, queue: str, idle: float) -> None:
        self.broker = broker
        self.queue = queue
        self.idle = idle
        self._claimed: list[Delivery] = []
        self._more_likely = False

    def __next__(self) -> JobMessage | None:
        """Return the next due job, or None after a while without one."""
        bell = self.broker.bells[self.queue]
        rung = bell.count
        if not self._claimed and not self.broker.draining:
            busy = len(self.broker.held(self.queue)) + self.broker.lost_threads
            free = self.broker.desk_size - busy
            if free > 0:
                with _lost_connections_reported():
                    self._claimed = self.broker.claim(self.queue, free, likely=self._more_likely)
                self._more_likely = len(self._claimed) == free
        if self._claimed:
            return JobMessage(self._claimed.pop(0))
        bell.wait(rung, self.idle)
        return None

    def ack(self, message: MessageProxy) -> None:
        """Settle an attempt as it ended; without middleware, dramatiq acks failures too."""
        job = job_of(message)
        try:
            with _lost_connections_reported():
                self.broker.settle(job.delivery, job.error)
        except BrokerConnectionError:
            raise
        except BaseException:
            # dramatiq gives up here: the lease must be let run out, or the job would never end.
            self.broker.forget([job.delivery])
            raise

    def nack(self, message: MessageProxy) -> None:
        """Settle an attempt that dramatiq gave up."""
        self.ack(message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Give back jobs that wait in the worker's memory; called when it stops."""
        with _lost_connections_reported():
            self.broker.put_back(job_of(message).delivery for message in messages)

    def close(self) -> None:
        """Give back jobs that were claimed and not yet handed out."""
        unused, self._claimed = self._claimed, []
        with _lost_connections_reported():
            self.broker.put_back(unused)


@contextmanager
def _lost_connections_reported() -> Iterator[None]:
    # dramatiq tries again after this error only; any other would leave the job to its lease.
    try:
        yield
    except (SQLAlchemyError, Unavailable) as error:
        raise BrokerConnectionError(type(error).__name__) from error  # type: ignore[no-untyped-call]
