"""The close of a survey, in steps that can each be repeated (privacy.md, section 3).

    (a) take no more answers               state closing
    (b) open all ballots, plan, compute    nothing is written
    (c) in one transaction: write the release, delete the ballots, state tallied
    (d) rewrite what deletion leaves traces of
    (e) destroy the survey key, never before (c) is on disk
    (f) state sealed

Whatever crashes, beginning again finishes it; two who close the same survey do not disturb each other.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sos_core.ballots.keys import KeyStore
from sos_core.ballots.tally import delete_ballots, open_ballots
from sos_core.benchmarks.queries import edition_in_force
from sos_core.content import questionnaire
from sos_core.database import Database
from sos_core.database.partitions import compact
from sos_core.database.session import OrganizationSession
from sos_core.organizations.commands import lock_organization
from sos_core.results.counting import Answered, Counted, count
from sos_core.results.gathering import gather, released_surveys
from sos_core.results.stored import write_release
from sos_core.surveys.commands import begin_closing, set_sealed, set_tallied
from sos_core.surveys.participation import counts_by_unit, rewrite_participation
from sos_core.surveys.queries import survey

MOST_HERE = 2_000
"""People of a survey up to which it is counted in this process: some hundredths of a second."""
MOST_ATTEMPTS = 10
"""Times that counting begins anew because another survey of the organization was released."""

Count = Callable[[int, int], Counted]
"""Opens and counts (organization, survey): here, or in a process of its own."""
Note = Callable[[OrganizationSession, int], None]
"""Writes, in the transaction of the release, what is to happen because of it."""


class Keys(Protocol):
    """Where survey keys are kept, outside the database."""

    def load(self, organization_id: int, survey_id: int) -> bytes:
        """Return the survey's key; raise Unavailable when it is missing."""
        ...

    def destroy(self, organization_id: int, survey_id: int) -> None:
        """Destroy the survey's key; repeating it is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Closing:
    """Closes surveys; ``count`` is where the heavy work is done, ``forget`` empties memories."""

    database: Database
    keys: Keys
    count: Count
    forget: Callable[[int, int], None]
    released: Note

    def close(self, organization_id: int, survey_id: int, now: datetime) -> None:
        """Bring a survey that is due from wherever it stands to ``sealed``; repeatable."""
        if self.state(organization_id, survey_id) in ("open", "closing"):
            self.take_no_more(organization_id, survey_id, now)
            self.publish(organization_id, survey_id, now)
        if self.state(organization_id, survey_id) == "tallied":
            self.rewrite(organization_id, survey_id)
            self.destroy_key(organization_id, survey_id)
            self.seal(organization_id, survey_id, now)

    def state(self, organization_id: int, survey_id: int) -> str:
        """Return how the survey stands."""
        with self.database.read(organization_id) as session:
            return survey(session, survey_id).state

    def take_no_more(self, organization_id: int, survey_id: int, now: datetime) -> None:
        """Step (a): from here on no ballot is stored."""
        with self.database.write(organization_id) as session:
            begin_closing(session, survey_id, now=now)
        self.forget(organization_id, survey_id)

    def publish(self, organization_id: int, survey_id: int, now: datetime) -> None:
        """Steps (b) and (c): count, then write it all at once; nothing where it was done before."""
        for _ in range(MOST_ATTEMPTS):
            counted = self.count(organization_id, survey_id)
            with self.database.write(organization_id) as session:
                if self.write(session, survey_id, counted, now):
                    return
        raise RuntimeError("Other surveys of the organization were released again and again.")

    def write(
        self, session: OrganizationSession, survey_id: int, counted: Counted, now: datetime
    ) -> bool:
        """Step (c); False where another survey was released since this one was counted.

        The organization is held meanwhile: two surveys of the same people that close at the same
        time would else not see each other, and together tell one person apart.
        """
        lock_organization(session)
        view = survey(session, survey_id)
        if view.state != "closing":
            return True
        if tuple(released_surveys(session, survey_id)) != counted.released:
            return False
        edition = edition_in_force(session, view.questionnaire_version, now)
        write_release(
            session,
            survey_id,
            counted,
            now=now,
            edition_key=None if edition is None else edition.key,
        )
        set_tallied(session, survey_id, now=now)
        self.released(session, survey_id)
        session.flush()
        delete_ballots(session, survey_id)
        return True

    def rewrite(self, organization_id: int, survey_id: int) -> None:
        """Step (d): no row and no page tells any more who submitted when, or what was deleted."""
        with self.database.write(organization_id) as session:
            rewrite_participation(session, survey_id)
        compact(self.database)

    def destroy_key(self, organization_id: int, survey_id: int) -> None:
        """Step (e): what backups may still hold of the ballots can never be opened again."""
        self.keys.destroy(organization_id, survey_id)
        self.forget(organization_id, survey_id)

    def seal(self, organization_id: int, survey_id: int, now: datetime) -> None:
        """Step (f)."""
        with self.database.write(organization_id) as session:
            set_sealed(session, survey_id, now=now)


def count_survey(database: Database, keys: Keys, organization_id: int, survey_id: int) -> Counted:
    """Step (b): open every submitted ballot, decide what may be shown, and compute it."""
    with database.read(organization_id) as session:
        frame = gather(session, survey_id)
        opened = open_ballots(
            session,
            survey_id,
            keys.load(organization_id, survey_id),
            frame.people.tolist(),
            questionnaire(frame.version),
        )
    answered = Answered(opened.person_ids, opened.matrix, opened.comments, opened.receipts)
    return count(frame, answered)


def count_here(database: Database, keys: Keys) -> Count:
    """Return a ``Count`` that works in the calling thread, for tests and small installations."""

    def counting(organization_id: int, survey_id: int) -> Counted:
        return count_survey(database, keys, organization_id, survey_id)

    return counting


def count_apart(
    database: Database, keys: Keys, database_url: str, keys_dir: Path, *, most_here: int = MOST_HERE
) -> Count:
    """Return a ``Count`` that counts large surveys in a new process.

    This one answers as quickly as ever meanwhile; a small survey takes less than a process to start.
    """

    def counting(organization_id: int, survey_id: int) -> Counted:
        with database.read(organization_id) as session:
            people = sum(invited for invited, _ in counts_by_unit(session, survey_id).values())
        if people <= most_here:
            return count_survey(database, keys, organization_id, survey_id)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn, initializer=_end_with_parent) as pool:
            work = pool.submit(_count, database_url, keys_dir, organization_id, survey_id)
            return work.result()

    return counting


def _end_with_parent() -> None:
    """Let this process end when its parent is killed: nobody else would end it, nor its memory."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("Only a child process may be ended with its parent.")

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="sos-parent", daemon=True).start()


def _count(database_url: str, keys_dir: Path, organization_id: int, survey_id: int) -> Counted:
    """Run in the child: it only reads, and is gone with everything that it has seen."""
    database = Database(database_url)
    try:
        return count_survey(database, KeyStore(keys_dir), organization_id, survey_id)
    finally:
        database.close()
