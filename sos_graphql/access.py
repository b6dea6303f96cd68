"""Who asks, their organization, and how to get in."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from sos_core.access import commands
from sos_core.access.commands import SESSION_LENGTH, respondent_token
from sos_core.access.principal import Role
from sos_core.application import Application
from sos_core.content import LANGUAGES, endonym
from sos_core.errors import NotFound
from sos_core.organizations.queries import OrganizationView, organization
from sos_core.surveys import codes, links
from sos_core.surveys.links import PersonalLink
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import survey
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import (
    described,
    described_enum,
    described_input,
    mutated,
    resolved,
    told,
)
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import Node, node_id
from sos_graphql.people.loading import seen_units
from sos_graphql.people.types import Unit, unit_type
from sos_graphql.throttle import sign_in_throttle


@described_enum(
    ACCOUNT="Has signed in.",
    RESPONDENT="Came by a personal link or a printed code; may fill in the form and nothing else.",
    ANONYMOUS="Has not signed in.",
)
class ViewerKind(Enum):
    """How a caller came."""

    ACCOUNT = "account"
    RESPONDENT = "respondent"
    ANONYMOUS = "anonymous"


@described_enum(
    ADMINISTRATOR="Administers the organization.",
    LEADER="Leads a unit.",
    VIEWER="Was given access to results.",
    PARTICIPANT="Is invited to surveys.",
    RESPONDENT="Came by a personal link.",
)
class ViewerRole(Enum):
    """What a caller may be; one caller can be several."""

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

    name: str = told("Name of the organization.")
    language: str = told("Its usual language.")
    time_zone: str = told("Its time zone, such as Europe/Stockholm.")
    levels: list[str] = told("Names of the levels of its units, from the top down.")
    languages: list[Language] = told("The languages that SOS speaks.")


@described
class Viewer:
    """Who asks."""

    kind: ViewerKind = told("How the caller came.")
    name: str = told("Name of the caller; empty for respondents and strangers.")
    language: str = told("The language in which this answer is given.")
    roles: list[ViewerRole] = told("What the caller may be.")
    person: strawberry.ID | None = told("The person whom the account belongs to.")

    @resolved
    async def organization(self, info: Info) -> Organization | None:
        """The caller's organization; null for strangers."""
        return await organization_of(info)

    @resolved
    async def units(self, info: Info) -> list[Unit]:
        """The units that the caller belongs to, the home first."""
        return await _own_units(info, context(info).principal.units)

    @resolved
    async def leads(self, info: Info) -> list[Unit]:
        """The units that the caller leads."""
        return await _own_units(info, context(info).principal.led)


@described_input
class SignInInput:
    """Address and password of an account."""

    email: str = told("E-mail address.")
    password: str = told("Password.")


@described_input
class ExchangeLinkInput:
    """A personal link."""

    link: str = told("What follows /s/ in the personal link.")


@described_input
class RedeemCodeInput:
    """A printed code."""

    code: str = told("The code, however it is typed.")


@described
class Token:
    """A bearer token for the Authorization header."""

    token: str = told("The token; keep it in memory only.")
    expires_at: datetime = told("Until when it is good.")
    viewer: ViewerKind = told("What its bearer is.")


@described
class SignedOut:
    """The token of this request is good for nothing any more."""

    done: bool = told("Always true.")


TokenResult = Annotated[
    Token | AnyProblem,
    strawberry.union("TokenResult", description="A token, or why there is none."),
]
SignOutResult = Annotated[
    SignedOut | AnyProblem,
    strawberry.union("SignOutResult", description="The end of a session, or what is wrong."),
]
SignInArgument = Annotated[SignInInput, strawberry.argument(description="Address and password.")]
LinkArgument = Annotated[ExchangeLinkInput, strawberry.argument(description="The link.")]
CodeArgument = Annotated[RedeemCodeInput, strawberry.argument(description="The code.")]


