"""Erases a person: all that names them goes, published figures and the sealed audit log stay whole."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sos_core.access import personal as access
from sos_core.access.accounts import GONE
from sos_core.database.partitions import overwrite_deleted
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.jobs.personal import drop_jobs, jobs_naming
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organization
from sos_core.people import personal as people
from sos_core.people.identity import fold
from sos_core.people.queries import PersonView, person
from sos_core.people.traces import Traces
from sos_core.personal_data.files import drop_mails, drop_upload
from sos_core.surveys import personal as surveys

EraseBallots = Callable[[OrganizationSession, Collection[int], int], None]
"""Deletes one person's ballots in open surveys: (session, survey ids, person id)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure reaches beyond the tables: the ballots, and the folders of mails and uploads."""

    erase_ballots: EraseBallots
    mail_dir: Path
    uploads_dir: Path


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure came to: numbers of plans emptied, accounts removed, open surveys left.

    ``again``: the person had been erased before, and nothing was left to do.
    """

    person_id: int
    plans: int = 0
    accounts: int = 0
    surveys: int = 0
    again: bool = False


def erase_person(
    session: OrganizationSession,
    person_id: int,
    *,
    confirmation: str,
    actor: str,
    now: datetime,
    reach: Reach,
) -> Erasure:
    """Erase a person for good; ``confirmation`` is the name, typed by whoever asks for it.

    Raises NotFound, InvalidInput for another name, Conflict for the last administrator and while a
    survey of the person is being counted, Unavailable where the key of an open survey is missing.
    """
    if people.is_erased(session, person_id):
        return Erasure(person_id, again=True)
    check_confirmation(person(session, person_id), confirmation)
    overwrite_deleted(session)
    traces = people.traces_of(session, person_id)
    accounts = access.accounts_of(session, person_id, traces.words)
    traces = Traces(person_id, traces.words | {row.email for row in accounts if row.email})
    removed = sum(row.state != GONE for row in accounts)
    left = surveys.erase(session, person_id)
    reach.erase_ballots(session, left, person_id)
    access.erase(session, accounts, actor=actor, now=now)
    gone = people.erase(session, traces, actor=actor, now=now)
    addresses = {word for word in traces.words if "@" in word}
    drop_jobs(session, [job for job, _ in jobs_naming(session, addresses, traces.in_value)])
    _drop_files(session, gone, addresses, reach)
    record(
        session,
        actor=actor,
        verb="person.erased",
        subject=f"person:{person_id}",
        now=now,
        details={"plans": len(gone.plans), "accounts": removed, "surveys": len(left)},
    )
    return Erasure(person_id, len(gone.plans), removed, len(left))


def check_confirmation(view: PersonView, confirmation: str) -> None:
    """Raise InvalidInput unless the person's name was typed, in any case."""
    if fold(confirmation) != fold(view.name):
        raise InvalidInput(
            "What was typed is not the name of this person, so nothing was erased.",
            "Type “{name}” to erase this person's data; it cannot be undone.",
            code="erasure_not_confirmed",
            field="confirmation",
            values={"name": view.name},
        )


def _drop_files(
    session: OrganizationSession,
    gone: people.ErasedPerson,
    addresses: Collection[str],
    reach: Reach,
) -> None:
    # Before the commit: a mail lost to a rollback was handed over already, one kept would be read.
    home = organization(session, session.organization_id)
    drop_mails(reach.mail_dir, addresses, home.name)
    for plan_id in gone.plans:
        drop_upload(reach.uploads_dir, home.id, plan_id)
