"""Submits ballots as fast as it can and prints each acknowledged one; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from sos_core.ballots.answers import Answers
from sos_core.ballots.desk import BallotDesk
from sos_core.ballots.keys import KeyStore
from sos_core.content import questionnaire
from sos_core.database import Database

AT_ONCE = 16


async def run(desk: BallotDesk, organization_id: int, survey_id: int, people: list[int]) -> None:
    """Submit for everybody, sixteen at once, and acknowledge on standard output."""
    form = questionnaire()
    waiting = iter(people)

    async def one_after_another() -> None:
        for person in waiting:
            value = 1 + person % 5
            given = Answers({item.key: value for item in form.statements})
            await desk.submit(organization_id, survey_id, person, given)
            print(person, flush=True)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


def main() -> None:
    """Read the database, keys, instant, organization, survey and people from the command line."""
    url, keys, instant, organization_id, survey_id, first, last = sys.argv[1:]
    now = datetime.fromisoformat(instant)
    desk = BallotDesk(Database(url), KeyStore(Path(keys)), clock=lambda: now)
    people = list(range(int(first), int(last) + 1))
    asyncio.run(run(desk, int(organization_id), int(survey_id), people))
    desk.close()


if __name__ == "__main__":
    main()
