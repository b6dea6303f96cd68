"""What accounts may do besides what follows from the people tree: administer, and see results."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from sos_core.access.tables import Account, ViewerGrant
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.people.queries import units


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may do besides what follows from its person; None: as it is."""

    administrator: bool | None = None
    sees_everything: bool | None = None
    units: Collection[int] | None = None


def give_rights(
    session: OrganizationSession, account: Account, rights: Rights
) -> dict[str, object]:
    """Write rights, and return those that changed, for the audit log; raise NotFound for a unit."""
    changes: dict[str, object] = {}
    for name in ("administrator", "sees_everything"):
        wanted = getattr(rights, name)
        if wanted is not None and wanted != getattr(account, name):
            setattr(account, name, wanted)
            changes[name] = wanted
    if rights.units is not None:
        changes |= _grant(session, account.id, set(rights.units))
    return changes


def _grant(session: OrganizationSession, account_id: int, wanted: set[int]) -> dict[str, list[int]]:
    held = set(
        session.scalars(select(ViewerGrant.unit_id).where(ViewerGrant.account_id == account_id))
    )
    added, taken = wanted - held, held - wanted
    if added - {unit.id for unit in units(session, active=None)}:
        raise NotFound(
            "There is no such unit.", "Choose one of the units shown.", code="no_such_unit"
        )
    session.execute(
        delete(ViewerGrant).where(
            ViewerGrant.account_id == account_id, ViewerGrant.unit_id.in_(taken)
        )
    )
    session.add_all(ViewerGrant(account_id=account_id, unit_id=unit) for unit in sorted(added))
    told = {"units_given": sorted(added), "units_taken": sorted(taken)}
    return {name: ids for name, ids in told.items() if ids}
