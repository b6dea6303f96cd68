"""`sos worker`: a process that only does jobs, beside servers or instead of their threads."""

from __future__ import annotations

from typing import Annotated

import typer

from sos_core.cli.context import DataDir, open_application
from sos_core.errors import Misconfigured


def run(
    threads: Annotated[int, typer.Option(help="Jobs that run at once.", min=1, max=64)] = 4,
    data_dir: DataDir = None,
) -> None:
    """Do jobs until SIGTERM or Ctrl-C, then finish those that run and give back the rest."""
    from sos_core.jobs.worker import work_until_stopped

    with open_application(data_dir) as application:
        readiness = application.readiness()
        if not readiness.ready:
            raise Misconfigured(
                " ".join(readiness.faults),
                "Mend this, then start the worker again.",
                code="not_ready",
            )
        work_until_stopped(application.jobs, threads=threads)
