"""The heatmap over HTTP: 2,000 units x 9 areas, beside a plain endpoint and beside static bytes.

    python benchmarks/heatmap.py [seconds a run] [units]

A release of the real code is served by a real process; the client runs here. The widget's own
document asks for vectors; the plain endpoint gives an object for each number, made from the same
release in memory; static bytes are as many as the answer has. Runs are taken in turns, 1 and 8
requests at once; medians are printed. Goals: the query takes <= 0.35 x the plain endpoint's time,
and a kept answer reaches >= 0.9 x the requests a second of static bytes.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks._serving import free_port, wait_for
from benchmarks.closing import answer
from sos_core.access.commands import create_account, issue_token
from sos_core.application import Application
from sos_core.clock import now
from sos_core.database.bulk import bulk_insert
from sos_core.logs import configure_logging
from sos_core.organizations.commands import create_organization
from sos_core.people.identity import unit_key
from sos_core.people.tables import Person, Unit
from sos_core.results.queries import matrix
from sos_core.results.release import Closing, count_here
from sos_core.results.views import MatrixView
from sos_core.settings import Settings
from sos_core.surveys.audience import Sight
from sos_graphql.app import create_app
from sos_graphql.documents import stored_documents
from sos_graphql.nodes import node_id

ROUNDS = 20  # short ones: a shared machine changes its speed from one second to the next
PEOPLE_A_UNIT = 7
GOAL_TIME, GOAL_RATE = 0.35, 0.9
PERSON = ("id", "identity", "name", "email", "language", "user_type", "unit_id", "source", "active")
UNIT = ("id", "parent_id", "level", "name", "key", "active")
PLACES = tuple[int, int]
"""Organization and survey."""


@dataclass(frozen=True)
class Run:
    """What one run showed: requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def prepare(folder: Path, units: int) -> tuple[PLACES, str]:
    """Publish a survey of so many units directly below the organization; return it and a token."""
    application = Application(Settings(data_dir=folder, workers=0))
    application.migrate()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Large", language="en", time_zone="UTC", now=now()
        )
    people = units * PEOPLE_A_UNIT
    with application.database.write(organization_id) as session:
        names = [f"Team {number:04} of the north" for number in range(1, units + 1)]
        rows = [
            (n, None, 0, name, unit_key((name,)), True) for n, name in enumerate(names, start=1)
        ]
        staff = [
            (n, f"mail:p{n}@x.example", f"P {n}", f"p{n}@x.example", "en", "participant",
             1 + n % units, "bench", True)
            for n in range(1, people + 1)
        ]  # fmt: skip
        bulk_insert(session, Unit, UNIT, rows)
        bulk_insert(session, Person, PERSON, staff)
    survey_id = answer(application.database, application.keys, organization_id, people)
    count = count_here(application.database, application.keys)
    closing = Closing(
        application.database, application.keys, count, lambda *_: None, lambda *_: None
    )
    closing.close(organization_id, survey_id, now())
    with application.database.write(organization_id) as session:
        account_id = create_account(
            session, email="a@x.example", name="A", administrator=True, now=now(), actor="bench"
        )
    token = issue_token(
        application.database, organization_id=organization_id, account_id=account_id, now=now()
    )
    application.stop()
    return (organization_id, survey_id), token


def serve(folder: str, port: str, organization_id: str, survey_id: str) -> None:
    """Serve the installation, and what it is compared with, until killed."""
    # One account asks more here than any may; requests are counted all the same.
    settings = Settings(data_dir=Path(folder), log_level="error", requests_per_minute=10**9)
    configure_logging(settings)
    application = Application(settings)
    ready = read_all(application, int(organization_id), int(survey_id))
    sizes: dict[int, bytes] = {}

    async def plain(_request: Request) -> Response:
        return Response(orjson.dumps(objects(ready)), media_type="application/json")

    async def static(request: Request) -> Response:
        await request.body()  # the same question is sent, and nobody looks at it
        size = request.path_params["size"]
        body = sizes.setdefault(size, b"x" * size)
        return Response(body, media_type="application/json")

    app = create_app(application)
    app.router.routes[:0] = [
        Route("/plain", plain, methods=["POST"]),
        Route("/static/{size:int}", static, methods=["POST"]),
    ]
    uvicorn.run(app, port=int(port), log_config=None, access_log=False, server_header=False)


def read_all(application: Application, organization_id: int, survey_id: int) -> MatrixView:
    """Return what the heatmap shows, read once: the plain endpoint's ready data."""
    with application.database.read(organization_id) as session:
        everything = frozenset(range(1_000_000))
        return matrix(session, survey_id, sight=Sight(everything, everything), now=now())


