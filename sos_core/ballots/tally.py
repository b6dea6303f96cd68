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
ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", np.uint8)
PLACES = np.array([16, 8, 4, 2, 1], np.uint8)
"""Base 32 as RFC 4648 spells it: a letter for each five bits."""


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
    secrets = [sealing.person_secret(survey_key, person_id) for person_id in people.tolist()]
    places = {sealing.ballot_id(secret): place for place, secret in enumerate(secrets)}
    answers = np.zeros((len(people), len(questionnaire.variables)), dtype=np.uint8)
    rows = answers.data.cast("B") if answers.size else memoryview(bytearray())
    width, submitted = answers.shape[1], np.zeros(len(people), dtype=bool)
    said: list[tuple[int, str, str]] = []
    receipts = bytearray()
    for ballot_id, body in _submitted_bodies(session, survey_id):
        place = places.get(ballot_id)
        if place is None:
            continue
        secret = secrets[place]
        plaintext = sealing.unseal(secret, body, ballot_id)
        row, text, _ = split(plaintext)
        rows[place * width : (place + 1) * width] = row
        submitted[place] = True
        receipts += sealing.receipt_bytes(secret, plaintext)
        if text:
            said.extend((place, prompt, words) for prompt, words in json.loads(text).items())
    position = np.cumsum(submitted) - 1
    answers[answers == CANNOT_JUDGE] = 0
    return OpenedBallots(
        people[submitted],
        np.ascontiguousarray(answers[submitted].T),
        [(prompt, int(position[place]), words) for place, prompt, words in sorted(said)],
        spelled(bytes(receipts)),
    )


def spelled(receipts: bytes) -> list[str]:
    """Return receipts of 10 bytes each as sorted texts of 16 characters, as ``sealing.receipt``."""
    digits = np.unpackbits(np.frombuffer(receipts, np.uint8)).reshape(-1, 5) @ PLACES
    letters = ALPHABET[digits].tobytes().decode()
    size = sealing.RECEIPT_CHARACTERS
    return sorted(letters[start : start + size] for start in range(0, len(letters), size))


def delete_ballots(session: OrganizationSession, survey_id: int) -> None:
    """Remove every ballot and draft of a survey; repeating it is harmless."""
    empty_partition(session, "ballot", survey_id)


def _submitted_bodies(
    session: OrganizationSession, survey_id: int
) -> Iterator[tuple[bytes, bytes]]:
    # Straight from the connection: a mapped session costs as much as the decryption.
    table = Ballot.__table__.c
    query = select(table.ballot_id, table.body).where(
        table.survey_id == survey_id,
        table.organization_id == session.organization_id,
        table.submitted.is_(True),
    )
    rows = session.connection().execute(query.execution_options(yield_per=CHUNK))
    for ballot_id, body in rows:
        yield bytes(ballot_id), bytes(body)
