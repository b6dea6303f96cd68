"""Serves pages to the browser tests on loopback, with the product's own strict headers."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sos_graphql.http.middleware import CONTENT_SECURITY_POLICY
from tests.embed.browser import ROOT, TOOLS, toolchain

PAGE = """<!doctype html>
<html lang="{lang}" dir="{direction}" data-theme="{theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery</title>
<link rel="stylesheet" href="/embed/v1/{page_css}"><link rel="stylesheet" href="/gallery.css">
<script type="module" src="/embed/v1/loader.js"></script>{scripts}</head>
<body><sos-provider endpoint="/graphql" locale="{lang}" theme="{theme}"><main>
<h1>Gallery</h1>{body}</main></sos-provider></body></html>
"""
FIXED = '<script type="module" src="/gallery/gallery.js"></script>'
EVERYTHING = "".join(
    f"<sos-gallery-{name} heading-level='2'></sos-gallery-{name}>"
    for name in ("areas", "question", "position", "trend", "states")
)


class Api:
    """A stand-in API: hands out prepared answers and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, object]]] = []
        self.answers: list[Response] = []

    async def __call__(self, request: Request) -> Response:
        self.asked.append((dict(request.headers), await request.json()))
        if self.answers:
            return self.answers.pop(0)
        return JSONResponse({"data": {"gallery": {"value": len(self.asked)}}})


def gallery(api: Api, bundled: Path) -> Starlette:
    """Return the gallery: built widgets, the elements ``bundled`` for it, and a stand-in API."""
    toolchain.build()
    manifest = json.loads((toolchain.OUTPUT / "manifest.json").read_text(encoding="utf-8"))

    async def page(request: Request) -> Response:
        wanted = request.query_params
        body = wanted.get("body", EVERYTHING)
        filled = PAGE.format(
            lang=wanted.get("lang", "en"),
            direction=wanted.get("dir", "ltr"),
            theme=wanted.get("theme", "light"),
            page_css=manifest["page.css"],
            body=body,
            # The strict policy lets one copy of Lit in: the product's own, or the gallery's.
            scripts=FIXED if "sos-gallery" in body else "",
        )
        return HTMLResponse(filled)

    css = "main{max-width:60rem;margin:0 auto;padding:1rem;display:grid;gap:1.5rem}"
    css += "main>*{min-width:0}h1{font:600 2rem/1.2 var(--font);margin:1rem 0 0}"
    return Starlette(
        routes=[
            Route("/", page),
            Route("/favicon.ico", lambda _: Response(status_code=204)),
            Route("/gallery.css", lambda _: Response(css, media_type="text/css")),
            Route("/graphql", api.__call__, methods=["POST"]),
            Mount("/embed/v1", StaticFiles(directory=toolchain.OUTPUT)),
            Mount("/gallery", StaticFiles(directory=bundled)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_strict)],
    )


async def _strict(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
    return response


def bundle(folder: Path) -> Path:
    """Bundle the gallery's elements, with the fixed data, into ``folder``; return it."""
    node, npm = toolchain.require_node()
    with toolchain.installed(toolchain.EMBED, npm):
        command = [*node, "bundle.mjs", str(folder)]
        subprocess.run(command, cwd=TOOLS / "gallery", check=True)
    return folder


@contextlib.contextmanager
def serve(app: ASGIApp, listening: socket.socket | None = None) -> Iterator[str]:
    """Serve ``app`` on a free loopback port, or the given one, from a thread; give its address."""
    listening = listening or socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="auto", ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The test server did not start.")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


__all__ = ["ROOT", "Api", "gallery", "serve"]