def objects(view: MatrixView) -> dict[str, Any]:
    """Return the same scores as objects, one for each number, as a plain endpoint gives them."""
    rows = []
    for number, place in enumerate(view.places):
        group = view.groups[number]
        cells = [
            {
                "area": column.key,
                "score": column.scores[number],
                "group": None if column.larger is None else column.larger[number],
                "delta": None if column.deltas is None else column.deltas[number],
                "significant": None,
                "people": group.name.people,
            }
            for column in view.columns
        ]
        row = {
            "unit": None if place.unit_id is None else node_id("Unit", place.unit_id),
            "name": place.name,
            "level": place.level_name,
            "group": str(group.node),
            "exact": group.exact,
            "drillable": view.drillable[number],
            "areas": cells,
        }
        rows.append(row)
    return {"survey": view.survey.title, "rows": rows}


def post(token: str, survey_id: int, number: int | None, path: str = "/graphql") -> bytes:
    """Return the heatmap's request as the widget sends it; a number makes it unlike all others.

    The endpoints to compare with are sent the same request, under their own ``path``.
    """
    text = next(t for t in stored_documents().values() if t.startswith("query Heatmap("))
    body: dict[str, Any] = {
        "operationName": "Heatmap",
        "query": text,
        "variables": {"survey": node_id("Survey", survey_id), "unit": None, "compare": "NONE"},
    }
    if number is not None:
        body["extensions"] = {"number": number}
    sent = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Accept: application/graphql-response+json, application/json;q=0.9\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """Send one request and return the body of its answer, which must be a good one."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head[:16] or b'"errors"' in body[:200] or b'"code"' in body[-300:]:
        raise RuntimeError((head + body[:400]).decode())
    return body


async def load(port: int, requests: Iterator[bytes], at_once: int, seconds: float) -> Run:
    """Send requests over so many connections for some seconds."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        while (began := time.perf_counter()) < until:
            await ask(reader, writer, next(requests))
            latencies.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(at_once)))
    rate = len(latencies) / (time.perf_counter() - began)
    latencies.sort()
    return Run(
        rate, 1000 * latencies[len(latencies) // 2], 1000 * latencies[int(len(latencies) * 0.99)]
    )


def measure(port: int, token: str, survey_id: int, seconds: float) -> None:
    """Take the four endpoints in turns, alone and eight at once, and print what was found."""
    numbers = iter(range(10**9))
    body = asyncio.run(once(port, post(token, survey_id, None)))
    plain_request = post(token, survey_id, None, "/plain")
    kept, static = (
        post(token, survey_id, None, path) for path in ("/graphql", f"/static/{len(body)}")
    )
    kinds: dict[str, Callable[[], bytes]] = {
        "heatmap query": lambda: post(token, survey_id, next(numbers)),
        "plain endpoint": lambda: plain_request,
        "kept answer": lambda: kept,
        "static bytes": lambda: static,
    }
    rows = len(json.loads(body)["data"]["survey"]["matrix"]["rows"]["unitIds"])
    plain = asyncio.run(once(port, plain_request))
    print(
        f"{rows:,} units x 9 areas: {len(body) / 1024:.0f} KiB; plain {len(plain) / 1024:.0f} KiB"
    )
    for at_once in (1, 8):
        runs: dict[str, list[Run]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, request in kinds.items():
                runs[name].append(asyncio.run(load(port, iter(request, b""), at_once, seconds)))
        report(at_once, {name: median(found) for name, found in runs.items()})


async def once(port: int, request: bytes) -> bytes:
    """Return one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    try:
        return await ask(reader, writer, request)
    finally:
        writer.close()


def median(runs: list[Run]) -> Run:
    """Return the medians of several runs."""
    return Run(*(statistics.median(getattr(r, f) for r in runs) for f in ("rate", "p50", "p99")))


def report(at_once: int, found: dict[str, Run]) -> None:
    """Print the medians, and the ratios beside their goals."""
    print(f"{at_once} at once")
    for name, run in found.items():
        print(f"  {name:16}{run.rate:8.0f}/s   p50 {run.p50:7.2f} ms   p99 {run.p99:7.2f} ms")
    query, plain = found["heatmap query"], found["plain endpoint"]
    ratio = query.p50 / plain.p50
    met = "met" if ratio <= GOAL_TIME else "MISSED"
    print(f"  query's time / plain endpoint's {ratio:.2f} (goal <= {GOAL_TIME}): {met}")
    ratio = found["kept answer"].rate / found["static bytes"].rate
    met = "met" if ratio >= GOAL_RATE else "MISSED"
    print(f"  kept answer's rate / static bytes' {ratio:.2f} (goal >= {GOAL_RATE}): {met}")


def main(seconds: float, units: int) -> None:
    """Prepare a release, serve it and measure."""
    with tempfile.TemporaryDirectory() as folder:
        places, token = prepare(Path(folder), units)
        port = free_port()
        arguments = ["serve", folder, str(port), *map(str, places)]
        server = subprocess.Popen([sys.executable, __file__, *arguments])
        try:
            wait_for(port)
            measure(port, token, places[1], seconds)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:6])
    else:
        given = sys.argv[1:] + ["0.5", "2000"][len(sys.argv) - 1 :]
        main(float(given[0]), int(given[1]))
