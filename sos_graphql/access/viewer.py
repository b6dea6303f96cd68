"""Who asks, their organization, and how to get in."""

from __future__ import annotations

from enum import Enum

import strawberry

from sos_core.access.principal import Role
from sos_core.content import LANGUAGES, endonym
from sos_core.organizations.queries import OrganizationView, organization
from sos_graphql.access.own import SecondFactor, Session, own_factor, own_sessions
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import (
    described,
    described_enum,
    resolved,
    told,
)
from sos_graphql.nodes import Node, node_id
from sos_graphql.people.loading import seen_units, units_of
from sos_graphql.people.types import Unit, unit_type


@described_enum(
    ACCOUNT="Has signed in.",
    OPERATOR="Runs the installation.",
    RESPONDENT="Came by a personal link or a printed code; may fill in the form and nothing else.",
    INTEGRATION="Is a program with an API key.",
    GUEST="Is a widget in somebody's page, with a guest token.",
    ANONYMOUS="Has not signed in.",
)
class ViewerKind(Enum):
    """How a caller came."""

    ACCOUNT = "account"
    OPERATOR = "operator"
    RESPONDENT = "respondent"
    INTEGRATION = "integration"
    GUEST = "guest"
    ANONYMOUS = "anonymous"


@described_enum(
    OPERATOR="Runs the installation, without sight of any organization.",
    ADMINISTRATOR="Administers the organization.",
    LEADER="Leads a unit.",
    VIEWER="Was given access to results.",
    PARTICIPANT="Is invited to surveys.",
    RESPONDENT="Came by a personal link.",
)
class ViewerRole(Enum):
    """What a caller may be; one caller can be several."""

    OPERATOR = Role.OPERATOR.value
    ADMINISTRATOR = Role.ADMINISTRATOR.value
    LEADER = Role.LEADER.value
    VIEWER = Role.VIEWER.value
    PARTICIPANT = Role.PARTICIPANT.value
    RESPONDENT = Role.RESPONDENT.value


@described
class Language:
    """A language that SOS speaks."""

    tag: str = told("Its tag, such as zh-Hans.")
    name: str = told("Its name in the language itself.")


@described
class Organization(Node):
    """The organization of the caller."""

    name: str = told("What it is called in mails, forms and pages.")
    language: str = told("Its usual language, such as sv.")
    time_zone: str = told("Time zone of its surveys, such as Europe/Stockholm.")
    levels: list[str] = told("Names of the levels of its units, from the top down.")
    languages: list[Language] = told("The languages that SOS speaks.")


@described
class Viewer:
    """Who asks."""

    kind: ViewerKind = told("How the caller came.")
    name: str = told("Name of the caller; empty for respondents and strangers.")
    language: str = told("The language in which this answer is given.")
    roles: list[ViewerRole] = told("What the caller may be.")
    person_id: strawberry.ID | None = told(
        "The person whom the account belongs to; null: nobody's."
    )

    @resolved
    async def organization(self, info: Info) -> Organization | None:
        """The caller's organization; null for strangers, guests and operators."""
        return await organization_of(info)

    @resolved
    async def units(self, info: Info) -> list[Unit]:
        """The units that the caller belongs to, the home first."""
        asker = context(info)
        if not asker.signed_in or asker.principal.person_id is None:
            return []
        seen = {view.id for view in await seen_units(info)} & asker.principal.units
        own = await units_of(info, asker.principal.person_id)
        return [unit_type(view) for view in own if view.id in seen]

    @resolved
    async def leads(self, info: Info) -> list[Unit]:
        """The units that the caller leads."""
        asker = context(info)
        if not asker.signed_in:
            return []
        led = asker.principal.led
        return [unit_type(view) for view in await seen_units(info) if view.id in led]

    @resolved
    async def sessions(self, info: Info) -> list[Session]:
        """Where the caller is signed in, the place used last first."""
        return await own_sessions(context(info))

    @resolved
    async def second_factor(self, info: Info) -> SecondFactor | None:
        """The caller's second factor; null for one without an account."""
        return await own_factor(context(info))


@strawberry.type
class AccessQuery:
    """Who asks."""

    @resolved
    async def viewer(self, info: Info) -> Viewer:
        """Who asks; there for strangers too."""
        asker = context(info)
        principal = asker.principal
        return Viewer(
            kind=_kind(asker),
            name=principal.name,
            language=asker.language,
            roles=[role for role in ViewerRole if Role(role.value) in principal.roles],
            person_id=_own_id(asker),
        )

    @resolved
    async def organization(self, info: Info) -> Organization | None:
        """The caller's organization; null for strangers, guests and operators."""
        return await organization_of(info)


async def organization_of(info: Info) -> Organization | None:
    """Return the caller's organization; None for strangers."""
    asker = context(info)
    organization_id = asker.principal.organization_id
    if organization_id is None or asker.principal.guest is not None:
        return None

    def work() -> OrganizationView:
        with asker.application.database.read(organization_id) as session:
            return organization(session, organization_id)

    view = await asker.call(work)
    return Organization(
        id=node_id("Organization", view.id),
        name=view.name,
        language=view.language,
        time_zone=view.time_zone,
        levels=list(view.levels),
        languages=[Language(tag=tag, name=endonym(tag)) for tag in LANGUAGES],
    )


def _kind(asker: Context) -> ViewerKind:
    if asker.is_respondent:
        return ViewerKind.RESPONDENT
    if asker.principal.of_installation:
        return ViewerKind.OPERATOR
    if asker.principal.guest is not None:
        return ViewerKind.GUEST
    if asker.principal.is_integration:
        return ViewerKind.INTEGRATION
    return ViewerKind.ACCOUNT if asker.signed_in else ViewerKind.ANONYMOUS


def _own_id(asker: Context) -> strawberry.ID | None:
    person_id = asker.principal.person_id
    return node_id("Person", person_id) if asker.signed_in and person_id is not None else None
