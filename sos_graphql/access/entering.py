"""How to get in and out: passwords, personal links and printed codes become bearer tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access import commands
from sos_core.access.commands import SESSION_LENGTH, respondent_token
from sos_core.application import Application
from sos_core.errors import Conflict, NotFound
from sos_core.surveys import codes, links
from sos_core.surveys.links import PersonalLink
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import survey
from sos_graphql.access.viewer import ViewerKind
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.throttle import ATTEMPTS_OF_ADDRESS, sign_in_throttle


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


async def _sign_in(asker: Context, given: SignInInput) -> Token:
    application, now = asker.application, asker.now
    throttle = sign_in_throttle(application)
    throttle.check(f"address {asker.address}", most=ATTEMPTS_OF_ADDRESS)
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
    throttle = sign_in_throttle(application)
    throttle.check(f"code {asker.address}", most=ATTEMPTS_OF_ADDRESS)
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
    if view.state != "open" or application.clock() >= view.closes_at:
        raise Conflict(
            "This survey does not take answers now.",
            "It may have closed, or not have opened yet; ask whoever invited you.",
            code="survey_not_open",
        )
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
