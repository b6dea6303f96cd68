"""The caller's own account: sessions, password, second factor, recovery codes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access import factors, own_account
from sos_core.access.sessions import SessionView, renew_token, sessions_of
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import Node, node_id, number_of
from sos_graphql.throttle import count_own

OWN_PASSWORD = "The password; empty for an account that has none and has signed in just now."  # noqa: S105


@described
class Session(Node):
    """A place where the caller is signed in."""

    created_at: datetime = told("When it began.")
    used_at: datetime = told("When it was used last, within a minute.")
    expires_at: datetime = told("When it ends in any case.")
    method: str = told("By password, second_factor, recovery_code, invitation or provider:NAME.")
    device: str = told("Families of browser and system, such as `Firefox, Linux`; may be empty.")
    current: bool = told("Whether this request belongs to it.")


@described
class SecondFactor:
    """What is known of the caller's second factor."""

    active: bool = told("Whether signing in asks for a code.")
    recovery_code_count: int = told("How many recovery codes are left.")
    required: bool = told("Whether the caller has no rights before one is set up.")


@described
class Enrollment:
    """What an authenticator app needs; good once its first code is confirmed."""

    seed: str = told("The seed in base 32, to be typed by hand.")
    uri: str = told("The `otpauth:` address, to be shown as a QR code.")


@described
class RecoveryCodes:
    """Codes that each let one in once, without a telephone; shown only now."""

    codes: list[str] = told("Ten codes.")
    token: str | None = told("The caller's new bearer token, the old one dead; null: it stays.")


@described
class OwnAccountChanged:
    """Something about the caller's own account was changed."""

    token: str | None = told("The caller's new bearer token, the old one dead; null: it stays.")
    ended_count: int = told("How many sessions ended, where that was asked for.", default=0)


@described_input
class ChangePasswordInput:
    """The present password and the one to come."""

    present_password: str = told("The password that is good until now.")
    password: str = told("The password that is good from now on.")


@described_input
class BeginSecondFactorInput:
    """What proves that it is really the owner."""

    password: str = told(OWN_PASSWORD)


@described_input
class ConfirmSecondFactorInput:
    """The first code of the app."""

    code: str = told("Code with six digits.")


@described_input
class RemoveSecondFactorInput:
    """What proves that it is really the owner."""

    password: str = told(OWN_PASSWORD)
    code: str = told("Code of the app, or a recovery code.")


@described_input
class RenewRecoveryCodesInput:
    """What proves that it is really the owner."""

    password: str = told(OWN_PASSWORD)


@described_input
class RevokeSessionInput:
    """A session of the caller's own."""

    id: strawberry.ID = told("One of the caller's own.")


OwnResult = Annotated[
    OwnAccountChanged | AnyProblem,
    strawberry.union("OwnAccountChangedResult", description="That it was done, or why not."),
]
EnrollmentResult = Annotated[
    Enrollment | AnyProblem,
    strawberry.union("EnrollmentResult", description="What an app needs, or why there is none."),
]
CodesResult = Annotated[
    RecoveryCodes | AnyProblem,
    strawberry.union("RecoveryCodesResult", description="Ten codes, or why there are none."),
]
PasswordArgument = Annotated[
    ChangePasswordInput, strawberry.argument(description="The old password and the new one.")
]
BeginArgument = Annotated[BeginSecondFactorInput, strawberry.argument(description="The proof.")]
ConfirmArgument = Annotated[ConfirmSecondFactorInput, strawberry.argument(description="The code.")]
RemoveArgument = Annotated[RemoveSecondFactorInput, strawberry.argument(description="Both proofs.")]
RenewArgument = Annotated[RenewRecoveryCodesInput, strawberry.argument(description="The proof.")]
SessionArgument = Annotated[RevokeSessionInput, strawberry.argument(description="The session.")]


@strawberry.type
class OwnAccountMutation:
    """What people do to their own accounts."""

    @mutated
    async def change_password(self, info: Info, input: PasswordArgument) -> OwnResult:  # noqa: A002
        """Choose a new password; all other sessions end, and this one gets a new token."""
        return await attempt(info, _change_password(context(info), input))

    @mutated
    async def begin_second_factor(self, info: Info, input: BeginArgument) -> EnrollmentResult:  # noqa: A002
        """Make a seed for an authenticator app; nothing changes until its first code is confirmed."""
        return await attempt(info, _begin(context(info), input))

    @mutated
    async def confirm_second_factor(self, info: Info, input: ConfirmArgument) -> CodesResult:  # noqa: A002
        """Set the second factor up with the app's first code; all other sessions end."""
        return await attempt(info, _confirm(context(info), input))

    @mutated
    async def remove_second_factor(self, info: Info, input: RemoveArgument) -> OwnResult:  # noqa: A002
        """Go without a second factor again."""
        return await attempt(info, _remove(context(info), input))

    @mutated
    async def renew_recovery_codes(self, info: Info, input: RenewArgument) -> CodesResult:  # noqa: A002
        """Get ten new recovery codes; the earlier ones are good for nothing any more."""
        return await attempt(info, _renew_codes(context(info), input))

    @mutated
    async def revoke_session(self, info: Info, input: SessionArgument) -> OwnResult:  # noqa: A002
        """End one of the caller's sessions, from the next request on."""
        return await attempt(info, _revoke(context(info), input))

    @mutated
    async def revoke_other_sessions(self, info: Info) -> OwnResult:
        """End all of the caller's sessions but this one."""
        return await attempt(info, _revoke_others(context(info)))


