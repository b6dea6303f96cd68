"""How to get in and out: passwords, personal links and printed codes become bearer tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access.commands import respondent_token
from sos_core.access.continuation import Steps, read_steps, steps_token
from sos_core.access.lifetimes import SESSION_LENGTH, STEPS_LENGTH
from sos_core.access.sessions import sign_out as end_session
from sos_core.access.signing_in import (
    check_code,
    check_password,
    doors,
    enter,
    sign_in_expired,
)
from sos_core.application import Application
from sos_core.errors import NotFound
from sos_core.surveys import codes, links
from sos_core.surveys.lifecycle import takes_no_answers
from sos_core.surveys.links import PersonalLink
from sos_core.surveys.participation import participation
from sos_core.surveys.queries import survey
from sos_graphql.access.viewer import ViewerKind
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.throttle import count_codes, count_sign_in, count_stranger


@described_input
class SignInInput:
    """Address and password of an account."""

    email: str = told("E-mail address.")
    password: str = told("What the owner of the account has chosen.")


@described_input
class ContinueSignInInput:
    """The next step of signing in."""

    continuation: str = told("What the step before gave.")
    code: str | None = told("Code of the app, or a recovery code.", default=None)
    organization: int | None = told("Number of the organization that was chosen.", default=None)


@described_input
class ExchangePersonalLinkInput:
    """What stands in the mail to one respondent."""

    link: str = told("What follows /s/ in the personal link.")


@described_input
class RedeemPrintedCodeInput:
    """What a respondent has on paper."""

    code: str = told("The code, however it is typed.")


@described
class Token:
    """A bearer token for the Authorization header."""

    token: str = told("The token; keep it in memory only.")
    expires_at: datetime = told("Until when it is good.")
    viewer: ViewerKind = told("What its bearer is.")


@described
class SignInPlace:
    """An organization that somebody may sign in to, everything being proved."""

    number: int = told("What is given as `organization`.")
    name: str = told("Name of the organization; empty for an operator's installation.")


@described
class SignInSteps:
    """Signing in goes on: a code is asked for, or one of several organizations is to be chosen."""

    continuation: str = told("What is given to `continueSignIn`; good for ten minutes, and once.")
    needs_code: bool = told("Whether a code is asked for.")
    places: list[SignInPlace] = told("Where one may go in; empty while a code is asked for.")


@described
class SignedOut:
    """The token of this request is good for nothing any more."""

    done: bool = told("Always true.")


TokenResult = Annotated[
    Token | AnyProblem,
    strawberry.union("TokenResult", description="A token, or why there is none."),
]
SignInResult = Annotated[
    Token | SignInSteps | AnyProblem,
    strawberry.union("SignInResult", description="A token, the next step, or why there is none."),
]
SignedOutResult = Annotated[
    SignedOut | AnyProblem,
    strawberry.union("SignedOutResult", description="The end of a session, or what is wrong."),
]
SignInArgument = Annotated[SignInInput, strawberry.argument(description="Address and password.")]
NextStep = Annotated[ContinueSignInInput, strawberry.argument(description="The next step.")]
LinkArgument = Annotated[ExchangePersonalLinkInput, strawberry.argument(description="The link.")]
CodeArgument = Annotated[RedeemPrintedCodeInput, strawberry.argument(description="The code.")]


@strawberry.type
class AccessMutation:
    """How to get in and out."""

    @mutated
    async def sign_in(self, info: Info, input: SignInArgument) -> SignInResult:  # noqa: A002
        """Get a token for an account; web pages use /auth/sign-in, which sets a cookie."""
        return await attempt(info, _sign_in(context(info), input))

    @mutated
    async def continue_sign_in(self, info: Info, input: NextStep) -> SignInResult:  # noqa: A002
        """Go on signing in, with a code or by choosing an organization."""
        return await attempt(info, _continue(context(info), input))

    @mutated
    async def sign_out(self, info: Info) -> SignedOutResult:
        """End the session of this request's token."""
        return await attempt(info, _sign_out(context(info)))

    @mutated
    async def exchange_personal_link(self, info: Info, input: LinkArgument) -> TokenResult:  # noqa: A002
        """Get a respondent's token for a personal link; the link stays good."""
        return await attempt(info, _exchange_link(context(info), input))

    @mutated
    async def redeem_printed_code(self, info: Info, input: CodeArgument) -> TokenResult:  # noqa: A002
        """Get a respondent's token for a printed code, which is used up."""
        return await attempt(info, _redeem_code(context(info), input))


async def _sign_in(asker: Context, given: SignInInput) -> Token | SignInSteps:
    application = asker.application
    await count_sign_in(asker, given.email)
    steps = await asker.call(
        lambda: check_password(application.database, email=given.email, password=given.password)
    )
    return await _onward(asker, steps)


async def _continue(asker: Context, given: ContinueSignInInput) -> Token | SignInSteps:
    application, now = asker.application, asker.now
    steps = read_steps(application.secret, given.continuation, now)
    if steps is None:
        raise sign_in_expired()
    if steps.waiting:
        asked = steps
        await count_codes(asker, (candidate.holder for candidate in steps.waiting))
        steps = await asker.call(
            lambda: check_code(
                application.database, application.vault, asked, given.code or "", now
            )
        )
    return await _onward(asker, steps, given.organization)


async def _onward(asker: Context, steps: Steps, chosen: int | None = None) -> Token | SignInSteps:
    application, now = asker.application, asker.now
    if not steps.waiting and (chosen is not None or len(steps.proven) == 1):
        token = await asker.call(
            lambda: enter(application.database, steps, chosen or 0, now=now, device=asker.device)
        )
        return Token(token=token, expires_at=now + SESSION_LENGTH, viewer=ViewerKind.ACCOUNT)
    places: list[SignInPlace] = []
    if not steps.waiting:
        found = await asker.call(lambda: doors(application.database, steps))
        places = [SignInPlace(number=door.number, name=door.name) for door in found]
    continuation = steps_token(application.secret, steps, now + STEPS_LENGTH)
    return SignInSteps(continuation=continuation, needs_code=bool(steps.waiting), places=places)


async def _sign_out(asker: Context) -> SignedOut:
    token = asker.token
    if token and asker.principal.session_id is not None:
        await asker.call(lambda: end_session(asker.application.database, token))
    return SignedOut(done=True)


async def _exchange_link(asker: Context, given: ExchangePersonalLinkInput) -> Token:
    found = links.read_personal_token(asker.application.secret, given.link)
    if found is None:
        raise _no_such_link()
    return await asker.call(lambda: respondents_token(asker.application, found))


async def _redeem_code(asker: Context, given: RedeemPrintedCodeInput) -> Token:
    application, now = asker.application, asker.now
    await count_stranger(asker, "code")
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
        raise takes_no_answers()
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
