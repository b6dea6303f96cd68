"""Gathers everything that is held about a person, for the person or for who must answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sos_core.access import personal as access
from sos_core.database.session import OrganizationSession
from sos_core.jobs.personal import jobs_naming
from sos_core.organizations.audit import record
from sos_core.organizations.audit_queries import entries_about
from sos_core.organizations.queries import organization
from sos_core.people import personal as people
from sos_core.people.queries import person
from sos_core.personal_data.files import mails_to
from sos_core.surveys import personal as surveys

Rows = list[dict[str, Any]]
SECTIONS = (
    "person",
    "memberships",
    "leaderships",
    "accounts",
    "grants",
    "account_links",
    "identities",
    "sessions",
    "surveys",
    "survey_places",
    "mails",
    "mail_files",
    "undeliverable",
    "codes",
    "plans",
    "jobs",
    "audit",
)
"""The parts of an export, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is held about a person: rows of plain values by section, and what is not, by key.

    ``notes`` are keys of ``personal_data.note``; ``own`` tells that the person asked.
    """

    organization: str
    time_zone: str
    person_id: int
    made_at: datetime
    own: bool
    sections: dict[str, Rows]
    notes: tuple[str, ...]


def export_person(
    session: OrganizationSession,
    person_id: int,
    *,
    own: bool,
    actor: str,
    now: datetime,
    mail_dir: Path,
) -> PersonalData:
    """Return all that is held about a person, and note in the audit log that it was handed out.

    ``own``: it is handed to the person. Anybody else is not told whether they finished a survey, nor
    which reminders they got. Raises NotFound for nobody, and for one whose data were erased.
    """
    person(session, person_id)
    found = held(session, person_id, own=own, now=now, mail_dir=mail_dir)
    record(
        session,
        actor=actor,
        verb="person.exported",
        subject=f"person:{person_id}",
        now=now,
        details={"own": own},
    )
    return found


def held(
    session: OrganizationSession, person_id: int, *, own: bool, now: datetime, mail_dir: Path
) -> PersonalData:
    """Return all that is held about a person."""
    home = organization(session, session.organization_id)
    traces = people.traces_of(session, person_id)
    accounts = access.accounts_of(session, person_id, traces.words)
    addresses = {word for word in traces.words if "@" in word} | {row.email for row in accounts}
    found = people.held(session, person_id)
    found |= access.held(session, accounts, now)
    found |= surveys.held(session, person_id, own=own)
    if own:
        waiting = jobs_naming(session, addresses, traces.in_value)
        found["jobs"] = [{"number": job, "actor": name} for job, name in waiting]
        found["mail_files"] = [
            {"to": mail.to, "subject": mail.subject, "sent_at": mail.sent_at}
            for mail in mails_to(mail_dir, addresses, home.name)
        ]
    names = {f"person:{person_id}", *(f"account:{row.id}" for row in accounts)}
    found["audit"] = [
        {
            "sequence": entry.sequence,
            "at": entry.at,
            "actor": entry.actor,
            "verb": entry.verb,
            "subject": entry.subject,
            "details": entry.details,
        }
        for entry in entries_about(session, names, person_id)
    ]
    notes = (
        ("answers", "figures", "backups") if own else ("finished", "answers", "figures", "backups")
    )
    sections = {name: found[name] for name in SECTIONS if name in found}
    return PersonalData(home.name, home.time_zone, person_id, now, own, sections, notes)
