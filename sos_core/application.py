"""Puts the parts together: the only place that knows concrete classes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sos_core import clock as clocks
from sos_core.access import jobs as access_jobs
from sos_core.access.counting import forget_attempts
from sos_core.access.queries import people_with_accounts, units_granted
from sos_core.ballots.desk import BallotDesk
from sos_core.ballots.keys import KeyStore
from sos_core.clock import Clock
from sos_core.database import Database
from sos_core.database.migrate import current_revision, head_revision, upgrade
from sos_core.database.roles import weaknesses
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.jobs import Jobs, Signals
from sos_core.mail import Post
from sos_core.mail.delivery import make_mailer
from sos_core.organizations.audit import give_audit_keys
from sos_core.organizations.heads import HeadBook
from sos_core.organizations.key_ring import audit_keys, encryption_keys
from sos_core.organizations.queries import organizations
from sos_core.organizations.secrets import Vault
from sos_core.people import jobs as people_jobs
from sos_core.people.undoing import NamedElsewhere
from sos_core.personal_data.erasing import Reach
from sos_core.personal_data.sweeping import RetentionSweep
from sos_core.plugins import load_plugins
from sos_core.records import PeopleFileFormat, SignInProvider
from sos_core.results import jobs as result_jobs
from sos_core.results.rate_nodes import rate_nodes
from sos_core.results.release import count_apart
from sos_core.settings import Settings
from sos_core.signing import load_secret
from sos_core.surveys import jobs as survey_jobs
from sos_core.surveys.mentions import people_mentioned
from sos_core.surveys.queries import surveys
from sos_core.telemetry import Telemetry
from sos_core.traffic import Traffic

ROLES = {
    "superuser": "The database role is a superuser, whom row-level security does not hold.",
    "bypass": "The database role may bypass row-level security.",
    "owner": "The database role owns the tables: serve as another one, see `sos database grant`.",
}
"""What is said of a role that could read every organization, by its weakness."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the application can serve, in words what is missing, and what should not stay so."""

    ready: bool
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()


class Application:
    """One installation in this process; tests and the demonstration hand in their own clock."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = clocks.now,
        plugins: Iterable[object] = (),
        entry_points: bool = True,
    ) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = clock
        self.secret = load_secret(settings)
        self.vault = Vault(encryption_keys(settings))
        self.plugins = load_plugins(plugins, entry_points=entry_points)
        self.telemetry = Telemetry()
        self.traffic = Traffic()
        self.database = Database(settings.effective_database_url)
        self.audit_keys = audit_keys(settings).load()
        give_audit_keys(self.database, lambda: self.audit_keys)
        self.audit_heads = HeadBook(settings.audit_heads_dir)
        self.signals = Signals(self.database)
        self.jobs = Jobs(self.database, clock=clock, telemetry=self.telemetry, traffic=self.traffic)
        self.mailer = make_mailer(settings)
        self.keys = KeyStore(settings.effective_keys_dir)
        self.ballots = BallotDesk(self.database, self.keys, clock=clock)
        self.post = Post(self.secret, settings.public_url, settings.mail_from)
        self.personal_reach = Reach(
            self.ballots.erase, self.settings.mail_dir, self.settings.uploads_dir
        )
        self.rate_nodes = rate_nodes
        self.named_elsewhere = NamedElsewhere(people=_people_named, units=units_granted)
        self._register_sweeps()
        self._register_jobs()

    def migrate(self) -> None:
        """Bring the database to this program's schema; harmless when it is there already."""
        upgrade(self.database)

    def start(self) -> None:
        """Start the workers and the schedule that the settings ask for."""
        if self.settings.workers:
            self.jobs.start(self.settings.workers)

    def stop(self) -> None:
        """Finish what is being written or run, and let go of everything."""
        self.jobs.stop()
        self.ballots.close()
        self.signals.close()
        self.mailer.close()
        self.database.close()

    def sign_in_providers(self) -> dict[str, SignInProvider]:
        """Return the systems through which people may sign in, by name."""
        found = [one for ones in self.plugins.hook.sos_sign_in() for one in ones]
        return {provider.name: provider for provider in found}

    def people_formats(self) -> list[PeopleFileFormat]:
        """Return the kinds of file that people can be imported from."""
        return [
            format_ for formats in self.plugins.hook.sos_people_formats() for format_ in formats
        ]

    def people_format(self, file_name: str) -> PeopleFileFormat:
        """Return the format that reads a file called ``file_name``; raise InvalidInput without one."""
        suffixes: list[str] = []
        for format_ in self.people_formats():
            suffixes.extend(format_.suffixes)
            if file_name.lower().endswith(format_.suffixes):
                return format_
        raise InvalidInput(
            "SOS cannot read the file “{name}”.",
            "Save it as one of {suffixes} and upload it again.",
            code="file_kind_unknown",
            field="file",
            values={"name": file_name[-80:], "suffixes": ", ".join(sorted(suffixes))},
        )

    def readiness(self) -> Readiness:
        """Tell whether the database answers, takes writes, has our schema, and the keys are there."""
        faults: list[str] = []
        warnings: list[str] = []
        try:
            at, head = current_revision(self.database), head_revision()
            if at != head:
                faults.append(
                    f"The database is at revision {at}, not {head}: run `sos database upgrade`."
                )
            else:
                faults.extend(self._missing_keys())
                warnings.extend(ROLES[weakness] for weakness in weaknesses(self.database))
            if refused := self.database.refuses_writes():
                faults.append(f"The database takes no writes: {refused.code}.")
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
            faults.append(f"The database does not answer: {type(error).__name__}.")
        return Readiness(not faults, tuple(faults), tuple(warnings))

    def _missing_keys(self) -> list[str]:
        with self.database.read(None) as session:
            ids = [organization.id for organization in organizations(session)]
        missing: list[str] = []
        for organization_id in ids:
            with self.database.read(organization_id) as session:
                missing.extend(
                    f"The key of survey {survey.id} is missing: restore it into "
                    f"{self.settings.effective_keys_dir.name}."
                    for survey in surveys(session, states=("open", "closing"))
                    if not self.keys.exists(organization_id, survey.id)
                )
        return missing

    def _register_sweeps(self) -> None:
        self.jobs.sweep(
            "organizations.audit_heads", lambda now: self.audit_heads.sweep(self.database, now)
        )
        self.jobs.sweep("access.attempts", lambda now: forget_attempts(self.database, now))
        retention = RetentionSweep(self.database, self.personal_reach)
        self.jobs.sweep("personal_data.retention", retention.sweep)

    def _register_jobs(self) -> None:
        people_jobs.register(
            self.jobs, database=self.database, clock=self.clock, named=self.named_elsewhere
        )
        access_jobs.register(
            self.jobs,
            database=self.database,
            clock=self.clock,
            mailer=self.mailer,
            post=self.post,
        )
        survey_jobs.register(
            self.jobs,
            database=self.database,
            clock=self.clock,
            mailer=self.mailer,
            post=self.post,
            keys=self.keys,
            rate_nodes=self.rate_nodes,
            ballots_forget=self.ballots.forget,
        )
        result_jobs.register(
            self.jobs,
            database=self.database,
            clock=self.clock,
            keys=self.keys,
            plugins=self.plugins,
            mailer=self.mailer,
            post=self.post,
            count=count_apart(
                self.database,
                self.keys,
                self.settings.effective_database_url,
                self.settings.effective_keys_dir,
            ),
            ballots_forget=self.ballots.forget,
        )


def _people_named(session: OrganizationSession, person_ids: Collection[int]) -> set[int]:
    return people_mentioned(session, person_ids) | people_with_accounts(session, person_ids)
