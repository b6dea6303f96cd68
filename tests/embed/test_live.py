"""Polling and subscriptions in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from tests.embed.serving import bundle, serve

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


class Socket:
    """A graphql-transport-ws server with prepared figures; it can refuse or break off."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.refuse = False
        self.breaks = 0

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
        for value in (1, 2):
            await socket.send_json(
                {"id": "1", "type": "next", "payload": {"data": {"rate": value}}}
            )
        if self.breaks:
            self.breaks -= 1
            await socket.close(1011)
            return
        await socket.send_json({"id": "1", "type": "complete"})
        await socket.close()


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[str, Socket]]:
    socket = Socket()
    app = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse("<link rel='icon' href='data:,'>")),
            WebSocketRoute("/graphql", socket.__call__),
            Mount("/gallery", StaticFiles(directory=bundle())),
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
    socket.breaks = 1
    body = """const wait = window.setTimeout; window.setTimeout = (f, ms) => wait(f, ms > 1000 ? ms : 0);
      core.subscribe(client, operation, {}, {signal: control.signal,
        next: ({rate}) => seen.push(rate), fallback: () => { asked += 1 }});
      await until(4); return [seen, asked]"""
    assert run(body) == [[1, 2, 1, 2], 0]


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
