"""Runs what takes a processor for seconds in a process of its own: this one has answers to give.

The child has an application of its own. SQLite has one writer, and the queue before it is a lock of
this process, so the child asks through a pipe before each of its write transactions, and sees who
waits meanwhile. It ends with this process.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sos_core.application import Application
from sos_core.database import Database
from sos_core.database.gate import Sign
from sos_core.errors import SosError, Unavailable
from sos_core.logs import configure_logging
from sos_core.settings import Settings

T = TypeVar("T")
ENTER, LEAVE, DONE, FAILED = "enter", "leave", "done", "failed"
ENDED = "process_ended"
"""The code of what a child leaves behind that ended without an answer."""
NICE = 10
"""For work that reads and computes; one that holds the gate would keep others out for longer."""
_one_at_a_time = threading.Lock()
"""Each child takes a processor and hundreds of megabytes."""


class PipedGate:
    """The write gate of the parent, as the child has it: for one thread, which may enter it twice."""

    def __init__(self, pipe: Connection, waiting: Sign) -> None:
        self._pipe = pipe
        self._waiting = waiting
        self._depth = 0

    @property
    def wanted(self) -> bool:
        """Tell whether somebody waits in the parent."""
        return self._waiting.value > 0

    def shown_in(self, _sign: Sign) -> AbstractContextManager[None]:
        """Show nobody anything: there is no process below this one."""
        return nullcontext()

    @contextmanager
    def passing(self, *, urgent: bool = False) -> Iterator[None]:
        """Have the parent hold its gate during the block; nothing apart is urgent."""
        del urgent
        if self._depth == 0:
            self._pipe.send((ENTER, None))
            self._pipe.recv()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._pipe.send((LEAVE, None))


def run_apart(
    application: Application, work: Callable[..., T], *given: Any, niceness: int = 0
) -> T:
    """Return what ``work(application, *given)`` comes to in a new process; call it in a thread.

    ``work`` is a function of a module, and everything given and returned can be pickled. Raises the
    SosError that it raises, and Unavailable where the process ends without an answer.
    """
    spawn = multiprocessing.get_context("spawn")
    with _one_at_a_time:
        here, there = spawn.Pipe()
        waiting: Any = spawn.RawValue("i")
        child = spawn.Process(
            target=_child,
            args=(there, waiting, niceness, application.settings, work, given),
            name="sos-apart",
            daemon=True,
        )
        with here:
            with there:
                child.start()
            try:
                with application.database.showing_who_waits(waiting):
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
                    code=ENDED,
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
    pipe: Connection,
    waiting: Sign,
    niceness: int,
    settings: Settings,
    work: Callable[..., Any],
    given: tuple[Any, ...],
) -> None:
    threading.Thread(target=_end_with_parent, name="sos-parent", daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(niceness)
    configure_logging(settings)
    application = Application(settings)
    application.database.put_behind(PipedGate(pipe, waiting))
    answer: tuple[str, Any]
    try:
        answer = DONE, work(application, *given)
    except SosError as error:
        answer = FAILED, error
    except Exception:  # noqa: BLE001 - the parent raises it anew, since not all can be pickled
        answer = FAILED, RuntimeError(traceback.format_exc())
    application.stop()
    pipe.send(answer)


def _end_with_parent() -> None:
    """End this process when its parent ends, however that comes: nobody is left to ask or to tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
