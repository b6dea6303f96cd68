"""What somebody had no right to, told to the log: who by number, never a respondent or a guest."""

from __future__ import annotations

import structlog

from sos_core.access.principal import Principal, Role
from sos_core.errors import NotAllowed, SosError

log = structlog.get_logger(__name__)
UNNAMED = {Role.RESPONDENT, Role.GUEST}
"""Roles whose bearers are told by their role alone."""


def note_refusal(error: SosError, principal: Principal) -> None:
    """Log an expected failure where it is a refusal; every other one is no matter of security."""
    if not isinstance(error, NotAllowed):
        return
    who: dict[str, object] = {}
    known = principal.account_id or principal.operator_id or principal.key_id
    if known and not UNNAMED & principal.roles:
        who = {"actor": principal.actor, "organization": principal.organization_id}
    roles = sorted(role.value for role in principal.roles)
    log.info("refused", code=error.code, roles=roles, **who)
