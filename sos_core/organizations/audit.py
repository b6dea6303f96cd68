"""The audit log: append-only, sealed in a chain, written in the transaction of the deed itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.organizations.chain import START, Link, continued, seal
from sos_core.organizations.key_ring import KeyRing, id_of
from sos_core.organizations.tables import AuditEntry, AuditHead

KEYS = "audit_keys"
_WAITING = "audit_waiting"


def give_audit_keys(database: Database, load: Callable[[], KeyRing]) -> None:
    """Let the sessions of ``database`` seal what they record; ``load`` is called when one does."""
    database.carry(KEYS, load)


def record(
    session: OrganizationSession,
    *,
    actor: str,
    verb: str,
    subject: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write that ``actor`` did ``verb`` to ``subject`` (``kind:id``); details are plain JSON.

    People are named by their ids, never by name or address, so that erasing them leaves the chain
    whole. The entry is numbered and sealed at the commit, so that deeds wait for each other briefly.
    """
    entry = AuditEntry(
        organization_id=session.organization_id,
        at=now,
        actor=actor,
        verb=verb,
        subject=subject,
        details=json.loads(json.dumps(dict(details or {}))),
    )
    if session.in_nested_transaction():
        _append(session, [entry])  # it goes with the savepoint, should that be undone
    else:
        session.info.setdefault(_WAITING, []).append(entry)


@event.listens_for(OrganizationSession, "before_commit")
def _append_waiting(session: Session) -> None:
    if not session.in_nested_transaction():
        _append(cast("OrganizationSession", session), session.info.pop(_WAITING, []))


@event.listens_for(OrganizationSession, "after_soft_rollback")
def _forget_waiting(session: Session, undone: SessionTransaction) -> None:
    if undone.parent is None:  # not only a savepoint
        session.info.pop(_WAITING, None)


def _append(session: OrganizationSession, entries: Sequence[AuditEntry]) -> None:
    if not entries:
        return
    load: Callable[[], KeyRing] | None = session.info.get(KEYS)
    if load is None:
        raise RuntimeError("This database was opened without audit keys: see give_audit_keys.")
    ring = load()
    session.flush()
    head = _hold_head(session)
    for entry in entries:
        head.sequence += 1
        entry.sequence, entry.key_id = head.sequence, id_of(ring.current)
        head.mac = entry.mac = seal(ring.current, head.organization_id, head.mac, link_of(entry))
        session.add(entry)
    session.flush()


def _hold_head(session: OrganizationSession) -> AuditHead:
    """Return the organization's head, which nobody else can move on before the commit."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    query = select(AuditHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(query)
    if head is None:
        made = {"organization_id": session.organization_id, "sequence": 0, "mac": START}
        # Somebody else may be making it; then this waits, and takes theirs.
        session.execute(insert(AuditHead).values(made).on_conflict_do_nothing())
        head = session.scalars(query).one()
    if head.sequence == 0:
        for older in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)):
            head.sequence, head.mac = older.sequence, continued(head.mac, link_of(older))
    return head


def link_of(entry: AuditEntry) -> Link:
    """Return an entry as the chain sees it."""
    said: dict[str, Any] = {name: getattr(entry, name) for name in Link.__slots__}
    return Link(**said)
