"""The actors and the sweep of results: surveys that are due to close, and what follows a release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pluggy

from sos_core.access.principal import Principal
from sos_core.access.queries import account_email, account_ids, account_principal
from sos_core.benchmarks.commands import contribute, refresh_editions
from sos_core.benchmarks.queries import contributes, missing_editions
from sos_core.clock import Clock
from sos_core.content import DEFAULT_LANGUAGE, normalize_language
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.jobs import BULK, Jobs, enqueue, send_signal
from sos_core.jobs.queries import has_job
from sos_core.jobs.turns import turns
from sos_core.mail import Mailer, Post, message_id
from sos_core.organizations.queries import organizations
from sos_core.records import BenchmarkEdition, Happening
from sos_core.results.release import Closing, Count, Keys
from sos_core.results.sight import result_sight
from sos_core.results.stored import open_release
from sos_core.surveys.composing import address_mail
from sos_core.surveys.queries import due_to_announce, due_to_close, survey
from sos_core.surveys.running import announce

CLOSED, PUBLISHED = "survey_closed", "release_published"
"""What plugins are told through ``sos_happened``; the subject is the survey."""


class Editions:
    """Stores the benchmark editions that plugins bring, once a process."""

    def __init__(self, database: Database, plugins: pluggy.PluginManager) -> None:
        self._database = database
        self._plugins = plugins
        self._stored = False

    def store(self, _now: datetime) -> None:
        """Store what is not there yet; reads only, where nothing is new."""
        if self._stored:
            return
        brought = editions_of(self._plugins)
        with self._database.read(None) as session:
            missing = missing_editions(session, brought)
        if missing:
            with self._database.write(None) as session:
                refresh_editions(session, [brought[key] for key in missing])
        self._stored = True


@dataclass(frozen=True, slots=True)
class ResultJobs:
    """The room's jobs with what they depend on; each method is one command in transactions."""

    database: Database
    clock: Clock
    closing: Closing
    plugins: pluggy.PluginManager
    mailer: Mailer
    post: Post

    def close(self, organization_id: int, survey_id: int) -> None:
        """Close a survey that is due, from wherever an earlier attempt left it."""
        now = self.clock()
        with self.database.read(organization_id) as session:
            due = survey_id in due_to_close(session, now)
        if due:
            self.closing.close(organization_id, survey_id, now)

    def happened(self, organization_id: int, survey_id: int, kind: str, at: str) -> None:
        """Tell the plugins what has happened."""
        happening = Happening(kind, organization_id, survey_id, datetime.fromisoformat(at))
        self.plugins.hook.sos_happened(happenings=[happening])

    def published(self, organization_id: int, survey_id: int) -> None:
        """Give the root figures to the benchmark where that is allowed, and have notices written.

        Who is to be told takes long to find out for many accounts, hence before anything is written.
        """
        now = self.clock()
        with self.database.read(organization_id) as session:
            view = survey(session, survey_id)
            scores = root_scores(session, survey_id) if contributes(session) else {}
            told = [
                account_id
                for account_id in account_ids(session)
                if _sees(session, survey_id, account_principal(session, account_id), now)
            ]
        with self.database.write(organization_id) as session:
            contribute(
                session,
                survey_id,
                instrument=view.questionnaire_version,
                scores=scores,
                measured_at=view.closes_at,
            )
            for account_id in told:
                ids = (organization_id, survey_id, account_id)
                enqueue(session, "results.notify", *ids, queue=BULK)

    def notify(self, organization_id: int, survey_id: int, account_id: int) -> None:
        """Tell one account by mail that the results are there; sent again it is the same mail."""
        now = self.clock()
        with self.database.read(organization_id) as session:
            email, who = account_email(session, account_id), account_principal(session, account_id)
            if email is None or not _sees(session, survey_id, who, now):
                return
            ids = (organization_id, survey_id, account_id)
            mail = address_mail(
                session,
                survey(session, survey_id),
                kind="published",
                language=normalize_language(who.language) or DEFAULT_LANGUAGE,
                to=email,
                name=who.name,
                link=f"{self.post.public_url.rstrip('/')}/app",
                message_id=message_id(self.post.secret, self.post.host, *ids, "published"),
                now=now,
                post=self.post,
            )
        self.mailer.send(mail)

    def sweep(self, now: datetime) -> None:
        """Begin or resume what is due in every organization; reads only, where nothing is.

        What goes wrong with one survey is raised when all have been looked at.
        """
        with self.database.read(None) as session:
            known = [view.id for view in organizations(session)]
        with turns() as take:
            for organization_id in known:
                with self.database.read(organization_id) as session:
                    closing, announcing = due_to_close(session, now), due_to_announce(session, now)
                for survey_id in closing:
                    take(self._enqueue_close, organization_id, survey_id)
                for survey_id in announcing:
                    take(self._announce, organization_id, survey_id, now)

    def _enqueue_close(self, organization_id: int, survey_id: int) -> None:
        """Write a job unless there is one, perhaps laid aside for a person to look at."""
        with self.database.read(organization_id) as session:
            if has_job(session, "results.close", organization_id, survey_id):
                return
        with self.database.write(organization_id) as session:
            enqueue(session, "results.close", organization_id, survey_id)

    def _announce(self, organization_id: int, survey_id: int, now: datetime) -> None:
        with self.database.write(organization_id) as session:
            if announce(session, survey_id, now=now):
                enqueue(session, "results.published", organization_id, survey_id)
                note_happening(session, survey_id, PUBLISHED, now)


