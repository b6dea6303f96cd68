"""Submitting ballots while 100,000 people are imported and mails go out, beside submitting alone.

    python benchmarks/mixed.py [ROWS]

32 respondents submit at once, first alone, then while an administrator uploads a workbook, has it
compared and applies it, and the workers send invitations of another survey to a mail server on this
machine. SQLite, everything in one server, as it runs by default. Goal: the p99 while the plan is
applied and mails go out <= 2 x the p99 alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
from importing import ROWS, write_workbook
from submission import (
    AT_ONCE,
    PEOPLE,
    Run,
    ballot_request,
    run_of,
    submit_until,
)

from benchmarks._serving import free_port, wait_for
from sos_core.access.commands import create_account, issue_token
from sos_core.application import Application
from sos_core.clock import ManualClock, now
from sos_core.organizations.commands import create_organization
from sos_core.people.applying import apply_plan
from sos_core.people.comparison import Request
from sos_core.people.planning import make_plan
from sos_core.people.queries import units
from sos_core.records import PeoplePage, PersonRecord
from sos_core.settings import Settings
from sos_graphql.nodes import node_id
from tests.ballots.conftest import insert_people, insert_survey

SECONDS_ALONE = 10.0
MAKE = """mutation ($input: CreateChangePlanInput!) { createChangePlan(input: $input) {
  __typename ... on ChangePlan { id confirmation counts { added } } ... on Problem { what } } }"""
APPLY = """mutation ($input: ApplyChangePlanInput!) { applyChangePlan(input: $input) {
  __typename ... on ChangePlan { state } ... on Problem { what } } }"""
CREATE = """mutation ($input: CreateSurveyInput!) { createSurvey(input: $input) {
  __typename ... on Survey { id } ... on Problem { what } } }"""
OPEN = """mutation ($input: OpenSurveyInput!) { openSurvey(input: $input) {
  __typename ... on Survey { state } ... on Problem { what } } }"""
Times = list[tuple[float, float]]


class MailServer:
    """A mail server on this machine, in a process of its own, that counts what it takes."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.port = free_port()
        self.taken: Synchronized[int] = spawn.Value("i", 0)
        self.process = spawn.Process(target=take_mails, args=(self.port, self.taken), daemon=True)
        self.process.start()
        wait_for(self.port)


def take_mails(port: int, taken: Synchronized[int]) -> None:
    """Take mails until killed; the body of the mail server's process."""
    from aiosmtpd.controller import Controller

    class Counting:
        async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802
            taken.value += 1
            return "250 OK"

    Controller(Counting(), hostname="127.0.0.1", port=port).start()
    while True:
        time.sleep(3600)


