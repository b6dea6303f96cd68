"""Opens every submitted ballot of a closed survey, once; only the release may call it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from sos_core.ballots import sealing
from sos_core.ballots.answers import CANNOT_JUDGE, split
from sos_core.ballots.tables import Ballot
from sos_core.content import Questionnaire
from sos_core.database.partitions import empty_partition
from sos_core.database.session import OrganizationSession

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class OpenedBallots:
    """The answers of those who submitted, in memory only.

    ``person_ids`` int64[n] ascending; ``matrix`` uint8[variables, n], option from 1, 0 = none or
    cannot judge; ``comments`` (prompt key, position among the people, text); ``receipts`` sorted.
    """

    person_ids: NDArray[np.int64]
    matrix: NDArray[np.uint8]
    comments: Sequence[tuple[str, int, str]]
    receipts: Sequence[str]


def open_ballots(
    session: OrganizationSession,
    survey_id: int,
    survey_key: bytes,
    person_ids: Sequence[int],
    questionnaire: Questionnaire,
) -> OpenedBallots:
    """Return the submitted ballots of ``person_ids``; raise BallotDamaged when one does not open.

    Ballots are read as a stream, so that memory holds the answers and not the sealed bodies.
    """
    people = np.array(sorted(person_ids), dtype=np.int64)
    places = {
        sealing.ballot_id(sealing.person_secret(survey_key, person_id)): place
        for place, person_id in enumerate(people.tolist())
    }
    answers = np.zeros((len(people), len(questionnaire.variables)), dtype=np.uint8)
    submitted = np.zeros(len(people), dtype=bool)
    said: list[tuple[int, str, str]] = []
    receipts: list[str] = []
    for ballot_id, body in _submitted_bodies(session, survey_id):
        place = places.get(ballot_id)
        if place is None:
            continue
        secret = sealing.person_secret(survey_key, int(people[place]))
        plaintext = sealing.unseal(secret, body)
        row, text, _ = split(plaintext)
        answers[place] = np.frombuffer(row, dtype=np.uint8)
        submitted[place] = True
        receipts.append(sealing.receipt(secret, plaintext))
        if text:
            said.extend((place, prompt, words) for prompt, words in json.loads(text).items())
    position = np.cumsum(submitted) - 1
    answers[answers == CANNOT_JUDGE] = 0
    return OpenedBallots(
        people[submitted],
        np.ascontiguousarray(answers[submitted].T),
        [(prompt, int(position[place]), words) for place, prompt, words in sorted(said)],
        sorted(receipts),
    )


def delete_ballots(session: OrganizationSession, survey_id: int) -> None:
    """Remove every ballot and draft of a survey; repeating it is harmless."""
    empty_partition(session, "ballot", survey_id)


def _submitted_bodies(
    session: OrganizationSession, survey_id: int
) -> Iterator[tuple[bytes, bytes]]:
    query = select(Ballot.ballot_id, Ballot.body).where(
        Ballot.survey_id == survey_id, Ballot.submitted.is_(True)
    )
    for ballot_id, body in session.execute(query.execution_options(yield_per=CHUNK)):
        yield bytes(ballot_id), bytes(body)
