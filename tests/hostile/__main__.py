"""Hostile input at full size: ``make hostile``, or ``python -m tests.hostile [PROGRAM ...]``.

Each program runs against the real application on a loopback port, with SQLite and, smaller, with
PostgreSQL; it is bounded, draws from a seeded chance and prints one counted line. Ends with 1 when
any promise was broken.
"""

from __future__ import annotations

import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from sos_core.database import Database
from sos_core.database.migrate import upgrade
from tests.crash.__main__ import named, servers
from tests.hostile import fuzzing, generated, headers, paths, sockets, tokens, wild
from tests.hostile.report import Report
from tests.hostile.served import Stage, stage

SEED = 1


Program = Callable[[Stage, int], Report]
PROGRAMS: Mapping[str, Program] = {
    "tokens": lambda on, _share: tokens.run(on),
    "headers": lambda on, _share: headers.run(on),
    "paths": lambda on, _share: paths.run(on),
    "sockets": lambda on, share: sockets.run(on, conversations=2_000 // share, seed=SEED),
    "documents": lambda on, share: fuzzing.run(on, documents=50_000 // share, seed=SEED),
    "generated": lambda on, share: generated.run(on, examples=max(1, 5 // share), seed=SEED),
    "wild": lambda on, share: wild.run(on, documents=5_000 // share, seed=SEED),
}
"""The last two change the world, so they come last."""
SHARES = {"SQLite": 1, "PostgreSQL": 10}
"""By how much the numbers are divided on each database."""
TOLD = 20


def main(arguments: list[str]) -> int:
    """Run the programs that are named; the exit code tells whether all promises held."""
    wanted, clean = named(arguments, PROGRAMS, __doc__), True
    with tempfile.TemporaryDirectory(prefix=f"sos-{uuid.uuid4().hex[:6]}-") as name:
        folder = Path(name)
        with servers(folder) as databases:
            for kind, make in databases.items():
                url = make(f"hostile_{kind.lower()}")
                database = Database(url)
                upgrade(database)
                database.close()
                data = folder / f"data_{kind.lower()}"
                data.mkdir()
                with ExitStack() as stack:
                    on = stage(data, url, stack)
                    for program in wanted:
                        report = PROGRAMS[program](on, SHARES[kind])
                        print(f"{program}, {kind}: {report}", flush=True)
                        for line in report.wrong[:TOLD]:
                            print(f"  {line[:1500]}", flush=True)
                        clean &= report.clean
    print("all promises held" if clean else "A PROMISE WAS BROKEN", flush=True)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
