"""Worker processes that are made to be killed.

Run as ``python jobs_worker.py <database> <folder> <lease seconds>``, it imports everything once, then
obeys lines: ``start`` forks a worker and answers its process id, ``wait <id>`` answers how it ended.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy import text

from sos_core.clock import now
from sos_core.database import Database
from sos_core.jobs import Jobs, once
from sos_core.jobs.worker import work_until_stopped

THREADS = 2


def work(url: str, folder: Path, lease_seconds: float) -> None:
    """Run jobs until a signal comes; every attempt leaves a byte, every effect a row."""
    database = Database(url)
    attempts = os.open(folder / "attempts", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def mark(number: int) -> None:
        os.write(attempts, b".")
        with database.write(None) as session:
            if once(session, f"mark:{number}"):
                session.execute(text("INSERT INTO mark VALUES (:number)"), {"number": number})
        # The dangerous moment, between an effect and its job's end, is made long enough to hit.
        time.sleep(0.002)

    def poison() -> None:
        os.write(attempts, b"!")
        os._exit(9)

    jobs = Jobs(database, clock=now, lease_seconds=lease_seconds)
    jobs.actor("crash.mark", mark)
    jobs.actor("crash.poison", poison)
    work_until_stopped(jobs, threads=THREADS)
    database.close()


def obey(url: str, folder: Path, lease_seconds: float) -> None:
    """Fork workers as the lines of the standard input say, until it ends."""
    for line in sys.stdin:
        verb, _, argument = line.strip().partition(" ")
        if verb == "start":
            answer = os.fork()
            if answer == 0:
                os.dup2(2, 1)  # answers alone go to the standard output
                work(url, folder, lease_seconds)
                os._exit(0)
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(int(argument), 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    obey(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