def register(
    jobs: Jobs,
    *,
    database: Database,
    clock: Clock,
    keys: Keys,
    plugins: pluggy.PluginManager,
    mailer: Mailer,
    post: Post,
    count: Count,
    ballots_forget: Callable[[int, int], None],
) -> None:
    """Register the actors and the sweep of results; ``count`` is where ballots are counted."""

    def released(session: OrganizationSession, survey_id: int) -> None:
        note_happening(session, survey_id, CLOSED, clock())
        send_signal(session, "surveys")

    closing = Closing(database, keys, count, ballots_forget, released)
    work = ResultJobs(database, clock, closing, plugins, mailer, post)
    jobs.actor("results.close", work.close)
    jobs.actor("results.happened", work.happened)
    jobs.actor("results.published", work.published)
    jobs.actor("results.notify", work.notify)
    # First, so that a survey that closes in the same round is compared with them.
    jobs.sweep("benchmarks.store_editions", Editions(database, plugins).store)
    jobs.sweep("results.sweep", work.sweep)


def note_happening(session: OrganizationSession, survey_id: int, kind: str, now: datetime) -> None:
    """Let the plugins be told once this transaction has committed."""
    enqueue(session, "results.happened", session.organization_id, survey_id, kind, now.isoformat())


def editions_of(plugins: pluggy.PluginManager) -> dict[str, BenchmarkEdition]:
    """Return the benchmark editions that plugins bring, by key."""
    brought: list[list[BenchmarkEdition]] = plugins.hook.sos_benchmark_sources()
    return {edition.key: edition for some in brought for edition in some}


def root_scores(session: OrganizationSession, survey_id: int) -> Mapping[str, float]:
    """Return the displayed figures of a survey's root by key; hidden ones are left out."""
    published = open_release(session, survey_id).published
    group, figures = published.group(0), published.figures
    if group is None:
        return {}
    found: dict[str, float | None] = {"overall": group.overall()}
    found |= {key: group.score(area) for area, key in enumerate(figures.areas)}
    found |= {key: group.mean(item) for item, key in enumerate(figures.variables)}
    return {key: float(value) for key, value in found.items() if value is not None}


def _sees(
    session: OrganizationSession, survey_id: int, principal: Principal, now: datetime
) -> bool:
    """Tell whether somebody may see any of the figures; the tree is read once for all who are asked."""
    return bool(result_sight(session, survey_id, principal, now=now)[0].figures)