async def own_sessions(asker: Context) -> list[Session]:
    """Return the caller's sessions; none for one without an account."""
    if asker.principal.session_id is None:
        return []
    now, present = asker.now, asker.principal.session_id
    found = await asker.read_own(lambda session, holder: sessions_of(session, holder, now))
    return [_session_type(view, present) for view in found]


async def find_session(info: Info, number: int) -> Session | None:
    """Return one of the caller's own sessions, None where it is none of them."""
    wanted = node_id("Session", number)
    return next((one for one in await own_sessions(context(info)) if one.id == wanted), None)


async def own_factor(asker: Context) -> SecondFactor | None:
    """Return what is known of the caller's second factor; None for one without an account."""
    if asker.principal.session_id is None:
        return None
    view = await asker.read_own(factors.factor_of)
    return SecondFactor(
        active=view.active,
        recovery_code_count=view.recovery_codes,
        required=asker.principal.must_enroll,
    )


async def _change_password(asker: Context, given: ChangePasswordInput) -> OwnAccountChanged:
    await count_own(asker)
    now, own = asker.now, asker.principal.session_id
    await asker.write_own(
        lambda session, holder: own_account.change_password(
            session,
            holder,
            present=given.present_password,
            password=given.password,
            now=now,
            session_id=own,
        )
    )
    return OwnAccountChanged(token=await _renewed(asker))


async def _begin(asker: Context, given: BeginSecondFactorInput) -> Enrollment:
    await count_own(asker)
    vault, now, own = asker.application.vault, asker.now, asker.principal.session_id
    made = await asker.write_own(
        lambda session, holder: factors.begin_enrollment(
            session, vault, holder, password=given.password, now=now, session_id=own
        )
    )
    return Enrollment(seed=made.seed, uri=made.address)


async def _confirm(asker: Context, given: ConfirmSecondFactorInput) -> RecoveryCodes:
    await count_own(asker)
    vault, now, own = asker.application.vault, asker.now, asker.principal.session_id
    codes = await asker.write_own(
        lambda session, holder: factors.confirm_enrollment(
            session, vault, holder, given.code, now=now, session_id=own
        )
    )
    return RecoveryCodes(codes=codes, token=await _renewed(asker))


async def _remove(asker: Context, given: RemoveSecondFactorInput) -> OwnAccountChanged:
    await count_own(asker)
    vault, now, own = asker.application.vault, asker.now, asker.principal.session_id
    await asker.write_own(
        lambda session, holder: factors.remove_factor(
            session,
            vault,
            holder,
            password=given.password,
            code=given.code,
            now=now,
            session_id=own,
        )
    )
    return OwnAccountChanged(token=await _renewed(asker))


async def _renew_codes(asker: Context, given: RenewRecoveryCodesInput) -> RecoveryCodes:
    await count_own(asker)
    now, own = asker.now, asker.principal.session_id
    codes = await asker.write_own(
        lambda session, holder: factors.renew_recovery_codes(
            session, holder, given.password, now=now, session_id=own
        )
    )
    return RecoveryCodes(codes=codes, token=None)


async def _revoke(asker: Context, given: RevokeSessionInput) -> OwnAccountChanged:
    number, now = number_of("Session", given.id), asker.now
    await asker.write_own(
        lambda session, holder: own_account.revoke_session(session, holder, number, now=now)
    )
    return OwnAccountChanged(token=None, ended_count=1)


async def _revoke_others(asker: Context) -> OwnAccountChanged:
    now, own = asker.now, asker.principal.session_id
    ended = await asker.write_own(
        lambda session, holder: own_account.revoke_other_sessions(
            session, holder, session_id=own, now=now
        )
    )
    return OwnAccountChanged(token=None, ended_count=ended)


async def _renewed(asker: Context) -> str | None:
    """Return another token for this session; a cookie stays, since only a page can set one."""
    own = asker.principal.session_id
    if asker.by_cookie or own is None:
        return None
    return await asker.write_own(lambda session, holder: renew_token(session, holder, own))


def _session_type(view: SessionView, present: int) -> Session:
    return Session(
        id=node_id("Session", view.number),
        created_at=view.created_at,
        used_at=view.used_at,
        expires_at=view.expires_at,
        method=view.made_by,
        device=view.device,
        current=view.number == present,
    )
