"""Requests whose frames contradict themselves, as bytes: no request hides behind another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.hostile.served import Stage
from tests.hostile.wire import Reply

HIDDEN = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""The request that is smuggled in; its answer would show."""
SMUGGLED = b"sos_requests_total"


@dataclass
class Frame:
    """Bytes, and whether they are a whole request."""

    name: str
    data: bytes
    whole: bool = True
    refused: bool = False
    most: int = 1
    """How many answers may come."""

    def play(self, stage: Stage) -> list[Reply]:
        """Return the answers; more than there may be count as a fault."""
        replies = stage.wire.raw(self.data, whole=self.whole)
        hidden = [reply for reply in replies if SMUGGLED in reply.body]
        if hidden or len(replies) > self.most:
            return [Reply(599, (), b"a hidden request was answered")]
        return replies


def games(stage: Stage) -> Iterator[Frame]:
    """Yield the games."""
    del stage
    yield from _lengths()
    yield from _chunks()
    yield from _lines()
    yield from _sizes()


def _post(*lines: bytes, body: bytes = b"") -> bytes:
    head = (b"POST /graphql HTTP/1.1", b"Host: x", b"Content-Type: application/json", *lines)
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def _lengths() -> Iterator[Frame]:
    for length in (
        b"+5",
        b"5, 5",
        b"5,6",
        b"-1",
        b"0x5",
        b"5 5",
        b"",
        b"5.0",
        b"9" * 30,
        b"\xc2\xb2",
        b"1_0",
    ):
        data = _post(b"Content-Length: " + length, b"Connection: close", body=b"hello" + HIDDEN)
        yield Frame(f"length {length[:9]!r}", data, whole=False)
    two = _post(
        b"Content-Length: 5", b"Content-Length: 6", b"Connection: close", body=b"hello" + HIDDEN
    )
    yield Frame("two lengths", two, whole=False, refused=True)
    for name in (
        b"Content-Length :",
        b" Content-Length:",
        b"Content_Length:",
        b"\tContent-Length:",
    ):
        yield Frame(f"{name!r}", _post(name + b" 5", body=b"hello"), whole=False)


def _chunks() -> Iterator[Frame]:
    chunked = b"Transfer-Encoding: chunked"
    both = _post(b"Content-Length: 4", chunked, body=b"0\r\n\r\n" + HIDDEN)
    yield Frame("length and chunks", both, whole=False)
    other = _post(chunked, b"Content-Length: 4", body=b"0\r\n\r\n" + HIDDEN)
    yield Frame("chunks and length", other, whole=False)
    for coding in (
        b"xchunked",
        b"chunked, identity",
        b"identity, chunked",
        b"chunked\x0b",
        b"gzip",
        b"chunked, chunked",
        b'"chunked"',
        b"Chunked",
        b"chunk ed",
        b"identity",
    ):
        line = b"Transfer-Encoding: " + coding
        data = _post(line, b"Content-Length: 5", b"Connection: close", body=b"0\r\n\r\n" + HIDDEN)
        yield Frame(f"coding {coding!r}", data, whole=False)
    for size in (
        b"-1",
        b"0x5",
        b"5;" + b"x" * 9000,
        b"g",
        b"f" * 20,
        b"5 ",
        b"",
        b"+5",
        b"0" * 9000,
    ):
        data = _post(chunked, b"Connection: close", body=size + b"\r\nhello\r\n0\r\n\r\n" + HIDDEN)
        yield Frame(f"chunk of {size[:9]!r}", data, whole=False)
    trailer = b"0\r\nAuthorization: Bearer x\r\nX: y\r\n\r\n"
    yield Frame(
        "trailers", _post(chunked, b"Connection: close", body=b"2\r\n{}\r\n" + trailer), whole=False
    )


def _lines() -> Iterator[Frame]:
    close = b"Connection: close\r\n\r\n"
    for name, data in {
        "bare line feeds": b"GET /healthz HTTP/1.1\nHost: x\n\n",
        "bare returns": b"GET /healthz HTTP/1.1\rHost: x\r\r",
        "a folded header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n" + close,
        "no host": b"GET /healthz HTTP/1.1\r\n" + close,
        "two hosts": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n" + close,
        "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n" + close,
        "NUL in a name": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA\0: b\r\n" + close,
        "a header without a name": b"GET /healthz HTTP/1.1\r\nHost: x\r\n: b\r\n" + close,
        "a header without a colon": b"GET /healthz HTTP/1.1\r\nHost: x\r\nabc\r\n" + close,
        "an absolute address": b"GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\n" + close,
        "an authority": b"CONNECT evil.example:80 HTTP/1.1\r\nHost: x\r\n" + close,
        "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n" + close,
        "no address": b"GET  HTTP/1.1\r\nHost: x\r\n" + close,
        "an address with blanks": b"GET /healthz x HTTP/1.1\r\nHost: x\r\n" + close,
        "no version": b"GET /healthz\r\n\r\n",
        "version 0.9": b"GET /healthz HTTP/0.9\r\n\r\n",
        "version 1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
        "version 9": b"GET /healthz HTTP/9.9\r\nHost: x\r\n" + close,
        "version 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "an upgrade": b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\n\r\n",
        "an upgrade with a bad key": b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
        "an upgrade elsewhere": b"GET /app HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "a handshake of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        "nothing but noise": bytes(range(256)) * 8,
        "an unknown method": b"BREW /healthz HTTP/1.1\r\nHost: x\r\n" + close,
        "a long method": b"G" * 9000 + b" / HTTP/1.1\r\nHost: x\r\n" + close,
        "blank lines first": b"\r\n\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n" + close,
        "expectation": _post(
            b"Expect: 100-continue", b"Content-Length: 2", b"Connection: close", body=b"{}"
        ),
    }.items():
        yield Frame(name, data, whole=False)


def _sizes() -> Iterator[Frame]:
    close = b"Connection: close\r\n\r\n"
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    for name, data in {
        "a header of 200 kB": head + b"A: " + b"x" * 200_000 + b"\r\n" + close,
        "ten thousand headers": head + b"A: b\r\n" * 10_000 + close,
        "an address of 200 kB": b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n" + close,
        "a query of 200 kB": b"GET /app?" + b"x=1&" * 50_000 + b" HTTP/1.1\r\nHost: x\r\n" + close,
        "a name of 200 kB": head + b"A" * 200_000 + b": b\r\n" + close,
        "a cookie of 200 kB": head + b"Cookie: " + b"a=b; " * 40_000 + b"\r\n" + close,
    }.items():
        yield Frame(name, data)
