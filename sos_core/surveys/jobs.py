"""The actors and the sweep of surveys: opening, mails and rates that are due, and lost links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select

from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.database.partitions import compact
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, Rejected
from sos_core.jobs import Jobs, enqueue
from sos_core.jobs.queries import has_job
from sos_core.jobs.turns import turns
from sos_core.mail import Mailer, Post
from sos_core.organizations.queries import organizations
from sos_core.surveys.drafting import locked
from sos_core.surveys.letters import link_mail, send_lost_links
from sos_core.surveys.mailing import (
    claim_mail,
    enqueue_mails,
    note_refused,
    note_sent,
    start_due_step,
    write_mail,
)
from sos_core.surveys.opening import SurveyKeys, open_survey
from sos_core.surveys.queries import survey
from sos_core.surveys.rates import MakeRateNodes
from sos_core.surveys.response import rates_due, refresh_rates
from sos_core.surveys.running import (
    ERASE,
    SYSTEM,
    erase_answers,
    recompute_times,
    times_changed,
    unerased,
)
from sos_core.surveys.tables import ReminderStep, Survey
from sos_core.surveys.timetable import Transition, next_transition
from sos_core.surveys.unopened import missed, note_not_opened

OPEN = "surveys.open"
LONGEST_MAIL = 300.0
"""Seconds for one mail; every step of the conversation with a mail server has its own limit too."""


@dataclass(frozen=True, slots=True)
class SurveyJobs:
    """The room's jobs with what they depend on; each method is one command in transactions."""

    database: Database
    clock: Clock
    mailer: Mailer
    post: Post
    keys: SurveyKeys
    rate_nodes: MakeRateNodes
    ballots_forget: Callable[[int, int], None]

    def open(self, organization_id: int, survey_id: int) -> None:
        """Open a scheduled draft; nothing where somebody was first or changed the dates.

        Where it may not open, its administrators read why, and schedule it anew or open it.
        """
        now = self.clock()
        try:
            with self.database.write(organization_id) as session:
                view = survey(session, survey_id)
                due = view.scheduled and view.opens_at <= now < view.closes_at
                if view.state == "draft" and due:
                    open_survey(
                        session,
                        survey_id,
                        now=now,
                        actor=SYSTEM,
                        keys=self.keys,
                        rate_nodes=self.rate_nodes,
                    )
        except (InvalidInput, Conflict) as error:
            with self.database.write(organization_id) as session:
                note_not_opened(session, survey_id, error, now=now, actor=SYSTEM)

    def erase(self, organization_id: int, survey_id: int) -> None:
        """Destroy the key of a canceled survey, then its answers and their traces; repeatable."""
        with self.database.read(organization_id) as session:
            if survey(session, survey_id).state != "cancelled":
                return
        # First, so that nothing can be opened any more, whatever happens to the rest.
        self.keys.destroy(organization_id, survey_id)
        self.ballots_forget(organization_id, survey_id)
        with self.database.write(organization_id) as session:
            erase_answers(session, survey_id)
        compact(self.database)

    def send_batch(self, organization_id: int, survey_id: int, step: str, after: int) -> None:
        """Write the mail jobs of a batch."""
        with self.database.write(organization_id) as session:
            enqueue_mails(session, survey_id, step, after=after)

    def send_mail(self, organization_id: int, survey_id: int, person_id: int, step: str) -> None:
        """Send one mail of a step to one person: written, claimed, handed over, noted."""
        with self.database.read(organization_id) as session:
            mail = write_mail(session, survey_id, person_id, step, now=self.clock(), post=self.post)
        if mail is None:
            return
        if not mail.claimed:
            with self.database.write(organization_id) as session:
                if not claim_mail(session, survey_id, person_id, mail.step):
                    return
        try:
            self.mailer.send(mail.message)
        except Rejected as error:
            with self.database.write(organization_id) as session:
                note_refused(
                    session,
                    survey_id,
                    person_id,
                    mail.step,
                    address=mail.message.to,
                    reason=error.what,
                )
            return
        with self.database.write(organization_id) as session:
            note_sent(session, survey_id, person_id, mail.step)

    def send_link(self, organization_id: int, survey_id: int, person_id: int, number: str) -> None:
        """Send one person's link on request."""
        with self.database.read(organization_id) as session:
            message = link_mail(
                session, survey_id, person_id, number, now=self.clock(), post=self.post
            )
        if message is None:
            return
        try:
            self.mailer.send(message)
        except Rejected as error:
            with self.database.write(organization_id) as session:
                note_refused(
                    session, survey_id, person_id, None, address=message.to, reason=error.what
                )

    def find_lost_links(self, address: str) -> None:
        """Look for an address in every organization and send its links."""
        with self.database.read(None) as session:
            known = [view.id for view in organizations(session)]
        for organization_id in known:
            with self.database.write(organization_id) as session:
                send_lost_links(session, address, now=self.clock())

    def sweep(self, now: datetime) -> None:
        """Begin what is due in every organization; reads only, where nothing is.

        What goes wrong with one survey is raised when all have been looked at.
        """
        with self.database.read(None) as session:
            known = [view.id for view in organizations(session)]
        with turns() as take:
            for organization_id in known:
                with self.database.read(organization_id) as session:
                    wanted = list(session.scalars(_to_look_at()).all())
                    unfinished = unerased(session)
                for survey_id in wanted:
                    take(self._look_at, organization_id, survey_id, now)
                for survey_id in unfinished:
                    take(self._erase_again, organization_id, survey_id)

    def _erase_again(self, organization_id: int, survey_id: int) -> None:
        """Write a job unless there is one, perhaps laid aside for a person to look at."""
        with self.database.write(organization_id) as session:
            if not has_job(session, ERASE, organization_id, survey_id):
                enqueue(session, ERASE, organization_id, survey_id)

    def _look_at(self, organization_id: int, survey_id: int, now: datetime) -> None:
        with self.database.read(organization_id) as session:
            row = session.get(Survey, survey_id)
            if row is None or not _needs_writing(session, row, now):
                return
        with self.database.write(organization_id) as session:
            row = locked(session, survey_id)
            recompute_times(session, row, now)
            due = _due(row, now)
            if due == "open":
                if not has_job(session, OPEN, organization_id, survey_id):
                    enqueue(session, OPEN, organization_id, survey_id)
            elif due == "miss":
                note_not_opened(session, survey_id, missed(), now=now, actor=SYSTEM)
            elif row.state == "open" and due is None:
                start_due_step(session, survey_id, now=now)
                refresh_rates(session, row, now)


