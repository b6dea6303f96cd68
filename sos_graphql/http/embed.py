"""The widgets' built files: hashed ones for ever, the loader and the stable names for minutes."""

from __future__ import annotations

import gzip
import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

FOREVER = "public, max-age=31536000, immutable"
MINUTES = "public, max-age=300"
NOT_BUILT = "The widgets were not built when SOS was installed; pages work without them."
HASHED = re.compile(r"[^/]+-[A-Z2-7]{8}\.(js|css)(\.LEGAL\.txt)?|locales/[^/]+-[\w-]{8}\.json")
"""Names that tell what is in the file, as the build gives them: another content has another name."""
BASE = "/embed/v1"


@dataclass(frozen=True, slots=True)
class EmbedFile:
    """One built file in memory, as it is and compressed."""

    body: bytes
    compressed: bytes
    media_type: str


def embed_routes() -> Sequence[BaseRoute]:
    """Return the routes under ``/embed/v1``: modules load in pages that an embedding allows."""
    return [Route(f"{BASE}/{{name:path}}", serve)]


async def serve(request: Request) -> Response:
    """Return a built file; a public name is answered with a redirect to its hashed one."""
    name = request.path_params["name"]
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    file = files().get(name)
    if file is None:
        hashed = manifest().get(name)
        if hashed is not None:
            return RedirectResponse(
                f"{BASE}/{hashed}", headers=headers | {"Cache-Control": MINUTES}
            )
        raise HTTPException(404, "Not found" if files() else NOT_BUILT)
    headers["Cache-Control"] = FOREVER if HASHED.fullmatch(name) else MINUTES
    headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.compressed, media_type=file.media_type, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


@cache
def files() -> Mapping[str, EmbedFile]:
    """Return every built file by name, without the source maps; empty where nothing was built."""
    folder = resources.files("sos_graphql").joinpath("_embed")
    return dict(_walk(folder, "")) if folder.is_dir() else {}


@cache
def manifest() -> Mapping[str, str]:
    """Return the public names and the hashed files that they mean."""
    file = files().get("manifest.json")
    return dict(json.loads(file.body)) if file else {}


def address(name: str) -> str | None:
    """Return the address of the file that a public name means, None where nothing was built."""
    hashed = manifest().get(name)
    return f"{BASE}/{hashed}" if hashed else None


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, EmbedFile]]:
    found: list[tuple[str, EmbedFile]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found.extend(_walk(entry, f"{prefix}{entry.name}/"))
        elif not entry.name.endswith((".map", ".sha256")):
            body = entry.read_bytes()
            media_type = mimetypes.guess_type(entry.name)[0] or "application/octet-stream"
            found.append(
                (
                    f"{prefix}{entry.name}",
                    EmbedFile(body, gzip.compress(body, 9, mtime=0), media_type),
                )
            )
    return found
