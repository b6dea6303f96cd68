"""Runs what takes a processor for seconds in a process of its own: this one has answers to give.

The child has an application of its own. SQLite has one writer, and the queue before it is a lock of
this process, so the child asks through a pipe before each of its write transactions.
"""

from __future__ import annotations

import multiprocessing
import threading
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, TypeVar

from sos_core.application import Application
from sos_core.database import Database
from sos_core.errors import SosError, Unavailable
from sos_core.logs import configure_logging
from sos_core.settings import Settings

T = TypeVar("T")
ENTER, LEAVE, DONE, FAILED = "enter", "leave", "done", "failed"
_one_at_a_time = threading.Lock()
"""Each child takes a processor and hundreds of megabytes."""


class PipedGate:
    """The write gate of the parent, as the child has it: for one thread, which may enter it twice."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._depth = 0

    def __enter__(self) -> None:
        """Wait until the parent has entered its gate."""
        if self._depth == 0:
            self._pipe.send((ENTER, None))
            self._pipe.recv()
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the parent leave its gate."""
        self._depth -= 1
        if self._depth == 0:
            self._pipe.send((LEAVE, None))


def run_apart(application: Application, work: Callable[..., T], *given: Any) -> T:
    """Return what ``work(application, *given)`` comes to in a new process; call it in a thread.

    ``work`` is a function of a module, and everything given and returned can be pickled. Raises the
    SosError that it raises, and Unavailable where the process ends without an answer.
    """
    spawn = multiprocessing.get_context("spawn")
    with _one_at_a_time:
        here, there = spawn.Pipe()
        child = spawn.Process(
            target=_child,
            args=(there, application.settings, work, given),
            name="sos-apart",
            daemon=True,
        )
        with here:
            with there:
                child.start()
            try:
                result: T = _attend(here, application.database)
            finally:
                child.join()
    return result


def _attend(pipe: Connection, database: Database) -> Any:
    with ExitStack() as gate:
        while True:
            try:
                kind, value = pipe.recv()
            except EOFError as error:
                raise Unavailable(
                    "The work was not finished: its process has ended.",
                    "Try again; where it happens again, the machine has too little memory.",
                    code="process_ended",
                ) from error
            if kind == ENTER:
                gate.enter_context(database.write_gate)
                pipe.send(None)
            elif kind == LEAVE:
                gate.close()
            elif kind == FAILED:
                raise value
            else:
                return value


def _child(
    pipe: Connection, settings: Settings, work: Callable[..., Any], given: tuple[Any, ...]
) -> None:
    configure_logging(settings)
    application = Application(settings)
    application.database.put_behind(PipedGate(pipe))
    answer: tuple[str, Any]
    try:
        answer = DONE, work(application, *given)
    except SosError as error:
        answer = FAILED, error
    except Exception:  # noqa: BLE001 - the parent raises it anew, since not all can be pickled
        answer = FAILED, RuntimeError(traceback.format_exc())
    application.stop()
    pipe.send(answer)
