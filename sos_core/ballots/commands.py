"""Writes sealed ballots, many in one transaction, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sqlalchemy import Table, delete, select

from sos_core.ballots.answers import split
from sos_core.ballots.sealing import unseal
from sos_core.ballots.tables import Ballot
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotAllowed, SosError
from sos_core.surveys.participation import accepting, mark_done, participants_among

Saved = Literal["submitted", "saved", "stale", "already_submitted"]
"""What became of a ballot: a stale draft is older than the one that another device saved."""

BALLOTS: Table = Ballot.__table__  # type: ignore[assignment]

COLUMNS = ("organization_id", "survey_id", "ballot_id", "submitted", "body")


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A ballot on its way to the disk; ``secret`` opens an older draft of the same person."""

    organization_id: int
    survey_id: int
    person_id: int
    ballot_id: bytes
    body: bytes
    submitted: bool
    sequence: int
    secret: bytes


def store_ballots(
    session: OrganizationSession, ballots: Sequence[SealedBallot], *, now: datetime
) -> list[Saved | SosError]:
    """Write the ballots of one organization and return the outcome of each, in order.

    A survey that is not open any more, or a person who does not take part, is that ballot's own
    error. A draft replaces neither a submitted ballot nor a newer draft.
    """
    surveys = {ballot.survey_id for ballot in ballots}
    open_now = accepting(session, surveys, now=now)
    invited = {
        survey_id: participants_among(
            session, survey_id, [b.person_id for b in ballots if b.survey_id == survey_id]
        )
        for survey_id in open_now
    }
    drafts = [b for b in ballots if not b.submitted and b.survey_id in open_now]
    known = _known(session, drafts) if drafts else {}
    outcomes: list[Saved | SosError] = []
    rows: dict[tuple[int, bytes], SealedBallot] = {}
    for ballot in ballots:
        if ballot.survey_id not in open_now:
            outcomes.append(_closed())
        elif ballot.person_id not in invited[ballot.survey_id]:
            outcomes.append(_not_invited())
        else:
            outcomes.append(_take(ballot, rows, known))
    _write(session, rows.values())
    for survey_id in open_now:
        done = [b.person_id for b in rows.values() if b.submitted and b.survey_id == survey_id]
        if done:
            mark_done(session, survey_id, done)
    return outcomes


def erase_ballots(session: OrganizationSession, ballots: Iterable[tuple[int, bytes]]) -> None:
    """Delete ballots by survey and ballot id; those that are gone already are no error."""
    for survey_id, ballot_id in ballots:
        session.execute(
            delete(BALLOTS).where(
                BALLOTS.c.organization_id == session.organization_id,
                BALLOTS.c.survey_id == survey_id,
                BALLOTS.c.ballot_id == ballot_id,
            )
        )


def _take(
    ballot: SealedBallot,
    rows: dict[tuple[int, bytes], SealedBallot],
    known: dict[tuple[int, bytes], tuple[bool, int]],
) -> Saved:
    """Put a ballot among the rows to write, unless what is there already is worth more."""
    key = (ballot.survey_id, ballot.ballot_id)
    if ballot.submitted:
        rows[key] = ballot
        return "submitted"
    submitted, sequence = known.get(key, (False, -1))
    waiting = rows.get(key)
    if waiting is not None:
        submitted, sequence = submitted or waiting.submitted, max(sequence, waiting.sequence)
    if submitted:
        return "already_submitted"
    if ballot.sequence < sequence:
        return "stale"
    rows[key] = ballot
    return "saved"


def _known(
    session: OrganizationSession, drafts: Iterable[SealedBallot]
) -> dict[tuple[int, bytes], tuple[bool, int]]:
    """Return (submitted, sequence) of the ballots that are stored for these drafts."""
    secrets = {(draft.survey_id, draft.ballot_id): draft.secret for draft in drafts}
    query = select(
        BALLOTS.c.survey_id, BALLOTS.c.ballot_id, BALLOTS.c.submitted, BALLOTS.c.body
    ).where(
        BALLOTS.c.survey_id.in_({survey_id for survey_id, _ in secrets}),
        BALLOTS.c.ballot_id.in_([ballot_id for _, ballot_id in secrets]),
    )
    found: dict[tuple[int, bytes], tuple[bool, int]] = {}
    for survey_id, ballot_id, submitted, body in session.execute(query):
        secret = secrets.get((survey_id, bytes(ballot_id)))
        if secret is not None:
            _, _, sequence = split(unseal(secret, bytes(body)))
            found[(survey_id, bytes(ballot_id))] = (submitted, sequence)
    return found


def _write(session: OrganizationSession, ballots: Iterable[SealedBallot]) -> None:
    values = [
        value
        for ballot in ballots
        for value in (
            ballot.organization_id,
            ballot.survey_id,
            ballot.ballot_id,
            ballot.submitted,
            ballot.body,
        )
    ]
    if values:
        connection = session.connection()
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        statement = _upsert(len(values) // len(COLUMNS), mark)
        connection.exec_driver_sql(statement, tuple(values))


@lru_cache(maxsize=256)
def _upsert(rows: int, mark: str) -> str:
    """Return one statement that writes so many ballots.

    The driver lets other threads run after each row of an executemany, and a busy event loop takes
    milliseconds to give way again; one statement gives way once.
    """
    row = f"({', '.join([mark] * len(COLUMNS))})"
    return (
        f"INSERT INTO ballot ({', '.join(COLUMNS)}) VALUES {', '.join([row] * rows)} "
        "ON CONFLICT (survey_id, ballot_id) "
        "DO UPDATE SET submitted = excluded.submitted, body = excluded.body"
    )


def _closed() -> Conflict:
    return Conflict(
        "This survey does not take answers now.",
        "It may have closed, or not have opened yet; ask whoever invited you.",
        code="survey_not_open",
    )


def _not_invited() -> NotAllowed:
    return NotAllowed(
        "You do not take part in this survey.",
        "Ask an administrator of your organization to add you.",
        code="not_a_participant",
    )
