"""Writes sealed ballots, many in one transaction, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Table, bindparam, delete, func, select

from sos_core.ballots.answers import split, unnumbered
from sos_core.ballots.sealing import unseal, version
from sos_core.ballots.tables import Ballot
from sos_core.database.in_lists import padded
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed, SosError
from sos_core.surveys.lifecycle import takes_no_answers
from sos_core.surveys.participation import mark_done, taking_part

Saved = Literal["submitted", "saved", "stale", "already_submitted"]
"""What became of a ballot: a stale one was made without knowing what another device has saved."""

BALLOTS: Table = Ballot.__table__  # type: ignore[assignment]

HOLD = select(func.pg_advisory_xact_lock(func.unnest(bindparam("keys", type_=ARRAY(BigInteger)))))
WANTED = (
    BALLOTS.c.survey_id.in_(bindparam("surveys", expanding=True)),
    BALLOTS.c.ballot_id.in_(bindparam("ids", expanding=True)),
)
STORED = select(
    BALLOTS.c.survey_id, BALLOTS.c.ballot_id, BALLOTS.c.submitted, BALLOTS.c.body
).where(*WANTED)
STORED_AS_TEXT = select(
    func.group_concat(
        func.printf(
            "%d,%s,%d,%s",
            BALLOTS.c.survey_id,
            func.hex(BALLOTS.c.ballot_id),
            BALLOTS.c.submitted,
            func.hex(BALLOTS.c.body),
        ),
        " ",
    )
).where(*WANTED)
COLUMNS = ("organization_id", "survey_id", "ballot_id", "submitted", "body")


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A ballot on its way to the disk; ``secret`` opens what is stored of the same person.

    ``version`` names its own answers, ``base`` those that its device last saw (empty: nothing was
    stored; None: it does not say, and what is stored is not looked at).
    """

    organization_id: int
    survey_id: int
    person_id: int
    ballot_id: bytes
    body: bytes
    submitted: bool
    sequence: int
    secret: bytes
    version: str = ""
    base: str | None = None


class Stored(NamedTuple):
    """What lies where a ballot is to be written."""

    submitted: bool = False
    sequence: int = -1
    version: str = ""


def store_ballots(
    session: OrganizationSession, ballots: Sequence[SealedBallot], *, now: datetime
) -> list[Saved | SosError]:
    """Write the ballots of one organization and return the outcome of each, in order.

    A survey that is not open any more, or a person who does not take part, is that ballot's own
    error. A draft replaces neither a submitted ballot nor a newer draft, and a ballot that names
    its base replaces nothing but that: what another device has saved is never lost.
    """
    invited: dict[int, set[int] | None] = {}
    for survey_id in sorted({ballot.survey_id for ballot in ballots}):
        people = [ballot.person_id for ballot in ballots if ballot.survey_id == survey_id]
        invited[survey_id] = taking_part(session, survey_id, people, now=now)
    careful = [
        ballot
        for ballot in ballots
        if invited[ballot.survey_id] and (ballot.base is not None or not ballot.submitted)
    ]
    known = _known(session, careful) if careful else {}
    outcomes: list[Saved | SosError] = []
    rows: dict[tuple[int, bytes], SealedBallot] = {}
    for ballot in ballots:
        people_now = invited[ballot.survey_id]
        if people_now is None:
            outcomes.append(takes_no_answers())
        elif ballot.person_id not in people_now:
            outcomes.append(_not_invited())
        else:
            outcomes.append(_take(ballot, rows, known))
    _write(session, rows.values())
    for survey_id in invited:
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
    known: dict[tuple[int, bytes], Stored],
) -> Saved:
    """Put a ballot among the rows to write, unless what is there already is worth more."""
    key = (ballot.survey_id, ballot.ballot_id)
    stored, waiting = known.get(key, Stored()), rows.get(key)
    if waiting is not None:
        submitted, sequence = stored.submitted or waiting.submitted, waiting.sequence
        stored = Stored(submitted, max(stored.sequence, sequence), waiting.version)
    if stored.submitted and not ballot.submitted:
        return "already_submitted"
    # A retry whose answer was lost finds its own ballot.
    if ballot.base is not None and stored.version not in (ballot.base, ballot.version):
        return "stale"
    if not ballot.submitted and ballot.sequence < stored.sequence:
        return "stale"
    rows[key] = ballot
    return "submitted" if ballot.submitted else "saved"


def _known(
    session: OrganizationSession, ballots: Sequence[SealedBallot]
) -> dict[tuple[int, bytes], Stored]:
    """Return what is stored where these ballots belong, and let nobody else write there."""
    secrets = {(ballot.survey_id, ballot.ballot_id): ballot.secret for ballot in ballots}
    _hold(session, [ballot_id for _, ballot_id in secrets])
    found: dict[tuple[int, bytes], Stored] = {}
    for survey_id, ballot_id, submitted, body in _stored(session, list(secrets)):
        secret = secrets.get((survey_id, ballot_id))
        if secret is not None:
            plaintext = unseal(secret, body, ballot_id)
            _, _, sequence = split(plaintext)
            named = version(secret, unnumbered(plaintext))
            found[(survey_id, ballot_id)] = Stored(submitted, sequence, named)
    return found


def _stored(
    session: OrganizationSession, keys: Sequence[tuple[int, bytes]]
) -> Iterator[tuple[int, bytes, bool, bytes]]:
    """Yield (survey, ballot id, submitted, body) of ballots, and perhaps of others.

    SQLite's driver lets other threads run after each row; a text that holds all rows comes as one.
    """
    connection = session.connection()
    surveys = {survey_id for survey_id, _ in keys}
    values = {"surveys": list(surveys), "ids": padded([ballot_id for _, ballot_id in keys])}
    if connection.dialect.name != "sqlite":
        for survey_id, ballot_id, submitted, body in connection.execute(STORED, values):
            yield survey_id, bytes(ballot_id), submitted, bytes(body)
        return
    for row in (connection.scalar(STORED_AS_TEXT, values) or "").split():
        survey_id, ballot_id, submitted, body = row.split(",")
        yield int(survey_id), bytes.fromhex(ballot_id), submitted == "1", bytes.fromhex(body)


def _hold(session: OrganizationSession, ballot_ids: Iterable[bytes]) -> None:
    """Keep other writers of these ballots waiting until the commit, also where there is no row yet.

    SQLite has one writer. PostgreSQL's advisory locks leave no trace in a row, as its row locks do.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        keys = sorted(int.from_bytes(each[:8], "big", signed=True) for each in ballot_ids)
        connection.execute(HOLD, {"keys": keys})


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


def _not_invited() -> NotAllowed:
    return NotAllowed(
        "You do not take part in this survey.",
        "Ask an administrator of your organization to add you.",
        code="not_a_participant",
    )
