"""The whole app: its routes, its headers, and what starts and stops with it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from sos_graphql.app import create_app
from tests.graphql.conftest import World


@pytest.fixture
def app(world: World) -> Starlette:
    world.app = create_app(world.application, run_jobs=False)
    return world.app


@pytest.mark.parametrize("path", ["/graphql", "/healthz", "/readyz", "/metrics", "/nowhere"])
@pytest.mark.usefixtures("app")
def test_every_answer_is_protected(world: World, path: str) -> None:
    headers = world.send("GET", path, headers={"Accept": "text/html"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}


@pytest.mark.usefixtures("app")
def test_the_api_answers_in_the_whole_app(world: World) -> None:
    assert world.data("admin", "{ viewer { name } }") == {"viewer": {"name": "Admin"}}
    assert world.send("GET", "/healthz").text == "ok"
    counted = world.send("GET", "/metrics").text
    assert 'sos_requests_total{method="POST",route="/graphql",status="200"} 1.0' in counted
    assert world.tokens["admin"] not in counted


@pytest.mark.usefixtures("app")
def test_readiness_tells_what_is_missing(world: World) -> None:
    assert world.send("GET", "/readyz").json() == {"ready": True, "faults": []}
    world.open_survey()
    for path in world.application.settings.effective_keys_dir.rglob("*"):
        if path.is_file():
            path.unlink()
    answer = world.send("GET", "/readyz")
    assert answer.status_code == 503
    assert "key of survey" in answer.json()["faults"][0]


def test_stopping_the_app_stops_the_application(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(world.application, "start", lambda: calls.append("start"))
    monkeypatch.setattr(world.application, "stop", lambda: calls.append("stop"))
    app = create_app(world.application)

    async def go() -> int:
        async with app.router.lifespan_context(app):
            assert calls == ["start"]
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sos.test") as client:
                return (await client.get("/healthz")).status_code

    assert asyncio.run(go()) == 200
    assert calls == ["start", "stop"]
    monkeypatch.undo()
