"""What a foreman forks: ``serve`` is a server, ``work`` a worker, ``mark`` a worker with jobs of its own,
``apply`` carries a plan out.

Run as ``python -m tests.crash.installation SOCKET``, the number of an open listening socket.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import text

from sos_core import application as applications
from sos_core.application import Application
from sos_core.clock import now
from sos_core.database import Database
from sos_core.jobs import Jobs, once
from sos_core.jobs.worker import work_until_stopped
from sos_core.logs import configure_logging
from sos_core.mail import Mailer, Message
from sos_core.people.applying import apply_in_turns, carry_on, in_progress
from sos_core.results.release import Closing
from sos_core.settings import Settings
from sos_core.surveys.jobs import SurveyJobs
from tests.crash.capabilities import obey_file_modes
from tests.crash.foreman import obey

THREADS = 2
STEPS = ("take_no_more", "publish", "rewrite", "destroy_key", "seal")


class Diary:
    """Lines that are in the file even when the process is killed at the next instruction."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, *words: object) -> None:
        """Write one line, with the process and the thread that wrote it."""
        who = (os.getpid(), threading.get_ident())
        os.write(self._file, (" ".join(map(str, (*who, *words))) + "\n").encode())


class WatchedMailer:
    """Tells the diary which mail a process is about to hand over."""

    def __init__(self, mailer: Mailer, diary: Diary) -> None:
        self._mailer, self._diary = mailer, diary

    def send(self, message: Message) -> None:
        self._diary.write("sending", message.to)
        self._mailer.send(message)

    def close(self) -> None:
        self._mailer.close()


def watch_mails(diary: Diary) -> None:
    """Let the diary tell every mail before it is handed over, and every one that was noted."""
    make, send = applications.make_mailer, SurveyJobs.send_mail

    def send_and_tell(self: SurveyJobs, *ids: object) -> None:
        send(self, *ids)  # type: ignore[arg-type]
        diary.write("noted", ids[2])

    applications.make_mailer = lambda settings: WatchedMailer(make(settings), diary)
    SurveyJobs.send_mail = send_and_tell  # type: ignore[method-assign,assignment]


def watch_closes(diary: Diary, fatal: str, after: float) -> None:
    """Let the diary tell where a close begins and ends its steps; in ``fatal`` the process dies.

    A timer of the kernel ends it ``after`` seconds, at whatever instruction it is, without a word.
    """
    for step in STEPS:
        original = getattr(Closing, step)

        def told(self: Closing, *args: object, _run=original, _step: str = step) -> None:
            diary.write("begin", _step, time.monotonic())
            if _step == fatal:
                signal.setitimer(signal.ITIMER_REAL, max(after, 1e-6))
            _run(self, *args)
            diary.write("end", _step, time.monotonic())

        setattr(Closing, step, told)


def main() -> None:
    """Import what every process needs, then obey."""
    listening = int(sys.argv[1])
    warm_up()

    def start(kind: str, folder: str, url: str, *more: str) -> None:
        kinds = {"serve": partial(serve, listening), "work": work, "mark": mark, "apply": apply}
        kinds[kind](Path(folder), url, *more)

    obey(start)


def warm_up() -> None:
    """Import what the processes would import each for themselves."""
    import alembic.command  # noqa: F401
    import uvicorn  # noqa: F401

    import sos_graphql.app  # noqa: F401


def installed(folder: Path, url: str, mail: str = "") -> Application:
    """Return the application of a process that is to work."""
    settings = Settings(
        data_dir=folder, database_url=url, mail_url=mail, workers=0, log_level="warning"
    )
    configure_logging(settings)
    return Application(settings)


def serve(listening: int, folder: Path, url: str) -> None:
    """Serve on the socket that was handed down, until killed."""
    import uvicorn

    from sos_graphql.app import create_app

    obey_file_modes()
    app = create_app(installed(folder, url), run_jobs=False)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listening)])


def work(
    folder: Path,
    url: str,
    lease_seconds: str,
    mail: str = "-",
    fatal: str = "",
    after: str = "0",
) -> None:
    """Do jobs; the diary in the folder tells which mails and which steps of a close were at work."""
    diary = Diary(folder / "diary")
    watch_mails(diary)
    watch_closes(diary, fatal, float(after))
    application = installed(folder, url, mail.strip("-"))
    application.jobs.broker.lease_ms = int(float(lease_seconds) * 1000)
    work_until_stopped(application.jobs, threads=THREADS)


def apply(folder: Path, url: str, organization: str, plan: str, fatal: str) -> None:
    """Carry a plan of changes out, or on; inside the ``fatal``-th of its transactions it dies."""
    application = installed(folder, url)
    ids = application.database, int(organization), int(plan)
    turns = count(1)

    def enough() -> bool:
        if next(turns) == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    with application.database.read(int(organization)) as session:
        begun = in_progress(session, int(plan)) is not None
    if begun:
        carry_on(*ids, clock=now, enough=enough)
    else:
        apply_in_turns(*ids, actor="crash", now=now(), clock=now, enough=enough)


def mark(folder: Path, url: str, lease_seconds: str) -> None:
    """Do jobs that leave a mark: every attempt a byte, every effect a row."""
    database = Database(url)
    attempts = os.open(folder / "attempts", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def leave_mark(number: int) -> None:
        os.write(attempts, b".")
        with database.write(None) as session:
            if once(session, f"mark:{number}"):
                session.execute(text("INSERT INTO mark VALUES (:number)"), {"number": number})
        # The dangerous moment, between an effect and its job's end, is made long enough to hit.
        time.sleep(0.002)

    def poison() -> None:
        os.write(attempts, b"!")
        os._exit(9)

    jobs = Jobs(database, clock=now, lease_seconds=float(lease_seconds))
    jobs.actor("crash.mark", leave_mark)
    jobs.actor("crash.poison", poison)
    work_until_stopped(jobs, threads=THREADS)
    database.close()


if __name__ == "__main__":
    main()
