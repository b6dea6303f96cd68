"""The memory of a server at rest: just started, and after every page and document was used once.

    python benchmarks/at_rest.py

Serves installations by `sos serve`, its workers and plugins included, first an empty one, then one
with a published survey of 60 units, whose pages are followed from link to link and whose widgets'
documents are all asked. Prints what is resident (VmRSS) beside the goal of 150 MiB.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._serving import free_port, wait_for
from benchmarks.heatmap import prepare
from sos_graphql.documents import stored_documents
from sos_graphql.nodes import node_id

GOAL = 150.0
UNITS = 60
PAGES = 120
SETTLED = 3.0
LINK = re.compile(r'href="(/(?:app|files)[^"#]*)"')
PROGRAM = "from sos_core.cli import app; app()"


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve an installation meanwhile; give (port, process id)."""
    port = free_port()
    environment = os.environ | {"SOS_DATA_DIR": str(folder), "SOS_LOG_LEVEL": "error"}
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment)
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def resident(process: int) -> float:
    """Return what a process has in memory after a short rest, in MiB."""
    time.sleep(SETTLED)
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    kibibytes = next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]
    return int(kibibytes) / 1024


def ask(port: int, method: str, path: str, token: str, body: object = None) -> tuple[int, str]:
    """Send one request as a signed-in page does and return (status, text)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"sos_session={token}", "X-SOS-Request": "1"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, text


def follow(port: int, token: str) -> tuple[int, list[str]]:
    """Open every page that links lead to; return how many answered, and the files they name."""
    waiting, seen, good = ["/app", "/app/account", "/app/people/new"], set[str](), 0
    files: dict[str, None] = {}
    while waiting and len(seen) < PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        status, text = ask(port, "GET", path, token)
        good += status == 200
        links = [link.replace("&amp;", "&") for link in LINK.findall(text)]
        waiting += [link for link in links if link.startswith("/app")]
        files |= dict.fromkeys(link for link in links if link.startswith("/files"))
    return good, list(files)


def ask_documents(port: int, token: str, survey_id: int) -> int:
    """Ask every query of the widgets; return how many were answered with data."""
    given: dict[str, Any] = {
        "survey": node_id("Survey", survey_id), "id": node_id("Survey", survey_id), "unit": None,
        "compare": "NONE", "first": 50, "after": None, "area": None, "kind": "ADDED",
        "key": "strategy_1", "level": None, "language": "en",
    }  # fmt: skip
    good = 0
    for text in stored_documents().values():
        if text.lstrip().startswith("query"):
            named = set(re.findall(r"\$(\w+):", text))
            variables = {name: value for name, value in given.items() if name in named}
            _, answer = ask(
                port, "POST", "/graphql", token, {"query": text, "variables": variables}
            )
            good += '"data":{' in answer
    return good


def report(name: str, mebibytes: float) -> None:
    """Print a figure beside the goal."""
    met = "met" if mebibytes <= GOAL else "MISSED"
    print(f"{name:34}{mebibytes:7.1f} MiB resident; goal <= {GOAL:.0f} MiB: {met}")


def main() -> None:
    """Measure an empty installation, and one in use."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, process):
        assert ask(port, "GET", "/healthz", "")[0] == 200
        report("empty installation", resident(process))
    with tempfile.TemporaryDirectory() as folder:
        (_, survey_id), token = prepare(Path(folder), UNITS)
        with served(Path(folder)) as (port, process):
            report("an organization, unused", resident(process))
            pages, files = follow(port, token)
            documents = ask_documents(port, token, survey_id)
            print(f"  {pages} pages, {documents} documents")
            report("after every page and document", resident(process))
            made = sum(ask(port, "GET", path, token)[0] == 200 for path in files[:PAGES])
            print(f"  {made} files, some of them workbooks, whose library is loaded for the first")
            report("after every file", resident(process))


if __name__ == "__main__":
    main()
