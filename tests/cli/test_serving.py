"""Whose word about a visitor's address the server believes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sos_core.application import Application
from sos_core.cli.serve import serve
from sos_core.settings import Settings


async def seen(loaded: Any, comes_from: str) -> str:
    """Return the address that the application is told of a request that names another one."""
    told: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        told.append(scope["client"][0])

    loaded.app = app
    await loaded(
        {
            "type": "http",
            "client": (comes_from, 5000),
            "scheme": "http",
            "headers": [(b"x-forwarded-for", b"192.0.2.66, 198.51.100.7")],
        },
        None,
        None,
    )
    return told[0]


def test_only_a_proxy_on_this_machine_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    configured: list[uvicorn.Config] = []

    def run(app: Any, **options: Any) -> None:
        configured.append(uvicorn.Config(app, **options))

    monkeypatch.setattr(uvicorn, "run", run)
    application = Application(Settings(data_dir=tmp_path))
    serve(application, host="127.0.0.1", port=0)
    application.stop()
    config = configured[0]
    config.load()
    assert asyncio.run(seen(config.loaded_app, "203.0.113.5")) == "203.0.113.5"
    # What a visitor has written into the header stands before what the proxy has added.
    assert asyncio.run(seen(config.loaded_app, "127.0.0.1")) == "198.51.100.7"
    assert config.server_header is False
