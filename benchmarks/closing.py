"""The close of a large survey: 200,000 ballots sealed by the real code, in SQLite.

    python benchmarks/closing.py [respondents] [units]

Prints each step of the close in seconds and the peak memory of both processes; the goal is <= 10 s
from the first ballot opened to the release on disk, and <= 600 MiB. Deleting, compacting and
destroying the key, which nobody waits for, are printed apart. Ten cuts and comments are included.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np

from sos_core.ballots import sealing
from sos_core.ballots.answers import encode
from sos_core.ballots.commands import SealedBallot, store_ballots
from sos_core.ballots.desk import BallotDesk
from sos_core.ballots.keys import KeyStore
from sos_core.content import questionnaire
from sos_core.database import Database
from sos_core.database.bulk import bulk_insert
from sos_core.database.migrate import upgrade
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.commands import create_organization
from sos_core.organizations.key_ring import KeyRing
from sos_core.people.identity import unit_key
from sos_core.people.tables import Person, Unit
from sos_core.results.rate_nodes import rate_nodes
from sos_core.results.release import Closing, count_apart
from sos_core.surveys.commands import SurveySettings, create_survey, open_survey

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHUNK = 5_000
SECONDS, MEBIBYTES = 10.0, 600.0
REGIONS = 10
COMMENTING = 0.3
PERSON = ("id", "identity", "name", "email", "language", "user_type", "unit_id", "source", "active")
UNIT = ("id", "parent_id", "level", "name", "key", "active")


def found(database: Database, people: int, units: int) -> int:
    """Write an organization: areas of ten regions of teams, regions named alike, people in teams."""
    with database.write(None) as session:
        organization_id = create_organization(
            session, name="Large", language="en", time_zone="UTC", now=NOW
        )
    rows: list[tuple[object, ...]] = []
    teams: list[int] = []

    def add(parent: int | None, path: tuple[str, ...]) -> int:
        rows.append((len(rows) + 1, parent, len(path) - 1, path[-1], unit_key(path), True))
        return len(rows)

    each = max(1, round((units / REGIONS) ** 0.5))
    while len(rows) < units - 1:
        area = f"Area {len(rows)}"
        area_id = add(None, (area,))
        for region in range(REGIONS):
            region_id = add(area_id, (area, f"Region {region}"))
            for team in range(each):
                if len(rows) < units - 1:
                    path = (area, f"Region {region}", f"Team {team}")
                    teams.append(add(region_id, path))
    draw = Random(1)
    staff = [
        (n, f"mail:p{n}@x.example", f"P {n}", f"p{n}@x.example", "en", "participant",
         draw.choice(teams), "bench", True)
        for n in range(1, people + 1)
    ]  # fmt: skip
    with database.write(organization_id) as session:
        bulk_insert(session, Unit, UNIT, rows)
        bulk_insert(session, Person, PERSON, staff)
    return organization_id


def sealed(
    key: bytes, organization_id: int, survey_id: int, people: Sequence[int]
) -> list[SealedBallot]:
    """Return random ballots, a third of them with a comment."""
    asked, draw = questionnaire(), np.random.default_rng(people[0])
    ballots = []
    for person in people:
        choices = draw.integers(1, 6, len(asked.variables)).tolist()
        given = {
            k: v for k, v in zip(asked.variables, choices, strict=True) if draw.random() > 0.08
        }
        said = (
            {asked.comments[0]: f"What {person} says. " * 5} if draw.random() < COMMENTING else {}
        )
        secret = sealing.person_secret(key, person)
        plain = encode(BallotDesk.answers(given, said), asked)
        ballots.append(
            SealedBallot(
                organization_id, survey_id, person, sealing.ballot_id(secret),
                sealing.seal(secret, plain), submitted=True, sequence=0, secret=secret,
            )
        )  # fmt: skip
    return ballots


def answer(database: Database, keys: KeyStore, organization_id: int, people: int) -> int:
    """Open a survey and let everybody submit; return it."""
    with database.write(organization_id) as session:
        settings = SurveySettings(title="Large", cuts=("leaders", "level:1"))
        survey_id = create_survey(session, settings, now=NOW, actor="bench")
        open_survey(session, survey_id, now=NOW, actor="bench", keys=keys, rate_nodes=rate_nodes)
    key = keys.load(organization_id, survey_id)
    chunks = [range(n, min(n + CHUNK, people + 1)) for n in range(1, people + 1, CHUNK)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for ballots in pool.map(partial(sealed, key, organization_id, survey_id), chunks):
            with database.write(organization_id) as session:
                store_ballots(session, ballots, now=NOW)
    return survey_id


def measure(people: int, units: int, folder: Path) -> None:
    """Fill a database, close its survey and print what each step took."""
    url, keys = f"sqlite:///{folder / 'large.db'}", KeyStore(folder / "keys")
    database = Database(url)
    give_audit_keys(database, lambda: KeyRing((b"benchmark" * 3 + b".....",)))
    upgrade(database)
    organization_id = found(database, people, units)
    survey_id = answer(database, keys, organization_id, people)
    count = count_apart(database, keys, url, folder / "keys")
    closing = Closing(database, keys, count, lambda *_: None, lambda *_: None)
    now = NOW + timedelta(days=15)
    times: dict[str, tuple[float, float]] = {}

    def timed(name: str, run: Callable[[], object]) -> object:
        start, worked = time.perf_counter(), cpu()
        made = run()
        times[name] = time.perf_counter() - start, cpu() - worked
        return made

    ids = (organization_id, survey_id)
    timed("take no more answers", lambda: closing.take_no_more(*ids, now))
    counted = timed("open, plan, score (own process)", lambda: count(*ids))

    def write() -> None:
        with database.write(organization_id) as session:
            closing.write(session, survey_id, counted, now)  # type: ignore[arg-type]

    timed("write the release, delete ballots", write)
    done = sum(took for took, _ in times.values())
    timed("rewrite and compact the file", lambda: closing.rewrite(*ids))
    timed("destroy the key", lambda: closing.destroy_key(*ids))
    timed("seal", lambda: closing.seal(*ids, now))
    database.close()
    report(people, units, times, done)


def cpu() -> float:
    """Return the seconds of work so far, of this process and of those that it waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in who]
    return sum(each.ru_utime + each.ru_stime for each in used)


def report(people: int, units: int, times: dict[str, tuple[float, float]], done: float) -> None:
    """Print the steps beside the goals."""
    print(f"{people:,} ballots x {len(questionnaire().variables)} questions x {units:,} units")
    for name, (took, worked) in times.items():
        print(f"  {name:40}{took:8.2f} s {worked:8.2f} s of work")
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    met = "met" if done <= SECONDS else "MISSED"
    print(f"open to release: {done:.2f} s; goal <= {SECONDS:.0f} s: {met}")
    met = "met" if max(child, here) <= MEBIBYTES else "MISSED"
    print(
        f"peak memory: counting {child:.0f} MiB, server {here:.0f} MiB (with filling the database);"
        f" goal <= {MEBIBYTES:.0f} MiB: {met}"
    )


if __name__ == "__main__":
    sizes = [int(number) for number in sys.argv[1:]] or [200_000, 2_000]
    with tempfile.TemporaryDirectory() as temporary:
        measure(sizes[0], sizes[1], Path(temporary))
