"""HTTP as bytes on a socket: what no well-behaved client would send can be sent too."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SECONDS = 60.0
"""How long an answer may take; only a server that hangs takes longer."""
MOMENT = 0.3
"""How long it is listened for an answer to a request that is not whole; none is due."""
Headers = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; a status of 0 means that there was none."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, several with commas between them."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)


NO_REPLY = Reply(0)


class Wire:
    """A connection that is kept, as browsers do, and opened anew where the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._socket: socket.socket | None = None

    @property
    def authority(self) -> str:
        """Return the host and port as a Host header names them."""
        return f"{self.host}:{self.port}"

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(
        self, method: str, target: str | bytes, headers: Headers = (), body: bytes | None = None
    ) -> Reply:
        """Send one request, framed as it should be, and return the answer."""
        given = [(name, _bytes(value)) for name, value in headers]
        names = {name.lower() for name, _ in given}
        if "host" not in names:
            given.insert(0, ("Host", self.authority.encode()))
        if body is not None and not names & {"content-length", "transfer-encoding"}:
            given.append(("Content-Length", str(len(body)).encode()))
        head = b"%b %b HTTP/1.1\r\n" % (method.encode(), _bytes(target))
        head += b"".join(b"%b: %b\r\n" % (name.encode(), value) for name, value in given)
        return self._exchange(head + b"\r\n" + (body or b""), method)

    def raw(self, data: bytes, *, whole: bool = True) -> list[Reply]:
        """Send bytes on a connection of their own, and return all answers until it is closed.

        The last request should ask for closing; one that is not ``whole`` is left after a moment.
        """
        replies = []
        with socket.create_connection((self.host, self.port), SECONDS) as connection:
            try:
                connection.sendall(data)
                connection.settimeout(SECONDS if whole else MOMENT)
                with connection.makefile("rb") as file:
                    while file.peek(1):
                        replies.append(_read(_Lent(file), "POST"))
            except (OSError, http.client.HTTPException):
                return replies
        return replies

    def _exchange(self, data: bytes, method: str) -> Reply:
        for _attempt in range(2):
            fresh = self._socket is None
            try:
                if self._socket is None:
                    self._socket = socket.create_connection((self.host, self.port), SECONDS)
                self._socket.sendall(data)
                return self._answer(self._socket, method)
            except TimeoutError:
                self.close()
                return NO_REPLY
            except (OSError, http.client.HTTPException):
                # A kept connection may have been closed meanwhile; a fresh one may be refused early.
                self.close()
                if fresh:
                    return NO_REPLY
        return NO_REPLY

    def _answer(self, connection: socket.socket, method: str) -> Reply:
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        body = response.read()
        if response.will_close:
            self.close()
        return Reply(response.status, response.getheaders(), body)


class _Lent:
    """What ``http.client`` takes for a socket: one file that stays open for the next answer."""

    def __init__(self, file: object) -> None:
        self.file = file

    def makefile(self, *_mode: object) -> object:
        return _Unclosed(self.file)


class _Unclosed:
    def __init__(self, file: object) -> None:
        self._file = file

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def close(self) -> None:
        """Leave the file open."""


def _read(lent: _Lent, method: str) -> Reply:
    response = http.client.HTTPResponse(lent, method=method)  # type: ignore[arg-type]
    response.begin()
    return Reply(response.status, response.getheaders(), response.read())


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