class Server:
    """A filled installation, served with workers, and the administrator's way in."""

    def __init__(self, folder: Path, mail_port: int) -> None:
        settings = Settings(data_dir=folder, workers=0)
        application = Application(settings)
        application.migrate()
        self.requests, self.invited, self.token = fill(application)
        application.stop()
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, __file__, "serve", str(folder), str(self.port), str(mail_port)]
        )
        wait_for(self.port)

    async def ask(self, document: str, **given: Any) -> dict[str, Any]:
        """Run a mutation as the administrator; fail where it does."""
        body = {"query": document, "variables": {"input": given}}
        found = (await self._post("/graphql", json=body)).json()
        if "errors" in found:
            raise RuntimeError(found["errors"])
        (result,) = found["data"].values()
        if "what" in result:
            raise RuntimeError(result["what"])
        return dict(result)

    async def upload(self, path: Path) -> str:
        """Send a workbook and return the id of the upload."""
        body = await asyncio.to_thread(path.read_bytes)
        answer = await self._post(
            "/files/uploads", content=body, headers={"x-sos-file-name": path.name}
        )
        return str(answer.json()["id"])

    async def _post(self, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        base = f"http://127.0.0.1:{self.port}"
        async with httpx.AsyncClient(base_url=base, timeout=600) as client:
            answer = await client.post(path, headers=headers, **options)
        return answer.raise_for_status()


def fill(application: Application) -> tuple[list[bytes], str, str]:
    """Make an open survey, and people whom another one will invite.

    Return the requests that answer it, the id of the unit to invite, and an administrator's token.
    """
    database, present = application.database, now()
    with database.write(None) as session:
        organization_id = create_organization(
            session, name="Bench", language="en", time_zone="UTC", now=present
        )
    survey_id = insert_survey(database, organization_id, ManualClock(present))
    people = insert_people(database, organization_id, survey_id, PEOPLE)
    with database.write(organization_id) as session:
        plan = make_plan(session, [PeoplePage(others())], Request(), actor="bench", now=present)
        apply_plan(session, plan, actor="bench", now=present)
        unit = node_id("Unit", units(session)[0].id)
        account_id = create_account(
            session,
            email="admin@acme.example",
            name="Ada",
            now=present,
            actor="bench",
            administrator=True,
        )
    application.keys.create(organization_id, survey_id)
    token = issue_token(
        database,
        organization_id=organization_id,
        account_id=account_id,
        now=present,
        length=timedelta(hours=2),
    )
    requests = [ballot_request(application, organization_id, survey_id, p) for p in people]
    return requests, unit, token


def others() -> list[PersonRecord]:
    """Return as many people with addresses, in teams of fifty of one area."""
    return [
        PersonRecord(
            f"Other {number}",
            f"other{number}@acme.example",
            memberships=(("Invited", "Invited", f"Invited {number // 50}"),),
        )
        for number in range(PEOPLE)
    ]


def serve(folder: str, port: str, mail_port: str) -> None:
    """Serve one installation with its workers until killed; the body of the server process."""
    import uvicorn

    from sos_core.logs import configure_logging
    from sos_graphql.app import create_app

    settings = Settings(
        data_dir=Path(folder), mail_url=f"smtp://127.0.0.1:{mail_port}", log_level="error"
    )
    configure_logging(settings)
    app = create_app(Application(settings))
    uvicorn.run(app, port=int(port), log_config=None, access_log=False)


async def alone(server: Server) -> Times:
    """Submit for some seconds while nothing else happens."""
    until = time.perf_counter() + SECONDS_ALONE
    return await submit_until(server.port, server.requests, lambda: time.perf_counter() >= until)


async def together(server: Server, workbook: Path, mails: MailServer) -> dict[str, Times]:
    """Submit while a workbook is imported and mails go out; return the times of each phase."""
    ended = False
    load = asyncio.create_task(submit_until(server.port, server.requests, lambda: ended))
    invited = {"units": [server.invited]}
    survey = await server.ask(CREATE, title="The other survey", participants=invited)
    await server.ask(OPEN, id=survey["id"])
    await until_mailing(mails)
    marks, sent = [time.perf_counter()], [mails.taken.value]
    plan = await server.ask(MAKE, upload=await server.upload(workbook))
    marks.append(time.perf_counter())
    sent.append(mails.taken.value)
    given = {"id": plan["id"], "confirmation": plan["confirmation"]}
    done = await server.ask(APPLY, **given)
    assert done["state"] == "APPLIED", done
    marks.append(time.perf_counter())
    sent.append(mails.taken.value)
    ended = True
    times = await load
    for name, place in (("compared", 0), ("applied", 1)):
        seconds, mailed = marks[place + 1] - marks[place], sent[place + 1] - sent[place]
        print(
            f"{plan['counts']['added']:,} rows {name} in {seconds:.1f} s; {mailed} mails meanwhile"
        )
    return {
        name: [t for t in times if t[1] > marks[place] and t[0] < marks[place + 1]]
        for name, place in (("while rows are compared", 0), ("while rows are applied", 1))
    }


async def until_mailing(mails: MailServer) -> None:
    """Wait until the workers have begun to send."""
    until = time.perf_counter() + 60
    while mails.taken.value == 0:
        if time.perf_counter() > until:
            raise TimeoutError("No mail went out.")
        await asyncio.sleep(0.05)


def report(name: str, times: Times, peer: Run | None = None) -> Run:
    """Print what the requests of one phase show, beside those alone."""
    run = run_of(times)
    longest = 1000 * max(end - began for began, end in times)
    ratio = "" if peer is None else f" = {run.p99 / peer.p99:.2f} x alone (goal <= 2)"
    print(
        f"  {name:<24} {run.rate:4.0f}/s, p50 {run.p50:5.1f} ms, p99 {run.p99:6.1f} ms{ratio}, "
        f"longest {longest:.0f} ms"
    )
    return run


def main(rows: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook = folder / "people.xlsx"
        write_workbook(workbook, rows)
        mails = MailServer()
        server = Server(folder / "data", mails.port)
        try:
            asyncio.run(alone(server))
            before = asyncio.run(alone(server))
            phases = asyncio.run(together(server, workbook, mails))
        finally:
            server.process.terminate()
            server.process.wait()
            mails.process.terminate()
    print(f"Submitting, {AT_ONCE} at once, SQLite with synchronous=FULL")
    peer = report("alone", before)
    for phase, times in phases.items():
        report(phase, times, peer)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
