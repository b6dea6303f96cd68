"""The widgets' files: kept for ever where the name tells the content, else for minutes."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from sos_graphql.http import embed
from sos_graphql.http.embed import FOREVER, MINUTES, EmbedFile, embed_routes

FILES = {
    "loader.js": MINUTES,
    "manifest.json": MINUTES,
    "documents.json": MINUTES,
    "sos-provider.js": MINUTES,
    "sos-areas-QNB2GB34.js": FOREVER,
    "chunk-4DAIJUB5.js": FOREVER,
    "chunk-FFWV2YXV.js.LEGAL.txt": FOREVER,
    "page-VJZ663PJ.css": FOREVER,
    "locales/en-XA.results-dEAAK179.json": FOREVER,
    "locales/en-sU-x_MIK.json": FOREVER,
    "locales/en.json": MINUTES,
}


@pytest.mark.parametrize(("name", "kept"), FILES.items())
def test_only_names_that_tell_the_content_are_kept_for_ever(
    name: str, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "files", lambda: {name: EmbedFile(b"body", b"", "text/plain")})

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=list(embed_routes())))
        async with httpx.AsyncClient(transport=transport, base_url="http://sos.test") as client:
            return await client.get(f"/embed/v1/{name}", headers={"Accept-Encoding": "identity"})

    answer = asyncio.run(get())
    assert answer.content == b"body"
    assert answer.headers["cache-control"] == kept


def test_every_built_file_but_three_has_a_name_for_ever() -> None:
    unhashed = {name for name in embed.files() if not embed.HASHED.fullmatch(name)}
    assert unhashed == {"loader.js", "manifest.json", "documents.json"}
