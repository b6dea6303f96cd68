"""The actors of access: mails with links, and the search for whoever has forgotten a password."""

from __future__ import annotations

from dataclasses import dataclass

from sos_core.access.accounts import SEND_INVITATION
from sos_core.access.letters import SEND_RESET, account_mail, begin_reset, places_of
from sos_core.access.mail_links import INVITATION, RESET
from sos_core.access.own_account import FIND_ACCOUNTS
from sos_core.access.queries import account_names
from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.jobs import Jobs
from sos_core.mail import Mailer, Post


@dataclass(frozen=True, slots=True)
class AccessJobs:
    """The room's jobs with what they depend on; each method is one command in transactions."""

    database: Database
    clock: Clock
    mailer: Mailer
    post: Post

    def send_invitation(self, organization_id: int, account_id: int, actor: str) -> None:
        """Send the link by which somebody accepts an account; a repeated mail is the same mail."""
        with self.database.read(organization_id) as session:
            inviter = account_names(session).get(actor, "")
            message = account_mail(
                session,
                account_id,
                INVITATION,
                inviter=inviter,
                now=self.clock(),
                post=self.post,
            )
        if message is not None:
            self.mailer.send(message)

    def find_accounts(self, key: str) -> None:
        """Begin a reset for every account of an address."""
        with self.database.read(None) as session:
            places = places_of(session, key)
        for organization_id, account_id in places:
            with self.database.write(organization_id) as session:
                begin_reset(session, account_id, now=self.clock())

    def send_reset(self, organization_id: int, account_id: int) -> None:
        """Send the link by which somebody chooses a new password."""
        with self.database.read(organization_id) as session:
            message = account_mail(session, account_id, RESET, now=self.clock(), post=self.post)
        if message is not None:
            self.mailer.send(message)


def register(jobs: Jobs, *, database: Database, clock: Clock, mailer: Mailer, post: Post) -> None:
    """Register the actors of access."""
    work = AccessJobs(database, clock, mailer, post)
    jobs.actor(SEND_INVITATION, work.send_invitation)
    jobs.actor(FIND_ACCOUNTS, work.find_accounts)
    jobs.actor(SEND_RESET, work.send_reset)
