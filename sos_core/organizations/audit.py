"""The audit log: append-only, written in the transaction of the deed itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sos_core.database.session import OrganizationSession
from sos_core.organizations.tables import AuditEntry


def record(
    session: OrganizationSession,
    *,
    actor: str,
    verb: str,
    subject: str,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write that ``actor`` did ``verb`` to ``subject`` (``kind:id``); details are plain JSON."""
    session.add(
        AuditEntry(at=now, actor=actor, verb=verb, subject=subject, details=dict(details or {}))
    )