def register(
    jobs: Jobs,
    *,
    database: Database,
    clock: Clock,
    mailer: Mailer,
    post: Post,
    keys: SurveyKeys,
    rate_nodes: MakeRateNodes,
    ballots_forget: Callable[[int, int], None],
) -> None:
    """Register the actors and the sweep of surveys."""
    work = SurveyJobs(database, clock, mailer, post, keys, rate_nodes, ballots_forget)
    jobs.actor(OPEN, work.open)
    jobs.actor(ERASE, work.erase)
    jobs.actor("surveys.send_batch", work.send_batch)
    jobs.actor("surveys.send_mail", work.send_mail, limit_seconds=LONGEST_MAIL)
    jobs.actor("surveys.send_link", work.send_link, limit_seconds=LONGEST_MAIL)
    jobs.actor("surveys.find_lost_links", work.find_lost_links)
    jobs.sweep("surveys.sweep", work.sweep)


def _to_look_at() -> Select[int]:
    """Return the query for the surveys to which time may do something."""
    return (
        select(Survey.id)
        .where(
            or_(
                and_(Survey.state == "draft", Survey.scheduled.is_(True)),
                Survey.state == "open",
                and_(Survey.state.in_(("tallied", "sealed")), Survey.announced.is_(False)),
            )
        )
        .order_by(Survey.opens_at, Survey.id)
    )


def _due(row: Survey, now: datetime) -> Transition | None:
    return next_transition(
        row.state,
        scheduled=row.scheduled,
        announced=row.announced,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        publishes_at=row.publishes_at,
        now=now,
    )


def _needs_writing(session: OrganizationSession, row: Survey, now: datetime) -> bool:
    """Tell, by reading alone, whether there is anything to do about a survey."""
    due = _due(row, now)
    if due is not None:
        return due not in ("close", "announce")  # the room of results does both
    if times_changed(session, row, now):
        return True
    if row.state != "open":
        return False
    waiting = select(ReminderStep.step).where(
        ReminderStep.survey_id == row.id,
        ReminderStep.state == "waiting",
        ReminderStep.due_at <= now,
    )
    return session.scalars(waiting).first() is not None or rates_due(session, row, now)
