"""Foreign pages: the embeddings' exact origins may ask, load and frame, and nobody who looks like them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from sos_core.access.embeddings import EmbeddingSettings, create_embedding, end_embedding
from sos_graphql.http import frames, origins
from sos_graphql.nodes import node_id
from tests.embed.browser import toolchain
from tests.graphql.http.conftest import HOME, House

ALLOWED = "https://intranet.example"
GAMES = [
    "null",
    "",
    "*",
    "https://intranet.example.",
    "https://intranet.example/",
    "https://intranet.example:443",
    "https://intranet.example:8443",
    "https://sub.intranet.example",
    "https://intranet.example.evil.example",
    "https://evilintranet.example",
    "https://evil.example",
    "http://intranet.example",
    "HTTPS://INTRANET.EXAMPLE",
    "https://Intranet.example",
    "https://user@intranet.example",
    "https://intranet.example@evil.example",
    "https://intranet.example https://evil.example",
    "https://intranet.example, https://evil.example",
    "https://intranet.example\t",
    "https://intranet.example%00",
    "https://intranet\u3002example".encode().decode("latin-1"),
    "//intranet.example",
    "intranet.example",
    "file://",
]


@pytest.fixture
def embedding(house: House) -> int:
    settings = EmbeddingSettings("Intranet", [ALLOWED, "http://localhost:3000"], ["sos-areas"])
    with house.application.database.write(house.organization_id) as session:
        return create_embedding(session, settings, actor="test", now=house.clock())


def end(house: House, embedding: int) -> None:
    with house.application.database.write(house.organization_id) as session:
        end_embedding(session, embedding, actor="test", now=house.clock())
    house.clock.advance(seconds=origins.KNOWN.total_seconds())


def cross(house: House, origin: str | None) -> dict[str, str]:
    """Return the headers of an answer to a page of ``origin``."""
    headers = {} if origin is None else {"Origin": origin.encode("latin-1")}
    answer = house.visitor().post(
        "/graphql", json={"query": "{ viewer { kind } }"}, headers=headers
    )
    assert "access-control-allow-credentials" not in answer.headers
    assert "origin" in answer.headers["vary"].lower()
    return dict(answer.headers)


def test_an_allowed_page_may_read_answers(house: House, embedding: int) -> None:
    assert cross(house, ALLOWED)["access-control-allow-origin"] == ALLOWED
    end(house, embedding)
    assert "access-control-allow-origin" not in cross(house, ALLOWED)


def test_a_page_is_forgotten_two_seconds_after_its_embedding(house: House, embedding: int) -> None:
    assert cross(house, ALLOWED)["access-control-allow-origin"] == ALLOWED
    with house.application.database.write(house.organization_id) as session:
        end_embedding(session, embedding, actor="test", now=house.clock())
    house.clock.advance(seconds=1)
    assert "access-control-allow-origin" in cross(house, ALLOWED)
    house.clock.advance(seconds=1)
    assert "access-control-allow-origin" not in cross(house, ALLOWED)


@pytest.mark.parametrize("origin", [*GAMES, None, HOME])
def test_nobody_else_may_read_answers(house: House, embedding: int, origin: str | None) -> None:
    assert "access-control-allow-origin" not in cross(house, origin)


SOCKET = {
    "type": "websocket",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "scheme": "ws",
    "path": "/graphql",
    "raw_path": b"/graphql",
    "root_path": "",
    "query_string": b"",
    "subprotocols": ["graphql-transport-ws"],
    "client": ("127.0.0.1", 5),
    "server": ("127.0.0.1", 80),
}
QUESTION = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { kind } }"}})


async def preflights(house: House, pages: list[str]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=house.app)
    asked = {"Access-Control-Request-Method": "POST"}
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        return [
            await client.options("/graphql", headers={**asked, "Origin": page.encode("latin-1")})
            for page in pages
        ]


def test_a_preflight_tells_what_may_be_sent(house: House, embedding: int) -> None:
    answer, *others = asyncio.run(preflights(house, [ALLOWED, *GAMES]))
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    for origin, refused in zip(GAMES, others, strict=True):
        assert refused.status_code == 403, origin
        assert "access-control-allow-origin" not in refused.headers
        assert "origin" in refused.headers["vary"].lower()


@pytest.mark.parametrize("path", ["/embed/v1/loader.js", "/embed/v1/manifest.json"])
def test_the_widgets_files_follow_the_same_list(house: House, embedding: int, path: str) -> None:
    toolchain.build()
    visitor = house.visitor()
    answer = visitor.get(path, headers={"Origin": ALLOWED})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    for origin in GAMES:
        refused = visitor.get(path, headers={"Origin": origin.encode("latin-1")})
        assert "access-control-allow-origin" not in refused.headers
        assert "origin" in refused.headers["vary"].lower()


def test_other_addresses_tell_no_page_anything(house: House, embedding: int) -> None:
    for path in ("/healthz", "/auth/sign-in", "/app", "/embed/frame/x/sos-areas"):
        answer = house.visitor().get(path, headers={"Origin": ALLOWED})
        assert "access-control-allow-origin" not in answer.headers


def test_a_cookie_of_a_foreign_page_counts_for_nothing(house: House, embedding: int) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    body = {"query": "{ viewer { kind } }"}
    for origin in (ALLOWED, "https://evil.example", "null"):
        headers = {"Origin": origin, "X-SOS-Request": "1"}
        assert admin.post("/graphql", json=body, headers=headers).status_code == 403
    assert admin.post("/graphql", json=body, headers={"X-SOS-Request": "1"}).status_code == 200


def knock(
    house: House, origin: str | None, token: str | None = None, *, cookie: str = ""
) -> list[dict[str, Any]]:
    """Open a socket from a page of ``origin``, introduce oneself and ask, and return the answers."""
    payload = {"authorization": f"Bearer {token}"} if token else {}
    introduction = json.dumps({"type": "connection_init", "payload": payload})
    said = iter(
        [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": introduction},
            {"type": "websocket.receive", "text": QUESTION},
            {"type": "websocket.disconnect", "code": 1000},
        ]
    )
    heard: list[dict[str, Any]] = []
    headers = [(b"host", b"sos.example"), (b"cookie", f"sos_session={cookie}".encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode("latin-1")))

    async def receive() -> dict[str, Any]:
        return next(said)

    async def send(message: dict[str, Any]) -> None:
        heard.append(message)

    asyncio.run(house.app({**SOCKET, "headers": headers}, receive, send))
    return heard


@pytest.mark.parametrize("origin", GAMES)
def test_a_socket_of_another_page_is_not_taken(house: House, embedding: int, origin: str) -> None:
    assert [message["type"] for message in knock(house, origin)] == ["websocket.close"]


@pytest.mark.parametrize("origin", [ALLOWED, HOME, "http://localhost:3000", None])
def test_a_socket_of_an_allowed_page_is_taken(
    house: House, embedding: int, origin: str | None
) -> None:
    accepted, answer, *_ = knock(house, origin)
    assert accepted["type"] == "websocket.accept"
    assert json.loads(answer["text"])["type"] == "connection_ack"


@pytest.mark.parametrize(("origin", "kind"), [(ALLOWED, "ANONYMOUS"), (HOME, "ACCOUNT")])
def test_a_cookie_counts_in_sockets_of_our_own_pages_alone(
    house: House, embedding: int, origin: str, kind: str
) -> None:
    admin = house.signed_in(house.account("admin", administrator=True))
    [session] = [value for name, value in admin.cookies.items() if "session" in name]
    heard = knock(house, origin, cookie=session)
    told = [json.loads(message["text"]) for message in heard if "text" in message]
    found = next(message for message in told if message["type"] == "next")
    assert found["payload"]["data"]["viewer"]["kind"] == kind


@pytest.mark.parametrize("token", ["ey.ey.ey", "sos_key_1_1_x"])
def test_a_socket_with_a_bad_token_is_closed(house: House, token: str) -> None:
    accepted, answer, *_ = knock(house, None, token)
    assert (accepted["type"], answer["type"]) == ("websocket.accept", "websocket.close")


def test_a_frame_may_stand_in_the_pages_of_its_embedding_alone(
    house: House, embedding: int
) -> None:
    visitor = house.visitor()
    path = frames.frame_address(embedding, "sos-areas", locale="sv", view="bars")
    answer = visitor.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors http://localhost:3000 {ALLOWED};" in policy
    assert "x-frame-options" not in answer.headers
    assert '<html lang="sv"' in answer.text
    assert '<sos-areas loading="eager" view="bars"' in answer.text
    assert f'hosts="http://localhost:3000 {ALLOWED}"' in answer.text
    end(house, embedding)
    gone = visitor.get(path)
    assert gone.status_code == 404
    assert "frame-ancestors 'none'" in gone.headers["content-security-policy"]
    assert gone.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/embed/frame/x/sos-areas",
        f"/embed/frame/{node_id('Embedding', 999)}/sos-areas",
        f"/embed/frame/{node_id('Survey', 1)}/sos-areas",
        f"/embed/frame/{node_id('Embedding', 2**63)}/sos-areas",
        f"/embed/frame/{node_id('Embedding', 1)}/sos-heatmap",
        f"/embed/frame/{node_id('Embedding', 1)}/sos-comments",
        f"/embed/frame/{node_id('Embedding', 1)}/script",
        "/embed/frame/../../etc/passwd",
    ],
)
def test_there_is_no_other_frame(house: House, embedding: int, path: str) -> None:
    answer = house.visitor().get(path)
    assert answer.status_code == 404
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_frames_address_sets_known_attributes_to_plain_values_alone(
    house: House, embedding: int
) -> None:
    evil = '"><script>alert(1)</script>'
    asked = {"heading": evil, "view": evil, "onclick": "x", "data": "{}", "theme": evil}
    answer = house.visitor().get(frames.frame_address(embedding, "sos-areas", **asked))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "onclick" not in answer.text
    assert 'theme="auto"' in answer.text
