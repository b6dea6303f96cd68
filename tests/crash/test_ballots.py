"""A server killed at any moment has stored every ballot that it acknowledged, and none twice."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from sos_core.ballots.keys import KeyStore
from sos_core.ballots.tally import open_ballots
from sos_core.clock import ManualClock
from sos_core.content import questionnaire
from sos_core.database import Database
from tests.ballots.conftest import insert_people, insert_survey

KILLS = 6
PEOPLE = 450


def test_what_was_acknowledged_is_stored(
    database: Database, database_url: str, organization_id: int, clock: ManualClock, tmp_path: Path
) -> None:
    survey_id = insert_survey(database, organization_id, clock)
    people = insert_people(database, organization_id, survey_id, PEOPLE)
    keys = KeyStore(tmp_path / "keys")
    keys.create(organization_id, survey_id)
    chance = random.Random(7)
    acknowledged: set[int] = set()
    for _ in range(KILLS):
        left = [person for person in people if person not in acknowledged]
        if not left:
            break
        # Those who were not thanked try again, as their browsers would.
        acknowledged |= run_and_kill(
            [
                database_url,
                str(tmp_path / "keys"),
                clock().isoformat(),
                str(organization_id),
                str(survey_id),
                str(left[0]),
                str(left[-1]),
            ],
            after=chance.randint(1, 2 * PEOPLE // KILLS),
        )
    with database.read(organization_id) as session:
        key = keys.load(organization_id, survey_id)
        opened = open_ballots(session, survey_id, key, people, questionnaire())
    stored = opened.person_ids.tolist()
    assert len(acknowledged) > KILLS
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
    assert opened.matrix[0].tolist() == [1 + person % 5 for person in stored]


def run_and_kill(arguments: list[str], *, after: int) -> set[int]:
    """Run the child until it has acknowledged ``after`` ballots, kill it, return all it printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.ballot_child", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as child:
        assert child.stdout is not None
        seen: list[str] = []
        for line in child.stdout:
            seen.append(line)
            if len(seen) == after:
                child.kill()
    return {int(line) for line in seen if line.endswith("\n")}