@strawberry.type
class AccessQuery:
    """Who asks."""

    @resolved
    async def viewer(self, info: Info) -> Viewer:
        """Who asks; there for strangers too."""
        asker = context(info)
        principal = asker.principal
        kind = ViewerKind.ACCOUNT if asker.signed_in else ViewerKind.ANONYMOUS
        return Viewer(
            kind=ViewerKind.RESPONDENT if asker.is_respondent else kind,
            name=principal.name,
            language=asker.language,
            roles=[role for role in ViewerRole if Role(role.value) in principal.roles],
            person=_own_id(asker),
        )

    @resolved
    async def organization(self, info: Info) -> Organization | None:
        """The caller's organization; null for strangers."""
        return await organization_of(info)


@strawberry.type
class AccessMutation:
    """How to get in and out."""

    @mutated
    async def sign_in(self, info: Info, input: SignInArgument) -> TokenResult:  # noqa: A002
        """Get a token for an account; web pages use /auth/sign-in, which sets a cookie."""
        return await attempt(info, _sign_in(context(info), input))

    @mutated
    async def sign_out(self, info: Info) -> SignOutResult:
        """End the session of this request's token."""
        return await attempt(info, _sign_out(context(info)))

    @mutated
    async def exchange_link(self, info: Info, input: LinkArgument) -> TokenResult:  # noqa: A002
        """Get a respondent's token for a personal link; the link stays good."""
        return await attempt(info, _exchange_link(context(info), input))

    @mutated
    async def redeem_code(self, info: Info, input: CodeArgument) -> TokenResult:  # noqa: A002
        """Get a respondent's token for a printed code, which is used up."""
        return await attempt(info, _redeem_code(context(info), input))


async def organization_of(info: Info) -> Organization | None:
    """Return the caller's organization; None for strangers."""
    asker = context(info)
    organization_id = asker.principal.organization_id
    if organization_id is None:
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


def _own_id(asker: Context) -> strawberry.ID | None:
    person_id = asker.principal.person_id
    return node_id("Person", person_id) if asker.signed_in and person_id is not None else None


async def _own_units(info: Info, ids: frozenset[int]) -> list[Unit]:
    if not context(info).signed_in:
        return []
    return [unit_type(view) for view in await seen_units(info) if view.id in ids]


async def _sign_in(asker: Context, given: SignInInput) -> Token:
    application, now = asker.application, asker.now
    throttle = sign_in_throttle(application)
    throttle.check(f"address {asker.address}")
    throttle.check(f"account {given.email.casefold()[:320]}")
    token = await asker.call(
        lambda: commands.sign_in(
            application.database, email=given.email, password=given.password, now=now
        )
    )
    return Token(token=token, expires_at=now + SESSION_LENGTH, viewer=ViewerKind.ACCOUNT)


async def _sign_out(asker: Context) -> SignedOut:
    token = asker.token
    if token and asker.signed_in:
        await asker.call(lambda: commands.sign_out(asker.application.database, token))
    return SignedOut(done=True)


async def _exchange_link(asker: Context, given: ExchangeLinkInput) -> Token:
    found = links.read_personal_token(asker.application.secret, given.link)
    if found is None:
        raise _no_such_link()
    return await asker.call(lambda: respondents_token(asker.application, found))


async def _redeem_code(asker: Context, given: RedeemCodeInput) -> Token:
    application, now = asker.application, asker.now
    sign_in_throttle(application).check(f"code {asker.address}")
    found = await asker.call(
        lambda: codes.redeem_code(
            application.database, given.code, secret=application.secret, now=now
        )
    )
    return await asker.call(lambda: respondents_token(application, found))


def respondents_token(application: Application, found: PersonalLink) -> Token:
    """Return the token for whom a link lets in; raise NotFound where the survey is not open."""
    with application.database.read(found.organization_id) as session:
        view = survey(session, found.survey_id)
        part = participation(session, found.survey_id, found.person_id)
    if part is None:
        raise _no_such_link()
    token = respondent_token(
        application.secret,
        organization_id=found.organization_id,
        survey_id=found.survey_id,
        person_id=found.person_id,
        expires_at=view.closes_at,
    )
    return Token(token=token, expires_at=view.closes_at, viewer=ViewerKind.RESPONDENT)


def _no_such_link() -> NotFound:
    return NotFound(
        "This link does not work.",
        "Copy the whole link from the mail, or ask for a new one.",
        code="link_unknown",
    )
