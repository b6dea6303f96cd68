"""What is read of the audit log: pages of it, and whether it is still what was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from sos_core.database.session import OrganizationSession
from sos_core.organizations.audit import link_of
from sos_core.organizations.chain import Break, Verifier
from sos_core.organizations.key_ring import KeyRing
from sos_core.organizations.tables import AuditEntry, AuditHead

PAGE = 1000
"""Entries that are held in memory at once when a whole log is read."""


@dataclass(frozen=True, slots=True)
class AuditView:
    """One line of the audit log; ``sequence`` counts the organization's deeds from 1."""

    sequence: int
    at: datetime
    actor: str
    verb: str
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; None and an empty tuple leave a choice open.

    ``since`` is included, ``until`` is not.
    """

    verbs: tuple[str, ...] = ()
    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What following one organization's log found: how many entries, and the first wrong one."""

    organization_id: int
    entries: int
    broken: Break | None


EVERYTHING = AuditFilter()
NAMING_A_PERSON = ("survey.participant_added", "survey.link_sent")
"""Deeds done to something else, whose details name a person by number."""


def audit_entries(
    session: OrganizationSession,
    wanted: AuditFilter = EVERYTHING,
    *,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditView]:
    """Return the newest entries, older than the entry numbered ``before`` where it is given."""
    query = _wanted(wanted).order_by(AuditEntry.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    return [_view(row) for row in session.scalars(query)]


def count_audit_entries(session: OrganizationSession, wanted: AuditFilter = EVERYTHING) -> int:
    """Return how many entries are wanted in all."""
    return session.scalar(select(func.count()).select_from(_wanted(wanted).subquery())) or 0


def all_audit_entries(
    session: OrganizationSession, wanted: AuditFilter = EVERYTHING
) -> Iterator[AuditView]:
    """Yield every wanted entry, the oldest first, a page at a time."""
    for row in _rows(session, _wanted(wanted)):
        yield _view(row)


def entries_about(
    session: OrganizationSession, names: Collection[str], person_id: int
) -> list[AuditView]:
    """Return what any of ``names`` (``account:7``) did or had done, and what names the person."""
    query = select(AuditEntry).where(
        or_(
            AuditEntry.actor.in_(names),
            AuditEntry.subject.in_(names),
            AuditEntry.verb.in_(NAMING_A_PERSON),
        )
    )
    return [
        _view(row)
        for row in _rows(session, query)
        if row.actor in names or row.subject in names or row.details.get("person") == person_id
    ]


def audit_verbs(session: OrganizationSession) -> list[str]:
    """Return the verbs that the log holds, in alphabetical order."""
    return list(session.scalars(select(AuditEntry.verb).distinct().order_by(AuditEntry.verb)))


def audit_actors(session: OrganizationSession) -> list[str]:
    """Return those who did what the log holds, in alphabetical order."""
    return list(session.scalars(select(AuditEntry.actor).distinct().order_by(AuditEntry.actor)))


def audit_head(session: OrganizationSession) -> tuple[int, bytes] | None:
    """Return number and seal of the last sealed entry, None where none was sealed yet."""
    head = session.get(AuditHead, session.organization_id)
    return None if head is None else (head.sequence, head.mac)


def audit_key_id(session: OrganizationSession) -> str | None:
    """Return the name of the key that sealed the newest entry, None where none is sealed."""
    newest = select(AuditEntry.key_id).order_by(AuditEntry.sequence.desc()).limit(1)
    return session.scalar(newest)


def verify_audit(
    session: OrganizationSession, ring: KeyRing, heads: Mapping[int, bytes]
) -> Verdict:
    """Follow the whole chain of the organization; ``heads`` are seals written down elsewhere."""
    verifier = Verifier(ring, session.organization_id, heads)
    head = audit_head(session)  # read first: what is appended meanwhile stands behind it
    last = head[0] if head else None
    query = select(AuditEntry)
    if last is not None:
        query = query.where(AuditEntry.sequence <= last)
    verifier.follow(link_of(row) for row in _rows(session, query))
    return Verdict(session.organization_id, verifier.count, verifier.end(head))


def _wanted(wanted: AuditFilter) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.verbs:
        query = query.where(AuditEntry.verb.in_(map(_storable, wanted.verbs)))
    if wanted.actor is not None:
        query = query.where(AuditEntry.actor == _storable(wanted.actor))
    if wanted.subject is not None:
        query = query.where(AuditEntry.subject == _storable(wanted.subject))
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return query


def _storable(asked: str) -> str:
    """Return a text that every database takes; what is left out occurs in no entry."""
    return asked.encode("utf-8", "ignore").decode().replace("\0", "")


def _rows(session: OrganizationSession, query: Select[AuditEntry]) -> Iterator[AuditEntry]:
    """Yield rows in the order of their numbers; a page is forgotten when the next one is read."""
    last = 0
    while True:
        page = query.where(AuditEntry.sequence > last).order_by(AuditEntry.sequence).limit(PAGE)
        rows = session.scalars(page).all()
        yield from rows
        for row in rows:
            last = row.sequence
            session.expunge(row)
        if len(rows) < PAGE:
            return


def _view(row: AuditEntry) -> AuditView:
    return AuditView(row.sequence, row.at, row.actor, row.verb, row.subject, dict(row.details))
