"""Deeds about one account by several people in the same instant."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sos_core.access import accounts as verbs
from sos_core.access.continuation import Holder
from sos_core.access.rights import Rights
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.errors import Conflict


def test_of_many_invitations_of_one_address_at_once_one_is_sent(
    database: Database, ada: Holder, clock: ManualClock
) -> None:
    """The others hear that there is an account already, as they would a moment later."""
    start = threading.Barrier(4)

    def invite(number: int) -> str:
        start.wait(timeout=30)
        try:
            with database.write(ada.organization_id) as session:
                verbs.invite_account(
                    session,
                    email=f"{'Bo' if number % 2 else 'bo'}@acme.example",
                    rights=Rights(),
                    now=clock(),
                    actor="test",
                )
        except Conflict as error:
            return error.code
        return "invited"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(invite, range(4))) == ["account_exists"] * 3 + ["invited"]
