"""What a disk, a file and a database do to a server that goes on: refused in words, and never a lie.

Each fault begins at random points while ballots are submitted, lasts until some were refused, and
ends; the same server then has to go on by itself.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy.engine import make_url

from tests.crash.foreman import Crew, until

WRITING = "-c default_transaction_read_only=off"


class Fault(Protocol):
    """Something that is wrong for a while."""

    name: str
    reads: bool
    """Whether what is stored can be read meanwhile."""
    steady: bool
    """Whether nothing at all can be stored meanwhile."""

    def begin(self, crew: Crew, server: int) -> int:
        """Let it go wrong for the process ``server``; return the server that goes on."""
        ...

    def end(self, server: int) -> None:
        """Mend it."""
        ...


@dataclass
class FullDisk:
    """No file of the server can grow any more: the kernel refuses each write that would need room."""

    name: str = "full disk"
    reads: bool = True
    steady: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        return server

    def end(self, server: int) -> None:
        limits = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server, resource.RLIMIT_FSIZE, limits)


@dataclass
class ReadOnlyFile:
    """A server starts while the database's file may not be written; it is mended under its feet."""

    path: Path
    name: str = "read-only file"
    reads: bool = True
    steady: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        crew.end(server)
        self.path.chmod(0o444)
        return crew.start()

    def end(self, server: int) -> None:
        self.path.chmod(0o644)


@dataclass
class ReadOnlyServer:
    """PostgreSQL takes no writes, as a standby does; sessions begin anew."""

    url: str
    name: str = "read-only PostgreSQL"
    reads: bool = True
    steady: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        with admin(self.url) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            cut(connection, name)
        return server

    def end(self, server: int) -> None:
        with admin(self.url) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


@dataclass
class CutConnections:
    """Every connection of the server is cut, and no new one let in."""

    url: str
    name: str = "cut connections"
    reads: bool = False
    steady: bool = True

    def begin(self, crew: Crew, server: int) -> int:
        with admin(self.url, "postgres") as connection:
            name = str(make_url(self.url).database)
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            cut(connection, name)
        return server

    def end(self, server: int) -> None:
        with admin(self.url, "postgres") as connection:
            name = make_url(self.url).database
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@dataclass
class StoppedServer:
    """PostgreSQL itself is stopped, at once or in a crash, and started again."""

    server: object
    name: str = "stopped PostgreSQL"
    reads: bool = False
    steady: bool = True
    _times: int = 0

    def begin(self, crew: Crew, server: int) -> int:
        postmaster = self.server.get_pid()  # type: ignore[attr-defined]
        self._times += 1
        os.kill(postmaster, signal.SIGQUIT if self._times % 2 else signal.SIGINT)
        until(lambda: not alive(postmaster), time.monotonic() + 60)
        return server

    def end(self, server: int) -> None:
        deadline = time.monotonic() + 120
        while True:
            try:
                self.server.ensure_postgres_running()  # type: ignore[attr-defined]
            except (AssertionError, subprocess.SubprocessError):
                # On a busy machine the package gives up while the server is still starting.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return


@contextlib.contextmanager
def admin(url: str, database: str | None = None) -> Iterator[psycopg.Connection]:
    """Yield a connection that may write whatever the database's settings say."""
    with psycopg.connect(url, dbname=database, autocommit=True, options=WRITING) as connection:
        yield connection


def cut(connection: psycopg.Connection, name: str) -> None:
    """End every other connection to a database."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND pid <> pg_backend_pid()",
        (name,),
    )


def alive(process: int) -> bool:
    """Tell whether a process that is not our child still runs."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
