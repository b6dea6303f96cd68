"""Ports of this machine for servers that cannot be handed a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """Give a loopback port that nobody else is given meanwhile; nobody listens on it by itself.

    A server that sets ``SO_REUSEADDR``, as asyncio's and ``http.server``'s do, may listen on it.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
