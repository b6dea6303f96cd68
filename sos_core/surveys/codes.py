"""One-time codes on paper, for people without an e-mail address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult

from sos_core.database import Database
from sos_core.database.bulk import batches
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.organizations.audit import record
from sos_core.people.queries import people_by_id
from sos_core.surveys.lifecycle import require_answers
from sos_core.surveys.links import PersonalLink, code_hash, new_code
from sos_core.surveys.participation import participations
from sos_core.surveys.queries import survey
from sos_core.surveys.tables import PrintedCode


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code to print for a person; it is shown once and kept nowhere."""

    person_id: int
    name: str
    unit_index: int
    code: str


def issue_codes(
    session: OrganizationSession,
    survey_id: int,
    *,
    secret: bytes,
    now: datetime,
    actor: str,
    person_ids: Collection[int] | None = None,
) -> list[IssuedCode]:
    """Make codes for participants of an open survey: those named, else all without an address.

    A new code takes the place of the person's earlier one. Whoever has finished is left out.
    """
    view = survey(session, survey_id)
    require_answers(view.state, view.closes_at, now)
    waiting = {part.person_id: part for part in participations(session, survey_id, done=False)}
    people = people_by_id(session, waiting if person_ids is None else person_ids)
    chosen = [
        person
        for person_id, person in sorted(people.items())
        if person_id in waiting and (person_ids is not None or not person.email)
    ]
    codes = {person.id: new_code() for person in chosen}
    _replace(session, survey_id, {id_: code_hash(secret, code) for id_, code in codes.items()})
    record(
        session,
        actor=actor,
        verb="survey.codes_issued",
        subject=f"survey:{survey_id}",
        now=now,
        details={"count": len(codes)},
    )
    return [
        IssuedCode(person.id, person.name, waiting[person.id].unit_index, codes[person.id])
        for person in chosen
    ]


def redeem_code(database: Database, code: str, *, secret: bytes, now: datetime) -> PersonalLink:
    """Use up a code and return whom it lets in; raise NotFound for any that does not work."""
    hashed = code_hash(secret, code)
    with database.read(None) as session:
        found = session.get(PrintedCode, hashed)
        if found is None:
            raise _unknown()
        link = PersonalLink(found.organization_id, found.survey_id, found.person_id)
    with database.read(link.organization_id) as session:
        view = survey(session, link.survey_id)
    if view.state != "open" or now >= view.closes_at:
        raise _unknown()
    with database.write(None) as session:
        used = session.execute(
            update(PrintedCode)
            .where(PrintedCode.code_hash == hashed, PrintedCode.redeemed.is_(False))
            .values(redeemed=True),
            execution_options={"synchronize_session": False},
        )
        if not isinstance(used, CursorResult) or used.rowcount != 1:
            raise _unknown()
    return link


def _replace(
    session: OrganizationSession, survey_id: int, hash_of_person: Mapping[int, str]
) -> None:
    for part in batches(hash_of_person):
        session.execute(
            delete(PrintedCode).where(
                PrintedCode.organization_id == session.organization_id,
                PrintedCode.survey_id == survey_id,
                PrintedCode.person_id.in_(part),
            ),
            execution_options={"synchronize_session": False},
        )
    session.add_all(
        PrintedCode(
            code_hash=hashed,
            organization_id=session.organization_id,
            survey_id=survey_id,
            person_id=person_id,
            redeemed=False,
        )
        for person_id, hashed in hash_of_person.items()
    )


def _unknown() -> NotFound:
    return NotFound(
        "This code does not work.",
        "Check the spelling; each code can be used once.",
        code="survey_code_unknown",
    )
