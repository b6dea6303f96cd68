"""The sweep of what is older than it is kept: once a day, a little at a time, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sos_core.access import retention as access
from sos_core.database import Database
from sos_core.errors import Conflict, Unavailable
from sos_core.jobs.retention import drop_failures, old_failures
from sos_core.jobs.turns import turns
from sos_core.organizations.audit import record
from sos_core.organizations.queries import organizations
from sos_core.personal_data.erasing import Reach
from sos_core.personal_data.files import Home, old_mails
from sos_core.personal_data.kinds import KINDS, SYSTEM, Kind, Moment
from sos_core.personal_data.limits import MAILS, cut, limits_of

EVERY = timedelta(days=1)
MAILS_A_RUN = 5_000
STRANGERS_JOBS = timedelta(days=30)
"""How long a failed job of no organization is kept: it may hold an address typed at the door."""


class RetentionSweep:
    """One for each process that keeps the schedule; several do no harm."""

    def __init__(self, database: Database, reach: Reach) -> None:
        self.database = database
        self.reach = reach
        self._next: datetime | None = None
        self._after = ""

    def sweep(self, now: datetime) -> None:
        """Sweep unless all was swept within the day; go on with the next round where more is left."""
        if self._next is not None and self._next - EVERY <= now < self._next:
            return
        if not self.run(now):
            self._next = now + EVERY

    def run(self, now: datetime) -> bool:
        """Sweep a part of every organization; tell whether more is left.

        What goes wrong with one organization is raised when all have had their turn.
        """
        with self.database.read(None) as session:
            known = organizations(session)
        limits = {view.id: limits_of(view.settings) for view in known}
        homes = {
            view.id: Home(view.id, view.name, cut(now, limits[view.id][MAILS])) for view in known
        }
        mails, more = self._mails(homes)
        left = [more, self._ended(None, now)]

        def sweep(organization_id: int) -> None:
            left.append(self._ended(organization_id, now))
            gone, days = Counter({MAILS: mails[organization_id]}), limits[organization_id]
            try:
                for kind in KINDS:
                    left.append(self._kind(organization_id, kind, days[kind.name], now, gone))
            finally:
                self._note(organization_id, gone, now)

        with turns() as take:
            for organization_id in limits:
                take(sweep, organization_id)
        return any(left)

    def _ended(self, organization_id: int | None, now: datetime) -> bool:
        """Delete what is good for nothing any more, whatever the limits; without one: everywhere."""
        with self.database.read(organization_id) as session:
            if organization_id is None:
                failed = old_failures(session, STRANGERS_JOBS, access.MOST)
                ended = access.ended_sessions(session, now)
                links: list[int] = []
            else:
                failed, ended, links = [], [], access.ended_links(session, now)
        if failed or ended or links:
            with self.database.write(organization_id) as session:
                drop_failures(session, failed)
                access.drop_ended_sessions(session, ended)
                if links:
                    access.drop_ended_links(session, links, now)
        return access.MOST in (len(failed), len(ended), len(links))

    def _kind(
        self, organization_id: int, kind: Kind, days: int, now: datetime, gone: Counter[str]
    ) -> bool:
        """Sweep a kind in short transactions and count what went; tell whether more is left."""
        with self.database.read(organization_id) as session:
            found = kind.old(session, now, days, kind.most)
        moment = Moment(now, cut(now, days), self.reach.uploads_dir)
        for part in kind.parts(found):
            try:
                with self.database.write(organization_id) as session:
                    dropped = kind.drop(session, part, moment)
            except (Conflict, Unavailable):  # something is being carried out at this moment
                return True
            gone[kind.name] += dropped
        return kind.rows(found) >= kind.most

    def _mails(self, homes: Mapping[int, Home]) -> tuple[Counter[int], bool]:
        """Delete mails behind the last file that was looked at; return how many by organization."""
        old = old_mails(self.reach.mail_dir, list(homes.values()), self._after, MAILS_A_RUN)
        for mail in old.found:
            mail.path.unlink(missing_ok=True)
        self._after = old.after
        return Counter(mail.organization_id for mail in old.found), bool(old.after)

    def _note(self, organization_id: int, gone: Mapping[str, int], now: datetime) -> None:
        counts = {kind: count for kind, count in sorted(gone.items()) if count}
        if not counts:
            return
        with self.database.write(organization_id) as session:
            record(
                session,
                actor=SYSTEM,
                verb="retention.swept",
                subject=f"organization:{organization_id}",
                now=now,
                details=counts,
            )
