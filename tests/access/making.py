"""Accounts for the tests of access, and what they sign in with."""

from __future__ import annotations

from sos_core.access.commands import create_account
from sos_core.access.continuation import Holder
from sos_core.clock import ManualClock
from sos_core.database import Database

SECRET = b"s" * 32
PASSWORD = "a sentence of several words"


def make_account(
    database: Database, organization_id: int, clock: ManualClock, name: str, **more: object
) -> Holder:
    """Make an account with the password, ``name@acme.example``; ``more`` as ``create_account``."""
    with database.write(organization_id) as session:
        number = create_account(
            session,
            email=f"{name}@acme.example",
            name=name.capitalize(),
            now=clock(),
            actor="test",
            password=PASSWORD,
            **more,
        )
    return Holder(organization_id, number)
