"""The desk that takes ballots: seals what a person sends and has it written before it thanks."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sos_core.ballots import sealing
from sos_core.ballots.answers import Answers, check_answers, encode
from sos_core.ballots.commands import Saved, SealedBallot, erase_ballots, store_ballots
from sos_core.ballots.keys import KeyStore
from sos_core.ballots.queries import Resumed, resume
from sos_core.ballots.writer import GroupWriter
from sos_core.clock import Clock
from sos_core.content import Questionnaire, questionnaire
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, SosError
from sos_core.surveys.lifecycle import takes_no_answers
from sos_core.surveys.queries import survey

POSTGRESQL_WRITERS = 2
PATIENCE = 0.03
"""Seconds for which a rush gathers at most before it is written: the time of some forty ballots."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acknowledgement of a submitted ballot: ``code`` is equal for equal answers.

    ``version`` names them: the base of whatever the same device sends next.
    """

    code: str
    version: str


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What became of a draft, and the ``version`` of its answers."""

    state: Saved
    version: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What the desk keeps in memory of an open survey."""

    key: bytes
    questionnaire: Questionnaire


class BallotDesk:
    """Takes drafts and ballots of respondents; one desk a process."""

    def __init__(self, database: Database, keys: KeyStore, *, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._opened: dict[tuple[int, int], Opened] = {}
        self._writer: GroupWriter[SealedBallot, Saved] | None = None
        self._starting = threading.Lock()

    @staticmethod
    def answers(choices: Mapping[str, int | None], comments: Mapping[str, str]) -> Answers:
        """Return answers to hand in, for callers that import nothing of this room."""
        return Answers(choices, comments)

    async def submit(
        self,
        organization_id: int,
        survey_id: int,
        person_id: int,
        answers: Answers,
        base: str | None = None,
    ) -> Receipt:
        """Submit a person's answers, again until close; what is acknowledged is on disk.

        ``base`` is the version that the device last saw (empty: nothing was stored): where another
        one is stored, nothing is replaced. None replaces whatever is there.

        Raises Conflict when the survey is not open or another device has saved since, NotAllowed
        for somebody who takes no part, InvalidInput for an impossible answer, Unavailable when too
        many are waiting.
        """
        who = (organization_id, survey_id, person_id)
        ballot, canonical = await self._sealed(who, answers, base)
        if await self._store(ballot) == "stale":
            raise Conflict(
                "Another device has saved other answers in the meantime.",
                "Reload the page, look at it and save it again.",
                code="ballot_elsewhere",
            )
        return Receipt(sealing.receipt(ballot.secret, canonical), ballot.version)

    async def save_draft(
        self,
        organization_id: int,
        survey_id: int,
        person_id: int,
        answers: Answers,
        sequence: int,
        base: str | None = None,
    ) -> SavedDraft:
        """Save an unfinished ballot; a draft with a smaller ``sequence`` than the stored is stale.

        So is one whose ``base`` is not the version that is stored. Raises as ``submit`` does.
        """
        who = (organization_id, survey_id, person_id)
        ballot, _ = await self._sealed(who, answers, base, min(max(sequence, 0), 2**32 - 1))
        return SavedDraft(await self._store(ballot), ballot.version)

    def resume(self, organization_id: int, survey_id: int, person_id: int) -> Resumed:
        """Return what the person has answered so far; reads the database, so call it in a thread.

        Raises Conflict when the survey is not open, whatever this process has kept of it: another
        one may have closed it, and nobody should fill in a form in vain.
        """
        with self._database.read(organization_id) as session:
            opened = self._look(session, survey_id)
            return resume(
                session,
                survey_id=survey_id,
                secret=sealing.person_secret(opened.key, person_id),
                questionnaire=opened.questionnaire,
            )

    def erase(
        self, session: OrganizationSession, survey_ids: Collection[int], person_id: int
    ) -> None:
        """Delete a person's ballots in open surveys, which the caller holds against submissions.

        Raises Unavailable where the key of one is missing: its ballot could not be found.
        """
        found: list[tuple[int, bytes]] = []
        for survey_id in survey_ids:
            key = self._keys.load(session.organization_id, survey_id)
            secret = sealing.person_secret(key, person_id)
            found.append((survey_id, sealing.ballot_id(secret)))
        erase_ballots(session, found)

    def forget(self, organization_id: int, survey_id: int) -> None:
        """Drop what is kept in memory of a survey that has closed."""
        self._opened.pop((organization_id, survey_id), None)

    def close(self) -> None:
        """Write what waits and take no more."""
        if self._writer is not None:
            self._writer.close()

    async def _sealed(
        self,
        who: tuple[int, int, int],
        answers: Answers,
        base: str | None,
        sequence: int | None = None,
    ) -> tuple[SealedBallot, bytes]:
        """Return a ballot, a draft where it has a sequence, and the canonical bytes of its answers."""
        organization_id, survey_id, person_id = who
        opened = await self._open(organization_id, survey_id)
        checked = check_answers(answers, opened.questionnaire)
        secret = sealing.person_secret(opened.key, person_id)
        canonical = encode(checked, opened.questionnaire)
        numbered = (
            encode(checked, opened.questionnaire, sequence=sequence) if sequence else canonical
        )
        ballot = SealedBallot(
            organization_id=organization_id,
            survey_id=survey_id,
            person_id=person_id,
            ballot_id=sealing.ballot_id(secret),
            body=sealing.seal(secret, numbered),
            submitted=sequence is None,
            sequence=sequence or 0,
            secret=secret,
            version=sealing.version(secret, canonical),
            base=base,
        )
        return ballot, canonical

    async def _store(self, ballot: SealedBallot) -> Saved:
        try:
            return await self._started_writer().put(ballot)
        except Conflict:
            self.forget(ballot.organization_id, ballot.survey_id)
            raise

    async def _open(self, organization_id: int, survey_id: int) -> Opened:
        opened = self._opened.get((organization_id, survey_id))
        if opened is None:
            opened = await asyncio.to_thread(self._load, organization_id, survey_id)
        return opened

    def _load(self, organization_id: int, survey_id: int) -> Opened:
        with self._database.read(organization_id) as session:
            return self._look(session, survey_id)

    def _look(self, session: OrganizationSession, survey_id: int) -> Opened:
        """Return what is kept of a survey; one that takes no answers is forgotten, and refused."""
        view, key = survey(session, survey_id), (session.organization_id, survey_id)
        if view.state != "open" or self._clock() >= view.closes_at:
            self.forget(*key)
            raise takes_no_answers()
        opened = self._opened.get(key)
        if opened is None:
            asked = questionnaire(view.questionnaire_version)
            opened = self._opened[key] = Opened(self._keys.load(*key), asked)
        return opened

    def _started_writer(self) -> GroupWriter[SealedBallot, Saved]:
        with self._starting:
            if self._writer is None:
                threads = 1 if self._database.is_sqlite else POSTGRESQL_WRITERS
                self._writer = GroupWriter(self._write, threads=threads, patience=PATIENCE)
            return self._writer

    def _write(self, ballots: Sequence[SealedBallot]) -> list[Saved | SosError]:
        """Write a group, one transaction an organization, and return the outcomes in order."""
        places: dict[int, list[int]] = defaultdict(list)
        for place, ballot in enumerate(ballots):
            places[ballot.organization_id].append(place)
        outcomes: dict[int, Saved | SosError] = {}
        for organization_id, mine in places.items():
            with self._database.write(organization_id, urgent=True) as session:
                stored = store_ballots(session, [ballots[p] for p in mine], now=self._clock())
            outcomes.update(zip(mine, stored, strict=True))
        return [outcomes[place] for place in range(len(ballots))]
