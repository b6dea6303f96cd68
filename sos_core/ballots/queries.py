"""Reads back what one person has answered so far, for that person alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from sos_core.ballots.answers import Answers, decode, unnumbered
from sos_core.ballots.sealing import ballot_id, unseal, version
from sos_core.ballots.tables import Ballot
from sos_core.content import Questionnaire
from sos_core.database.session import OrganizationSession


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a person has answered so far, and whether it has been submitted.

    ``version`` names these answers, empty where nothing is stored yet.
    """

    answers: Answers
    sequence: int
    submitted: bool
    version: str


def resume(
    session: OrganizationSession, *, survey_id: int, secret: bytes, questionnaire: Questionnaire
) -> Resumed:
    """Return the person's ballot, empty where there is none yet."""
    row = session.execute(
        select(Ballot.submitted, Ballot.body).where(
            Ballot.survey_id == survey_id, Ballot.ballot_id == ballot_id(secret)
        )
    ).one_or_none()
    if row is None:
        return Resumed(Answers(), 0, submitted=False, version="")
    plaintext = unseal(secret, bytes(row.body))
    answers, sequence = decode(plaintext, questionnaire)
    named = version(secret, unnumbered(plaintext))
    return Resumed(answers, sequence, submitted=row.submitted, version=named)
