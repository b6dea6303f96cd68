"""What operators see of the installation and do to it; nothing of what organizations hold."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.access.founding import found_organization
from sos_core.jobs.queries import counts
from sos_core.organizations.commands import DEFAULT_LEVELS
from sos_core.organizations.queries import OrganizationView, organization, organizations
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, resolved, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import After, Connection, First, Node, node_id, page


@described
class HostedOrganization(Node):
    """An organization of the installation, by its outside alone."""

    name: str = told("What it is called in mails, forms and pages.")
    language: str = told("Its usual language, such as sv.")
    time_zone: str = told("Time zone of its surveys, such as Europe/Stockholm.")


@described
class JobCounts:
    """How many jobs there are in each state."""

    ready: int = told("How many wait for a worker.")
    leased: int = told("How many are at work.")
    dead: int = told("How many were given up; `sos jobs list` tells why.")


@described
class Installation:
    """The installation, for operators."""

    ready: bool = told("Whether it can serve.")
    faults: list[str] = told("What is missing, in English.")
    jobs: JobCounts = told("How many jobs there are.")

    @resolved
    async def organizations(
        self, info: Info, first: First, after: After = None
    ) -> Connection[HostedOrganization]:
        """The organizations, by id."""
        asker = context(info)
        return page(await asker.call(lambda: _all(asker)), first, after, _hosted)


@described_input
class CreateOrganizationInput:
    """A new organization and its first administrator."""

    name: str = told("What it is called in mails, forms and pages.")
    administrator_email: str = told("E-mail address of the first administrator, who is invited.")
    language: str = told("Its usual language, such as sv.", default="en")
    time_zone: str = told(
        "Time zone of its surveys, such as Europe/Stockholm.", default="Europe/Stockholm"
    )
    levels: list[str] = told(
        "Names of the levels of its units, from the top.",
        default_factory=lambda: list(DEFAULT_LEVELS),
    )


InstallationAnswer = Annotated[
    Installation | AnyProblem,
    strawberry.union("InstallationAnswer", description="The installation, or why not."),
]
HostedOrganizationResult = Annotated[
    HostedOrganization | AnyProblem,
    strawberry.union(
        "HostedOrganizationResult", description="The organization, or why there is none."
    ),
]
OrganizationArgument = Annotated[
    CreateOrganizationInput, strawberry.argument(description="What and who.")
]


@strawberry.type
class OperatorQuery:
    """The installation, for operators."""

    @resolved
    async def installation(self, info: Info) -> InstallationAnswer:
        """The state of the installation; for operators."""
        return await attempt(info, _installation(context(info)))


@strawberry.type
class OperatorMutation:
    """What operators do."""

    @mutated
    async def create_organization(
        self,
        info: Info,
        input: OrganizationArgument,  # noqa: A002
    ) -> HostedOrganizationResult:
        """Make an organization and invite its first administrator; for operators."""
        return await attempt(info, _create(context(info), input))


async def find_hosted(info: Info, number: int) -> HostedOrganization | None:
    """Return an organization of the installation for an operator, None where there is none."""
    asker = context(info)
    found = await asker.call(lambda: _all(asker))
    return next((_hosted(view) for view in found if view.id == number), None)


async def _installation(asker: Context) -> Installation:
    asker.principal.require_operator()
    application = asker.application

    def work() -> dict[str, int]:
        with application.database.read(None) as session:
            return counts(session)

    jobs = await asker.call(work)
    readiness = await asker.call(application.readiness)
    return Installation(
        ready=readiness.ready,
        faults=list(readiness.faults),
        jobs=JobCounts(ready=jobs["ready"], leased=jobs["leased"], dead=jobs["dead"]),
    )


async def _create(asker: Context, given: CreateOrganizationInput) -> HostedOrganization:
    asker.principal.require_operator()
    database, now, actor = asker.application.database, asker.now, asker.principal.actor

    def work() -> OrganizationView:
        number = found_organization(
            database,
            name=given.name[:200],
            language=given.language,
            time_zone=given.time_zone,
            levels=given.levels,
            administrator=given.administrator_email,
            now=now,
            actor=actor,
        )
        with database.read(None) as session:
            return organization(session, number)

    return _hosted(await asker.call(work))


def _all(asker: Context) -> list[OrganizationView]:
    asker.principal.require_operator()
    with asker.application.database.read(None) as session:
        return organizations(session)


def _hosted(view: OrganizationView) -> HostedOrganization:
    return HostedOrganization(
        id=node_id("HostedOrganization", view.id),
        name=view.name,
        language=view.language,
        time_zone=view.time_zone,
    )
