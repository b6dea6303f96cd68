"""Who needs a second factor: an organization's choice, and what follows from it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sos_core.access.accounts import held_account
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.organizations.audit import record
from sos_core.organizations.commands import change_settings
from sos_core.organizations.queries import organization

SETTING = "second_factor_of"
EARLIER = "administrators_need_second_factor"
"""The setting of versions that knew administrators alone; read where the other is not set."""


class SecondFactorOf(StrEnum):
    """Whose accounts have no rights without a second factor."""

    NOBODY = "nobody"
    ADMINISTRATORS = "administrators"
    EVERYBODY = "everybody"

    def asks(self, *, administrator: bool) -> bool:
        """Return whether an account needs a second factor."""
        return self is SecondFactorOf.EVERYBODY or (
            self is SecondFactorOf.ADMINISTRATORS and administrator
        )


def second_factor_of(session: OrganizationSession) -> SecondFactorOf:
    """Return who of the organization needs a second factor."""
    settings = organization(session, session.organization_id).settings
    earlier = "administrators" if settings.get(EARLIER, False) else "nobody"
    return SecondFactorOf(settings.get(SETTING, earlier))


def demand_second_factor(
    session: OrganizationSession,
    of: SecondFactorOf,
    *,
    account_id: int,
    now: datetime,
    actor: str,
) -> None:
    """Set who needs a second factor; who asks for it must have one, and raises InvalidInput else."""
    account = held_account(session, account_id)
    if of is not SecondFactorOf.NOBODY and account.factor_secret is None:
        raise InvalidInput(
            "You have no second factor yourself, and would be shut out.",
            "Set one up under “My account” first.",
            code="own_second_factor_missing",
        )
    change_settings(session, {SETTING: of.value})
    record(
        session,
        actor=actor,
        verb="access.second_factor_required",
        subject=f"organization:{session.organization_id}",
        now=now,
        details={"of": of.value},
    )
