"""Polling and subscriptions in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from tests.embed.serving import serve

SETUP = """const core = await import('/gallery/core.js');
  const control = new AbortController(); const seen = []; let asked = 0;
  const client = new core.Client({endpoint: new URL('/graphql', location.href).href,
    getToken: async () => ({token: 't', expiresAt: Date.now() + 3600_000})});
  const operation = {name: 'Rate', text: 'subscription Rate { rate }'};
  const end = performance.now() + 5000;
  const until = async (count) => { while (seen.length < count) {
    if (performance.now() > end) throw new Error(`only ${seen.length} of ${count} came`);
    await new Promise(requestAnimationFrame) } };
"""
TOO_FAST = [{"message": "Too fast.", "extensions": {"code": "too_fast", "what": "Too fast."}}]
ENDS: dict[str, list[dict[str, Any]]] = {
    "cut": [],
    "error": [{"type": "error", "payload": TOO_FAST}],
    "empty": [
        {"type": "next", "payload": {"data": None, "errors": TOO_FAST}},
        {"type": "complete"},
    ],
}
"""What connections are sent instead of figures."""
HURRY = """const wait = window.setTimeout; const pauses = []; const told = [];
  window.setTimeout = (f, ms) => { if (ms >= 1000 && ms < 10_000) pauses.push(ms);
    return wait(f, ms < 10_000 ? 0 : ms) };"""


class Socket:
    """A graphql-transport-ws server with prepared figures.

    ``fates`` says how each connection goes, one after the other: it breaks off after the figures
    (``break``) or before them (``cut``), is refused (``error``), or ends without data (``empty``).
    """

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.refuse = False
        self.fates: list[str] = []

    async def __call__(self, socket: WebSocket) -> None:
        if self.refuse:
            await socket.close()
            return
        await socket.accept(subprotocol="graphql-transport-ws")
        self.received.append(await socket.receive_json())
        await socket.send_json({"type": "connection_ack"})
        self.received.append(await socket.receive_json())
        await socket.send_json({"type": "ping"})
        self.received.append(await socket.receive_json())
        fate = self.fates.pop(0) if self.fates else ""
        if fate in ENDS:
            for message in ENDS[fate]:
                await socket.send_json({"id": "1", **message})
            await socket.close(1011)
            return
        for value in (1, 2):
            await socket.send_json(
                {"id": "1", "type": "next", "payload": {"data": {"rate": value}}}
            )
        if fate == "break":
            await socket.close(1011)
            return
        await socket.send_json({"id": "1", "type": "complete"})
        await socket.close()


@pytest.fixture(scope="module")
def _served(bundled: Path) -> Iterator[tuple[str, Socket]]:
    socket = Socket()
    app = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse("<link rel='icon' href='data:,'>")),
            WebSocketRoute("/graphql", socket.__call__),
            Mount("/gallery", StaticFiles(directory=bundled)),
        ]
    )
    with serve(app) as address:
        yield address, socket


@pytest.fixture
def socket(_served: tuple[str, Socket]) -> Socket:
    """Return the socket server, forgetful again."""
    _, socket = _served
    socket.__init__()  # type: ignore[misc]
    return socket


@pytest.fixture
def run(browser: Any, _served: tuple[str, Socket], socket: Socket) -> Iterator[Any]:
    """Return a function that runs JavaScript; refused sockets write console errors, rightly."""
    page: Page = browser.new_page()
    page.goto(_served[0])
    yield lambda body: page.evaluate(f"async () => {{ {SETUP} {body} }}")
    page.close()


def test_figures_arrive_as_they_are_pushed(run: Any, socket: Socket) -> None:
    body = """core.subscribe(client, operation, {survey: 's'}, {signal: control.signal,
        next: ({rate}) => seen.push(rate), fallback: () => { asked += 1 }});
      await until(2); return [seen, asked]"""
    assert run(body) == [[1, 2], 0]
    assert socket.received[0] == {
        "type": "connection_init",
        "payload": {"authorization": "Bearer t"},
    }
    assert socket.received[1]["payload"] == {
        "query": "subscription Rate { rate }",
        "operationName": "Rate",
        "variables": {"survey": "s"},
    }
    assert socket.received[2] == {"type": "pong"}


def test_a_broken_line_is_taken_up_again(run: Any, socket: Socket) -> None:
    socket.fates = ["break"]
    body = f"""{HURRY}
      core.subscribe(client, operation, {{}}, {{signal: control.signal, failed: (f) => told.push(f.code),
        next: ({{rate}}) => seen.push(rate), fallback: () => {{ asked += 1 }}}});
      await until(4); return [seen, asked, pauses, told]"""
    assert run(body) == [[1, 2, 1, 2], 0, [1000], []]


def test_a_refused_subscription_is_asked_for_again_later_and_later(
    run: Any, socket: Socket
) -> None:
    socket.fates = ["error", "empty", "cut", "break", "error"]
    body = f"""{HURRY}
      core.subscribe(client, operation, {{}}, {{signal: control.signal, failed: (f) => told.push(f.code),
        next: ({{rate}}) => seen.push(rate), fallback: () => {{ asked += 1 }}}});
      await until(4); return [seen, asked, pauses, told]"""
    pauses = [1000, 2000, 4000, 1000, 2000]
    told = ["too_fast", "too_fast", "offline", "too_fast"]
    assert run(body) == [[1, 2, 1, 2], 0, pauses, told]


@pytest.mark.parametrize(("retryable", "pauses"), [("true", [1000]), ("false", [])])
def test_what_cannot_be_used_is_asked_for_again_where_that_may_help(
    run: Any, retryable: str, pauses: list[int]
) -> None:
    body = f"""{HURRY}
      const closed = new Promise((resolve) => {{ window.WebSocket = class extends WebSocket {{
        constructor(...given) {{ super(...given);
          this.addEventListener('close', () => wait(resolve, 0)) }} }} }});
      core.subscribe(client, operation, {{}}, {{signal: control.signal, fallback: () => 0,
        failed: () => {{ told.push(1) }},
        next: () => {{ throw Object.assign(new Error(), {{retryable: {retryable}}}) }}}});
      await closed; control.abort(); return [told, pauses]"""
    assert run(body) == [[1, 1], pauses]


def test_without_a_socket_it_polls(run: Any, socket: Socket) -> None:
    socket.refuse = True
    body = """core.subscribe(client, operation, {}, {signal: control.signal, every: 1,
        next: (value) => seen.push(value), fallback: async () => ++asked});
      await until(3); control.abort(); return seen.slice(0, 3)"""
    assert run(body) == [1, 2, 3]


def test_polling_rests_while_nobody_looks(run: Any) -> None:
    body = """let state = 'hidden';
      Object.defineProperty(document, 'visibilityState', {get: () => state});
      const turn = (next) => { state = next; document.dispatchEvent(new Event('visibilitychange')) };
      core.poll(async () => ++asked, {signal: control.signal, every: 1, next: (v) => seen.push(v)});
      await new Promise((resolve) => setTimeout(resolve, 30)); const hidden = asked;
      turn('visible'); await until(2); turn('hidden');
      await new Promise((resolve) => setTimeout(resolve, 30)); const rested = asked;
      await new Promise((resolve) => setTimeout(resolve, 30));
      return [hidden, asked - rested]"""
    assert run(body) == [0, 0]


def test_polling_goes_on_after_a_failure(run: Any) -> None:
    body = """let failures = 0;
      core.poll(async () => { if (++asked === 1) throw new TypeError('x'); return asked },
        {signal: control.signal, every: 1, next: (v) => seen.push(v), failed: () => { failures += 1 }});
      await until(1); control.abort(); return [failures, seen[0]]"""
    assert run(body) == [1, 2]


def test_polling_ends_with_its_element(run: Any) -> None:
    body = """core.poll(async () => ++asked, {signal: control.signal, every: 1, next: (v) => seen.push(v)});
      await until(2); control.abort(); const before = asked;
      await new Promise((resolve) => setTimeout(resolve, 30)); return asked - before"""
    assert run(body) == 0
