# ruff: noqa: INP001 - a program to copy, not a package
"""A page of somebody else's site that shows SOS widgets to readers who do not sign in to SOS.

Run it beside SOS, with what the administrator's page of embeddings says:

    SOS_URL=http://127.0.0.1:8000 SOS_API_KEY=sos_key_... SOS_EMBEDDING=... SOS_SURVEY=... \\
        python examples/guest-host/host.py

and open http://localhost:8090. That origin must be one that the embedding allows.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

PORT = 8090
HERE = Path(__file__).parent
PAGES = {"/": "elements.html", "/frame": "frame.html"}
MINT = """mutation Mint($input: MintGuestTokenInput!) { mintGuestToken(input: $input) {
    ... on GuestToken { token expiresAt } ... on Problem { what remedy } } }"""


@dataclass(frozen=True)
class Sos:
    """Where SOS is, and what this site shows of it."""

    url: str
    key: str
    embedding: str
    survey: str
    unit: str | None = None

    def mint(self, origin: str) -> dict[str, str]:
        """Ask SOS, server to server, for a token of ten minutes for a page of ``origin``."""
        wanted = {
            "embedding": self.embedding,
            "survey": self.survey,
            "unit": self.unit,
            "widgets": ["AREAS", "SUMMARY"],
            "language": "en",
            "origin": origin,
        }
        body = json.dumps({"query": MINT, "variables": {"input": wanted}}).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.url}/graphql", body, headers), timeout=10) as answer:  # noqa: S310
            found: dict[str, str] = json.load(answer)["data"]["mintGuestToken"]
        return found


class Host(BaseHTTPRequestHandler):
    """Serves two pages, one with elements and one with a frame, and the tokens for both."""

    sos: Sos

    @cached_property
    def origin(self) -> str:
        """Return the origin of this site's pages."""
        return f"http://{self.headers['Host']}"

    def do_GET(self) -> None:
        """Answer with a page or a token; a real site looks first who its reader is."""
        if self.path == "/sos-token":
            self._send("application/json", json.dumps(self.sos.mint(self.origin)))
        elif self.path in PAGES:
            page = (HERE / PAGES[self.path]).read_text(encoding="utf-8")
            for name in ("url", "embedding"):
                page = page.replace(f"%{name}%", getattr(self.sos, name))
            self._send("text/html; charset=utf-8", page)
        else:
            self.send_error(404)

    def _send(self, kind: str, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serve(sos: Sos, port: int = PORT) -> ThreadingHTTPServer:
    """Return a server for this site on the loopback."""
    handler = type("ThisHost", (Host,), {"sos": sos})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    given = {name: os.environ[f"SOS_{name.upper()}"] for name in ("url", "embedding", "survey")}
    found = Sos(**given, key=os.environ["SOS_API_KEY"], unit=os.environ.get("SOS_UNIT"))
    print(f"http://localhost:{PORT}")
    serve(found).serve_forever()
