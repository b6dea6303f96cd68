"""Processes that are made to be killed: a foreman imports everything once and forks them at a word.

Orders are lines: ``start KIND FOLDER DATABASE ...`` forks a process and answers its id, ``wait ID``
answers how it ended. No process outlives its crew or its foreman, and all end by themselves.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
MARK = "SOS_CRASH_RUN"
"""Every process of a run has it in its environment, its children's children too."""
LONGEST = 3600
"""Seconds after which a forked process ends by itself, whatever it is at."""


class Foreman:
    """One process that has imported everything, and a listening socket that outlives all servers."""

    def __init__(self, log: Path) -> None:
        self.run = uuid.uuid4().hex
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(256)
        number = self.listening.fileno()
        self._log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.installation", str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                cwd=ROOT,
                env=os.environ | {MARK: self.run},
                pass_fds=[number],
                text=True,
            )

    @property
    def port(self) -> int:
        """Return the port on the loopback that servers answer at."""
        return int(self.listening.getsockname()[1])

    def close(self) -> None:
        """End the foreman, which ends whatever it has started."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self.listening.close()

    def tell(self, *words: object) -> int:
        """Give an order and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The foreman is gone: {self._log.read_text()[-4000:]}")
        return int(answer)

    def running(self) -> set[int]:
        """Return every process of this run but the foreman himself, the children's children too."""
        mark = f"{MARK}={self.run}".encode()
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            # Python's tracker of resources outlives those that it serves for a moment.
            if mark in environment and command and b"resource_tracker" not in command:
                found.add(int(folder.name))
        return found - {self._process.pid}


class Crew:
    """The processes of one run on one installation; none of them outlives the ``with``."""

    def __init__(self, foreman: Foreman, kind: str, folder: Path, url: str, *more: object) -> None:
        self.foreman = foreman
        self.folder = folder
        self.alive: list[int] = []
        self._order = ("start", kind, folder, url, *more)
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in list(self.alive):
            self.end(process)

    def start(self) -> int:
        """Start a process and return its id."""
        self.alive.append(self.foreman.tell(*self._order))
        return self.alive[-1]

    def end(self, process: int, how: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to a process and return the exit code that it ended with."""
        os.kill(process, how)
        return self.wait(process)

    def wait(self, process: int) -> int:
        """Wait until a process ends by itself and return its exit code."""
        self.alive.remove(process)
        return self.foreman.tell("wait", process)

    def has_ended(self, process: int) -> bool:
        """Tell whether a process has ended by itself, without waiting for it."""
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state in "ZX"

    def log(self) -> str:
        """Return what the processes had to say."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""


def obey(work: Callable[..., None]) -> None:
    """Fork processes as the lines of the standard input say, until it ends; then end them all."""
    mine: set[int] = set()
    for line in sys.stdin:
        verb, *words = line.split()
        if verb == "start":
            answer = os.fork()
            if answer == 0:
                _work(work, words)
            mine.add(answer)
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(int(words[0]), 0)[1])
            mine.discard(int(words[0]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for process in mine:
        os.kill(process, signal.SIGKILL)


def _work(work: Callable[..., None], words: Sequence[str]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(Path(words[1]) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)  # answers alone go to the standard output
    os.dup2(log, 2)
    watch = threading.Timer(LONGEST, os._exit, (70,))
    watch.daemon = True
    watch.start()
    code = 0
    try:
        work(*words)
    except BaseException:  # noqa: BLE001 - whatever ended it, the log has to tell
        traceback.print_exc()
        code = 71
    finally:
        sys.stderr.flush()
        os._exit(code)


def until(condition: Callable[[], object], deadline: float) -> None:
    """Look again and again until ``condition()`` holds; raise TimeoutError at the deadline."""
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("The processes did not get there in time.")
        time.sleep(0.002)
