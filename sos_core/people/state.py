"""The version of an organization's people, and the lock that one change at a time holds."""

from __future__ import annotations

from sqlalchemy import select, text, update

from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, NotFound, Unavailable
from sos_core.jobs import send_signal
from sos_core.people.tables import ChangePlan, PeopleState

TOPIC = "people"
APPLYING = "applying"
"""The state of a plan that is being carried out, in more than one transaction."""


def lock_version(session: OrganizationSession) -> int:
    """Return the version of the people, and let nobody else change them in this transaction.

    Raises Unavailable while a plan is being carried out: part of it is written, and part is not.
    """
    query = select(PeopleState.version).with_for_update()
    version = session.scalar(query)
    if version is None:
        # Two first changes at once: one row wins, and both wait for it in the next line.
        first = text(
            "INSERT INTO people_state (organization_id, version) VALUES (:organization_id, 0) "
            "ON CONFLICT (organization_id) DO NOTHING"
        )
        session.execute(first, {"organization_id": session.organization_id})
        version = session.scalar(query)
    refuse_while_applying(session)
    return version or 0


def hold_people(session: OrganizationSession) -> None:
    """Have people stay as they are in this transaction, for those who copy them.

    Raises Unavailable while a plan is being carried out: half a tree would be copied.
    """
    lock_version(session)


def refuse_while_applying(session: OrganizationSession) -> None:
    """Raise Unavailable while a plan is being carried out, which usually takes a second."""
    query = select(ChangePlan.id, ChangePlan.title).where(ChangePlan.state == APPLYING)
    under_way = session.execute(query).first()
    if under_way is not None:
        raise Unavailable(
            "People are being changed at this moment: the plan “{title}” (number {plan}) is being "
            "carried out.",
            "Try again in a few seconds.",
            code="people_changing",
            retry_after=5,
            values={"plan": under_way.id, "title": under_way.title},
        )


def bump_version(session: OrganizationSession, version: int) -> int:
    """Make the next version after ``version``, wake who watches, and return it."""
    session.execute(update(PeopleState).values(version=version + 1))
    send_signal(session, TOPIC)
    return version + 1


def open_plan(session: OrganizationSession, plan_id: int) -> ChangePlan:
    """Return a plan that is still to be decided; raise NotFound, Conflict or Unavailable."""
    plan = find_plan(session, plan_id)
    if plan.state == APPLYING:
        refuse_while_applying(session)
    if plan.state != "open":
        raise Conflict(
            "This plan has been {state} already.",
            "Reload the page; make a new plan from the file if you need one.",
            code=f"plan_{plan.state}",
            values={"state": plan.state},
        )
    return plan


def find_plan(session: OrganizationSession, plan_id: int) -> ChangePlan:
    """Return a plan as it is now, locked; raise NotFound when there is none."""
    plan = session.scalar(select(ChangePlan).where(ChangePlan.id == plan_id).with_for_update())
    if plan is None:
        raise NotFound(
            "There is no such plan of changes.", "Look at the list of plans.", code="no_such_plan"
        )
    return plan
