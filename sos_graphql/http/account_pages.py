"""The reader's own account: password, second factor, recovery codes, sessions, ways to sign in."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.demands import second_factor_of
from sos_core.access.factors import (
    Enrollment,
    FactorView,
    begin_enrollment,
    confirm_enrollment,
    factor_of,
    remove_factor,
    renew_recovery_codes,
)
from sos_core.access.identities import IdentityView, identities_of, unlink_identity
from sos_core.access.own_account import change_password, revoke_other_sessions, revoke_session
from sos_core.access.passwords import MIN_LENGTH
from sos_core.access.sessions import SessionView, renew_token, sessions_of
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import SosError
from sos_core.people.queries import units
from sos_core.surveys.queries import PersonalSurvey, surveys_of_person
from sos_graphql.http.cookies import set_session
from sos_graphql.http.entrances import chosen_password
from sos_graphql.http.pictures import qr_code
from sos_graphql.http.shell import show
from sos_graphql.http.visits import ENROLLMENT, Visit, go, number, page, status_of, words_of
from sos_graphql.throttle import count_own

ACCOUNT = "/app/account"


def account_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of the reader's own account."""
    return [
        page(application, ACCOUNT, account),
        page(application, f"{ACCOUNT}/password", password, posts=True),
        page(application, ENROLLMENT, second_factor, posts=True),
        page(application, f"{ENROLLMENT}/remove", no_second_factor, posts=True),
        page(application, f"{ACCOUNT}/recovery-codes", recovery_codes, posts=True),
        page(application, f"{ACCOUNT}/sessions", sessions, posts=True),
        page(application, f"{ACCOUNT}/identities", identities, posts=True),
    ]


async def account(visit: Visit, error: SosError | None = None, about: str = "") -> Response:
    """Show who the reader is, what they may see, and how they sign in."""
    principal, now, holder = visit.asker.principal, visit.asker.now, visit.asker.holder
    names: dict[int, str] = {}
    mine: list[PersonalSurvey] = []

    def work(session: OrganizationSession) -> tuple[FactorView, list[SessionView], bool]:
        required = visit.application.settings.operators_second_factor
        if holder.organization_id is not None:
            names.update({unit.id: " › ".join(unit.path) for unit in units(session)})
            if principal.person_id:
                mine.extend(surveys_of_person(session, principal.person_id))
            demand = second_factor_of(session)
            required = demand.asks(administrator=principal.is_administrator)
        return factor_of(session, holder), sessions_of(session, holder, now), required

    factor, open_sessions, required = await visit.asker.read_own(lambda s, _: work(s))
    return await show(
        visit,
        "account.html",
        status=status_of(error) if error else 200,
        roles=sorted(role.value for role in principal.roles),
        leads=[names[unit] for unit in sorted(principal.led) if unit in names],
        units=[names[unit] for unit in sorted(principal.units) if unit in names],
        mine=mine,
        factor=factor,
        required=required,
        open_sessions=open_sessions,
        identities=await _identities(visit),
        providers=visit.application.sign_in_providers(),
        least=MIN_LENGTH,
        about=about,
        wrong=words_of(error, visit.asker.language) if error else None,
    )


async def password(visit: Visit) -> Response:
    """Change the password, knowing the present one; other sessions end and this one is renewed."""
    if not visit.posted:
        return go(ACCOUNT)
    present, now = visit.sent.last.get("present", ""), visit.asker.now
    session_id = visit.asker.principal.session_id
    try:
        await count_own(visit.asker)
        chosen = chosen_password(visit)
        await visit.asker.write_own(
            lambda session, holder: change_password(
                session, holder, present=present, password=chosen, now=now, session_id=session_id
            )
        )
    except SosError as error:
        return await account(visit, error, "password")
    return await _renewed(visit, go(f"{ACCOUNT}?done=password"))


async def second_factor(visit: Visit) -> Response:
    """Ask for the password, show the picture for the app, or take its first code."""
    factor = await visit.asker.read_own(factor_of)
    if factor.active:
        return go(ACCOUNT)
    if not visit.posted:
        return await _enrollment(visit, factor)
    vault, now, own = visit.application.vault, visit.asker.now, visit.asker.principal.session_id
    confirms = "code" in visit.sent.last
    code, present = visit.sent.one("code"), visit.sent.last.get("present", "")
    try:
        await count_own(visit.asker)
        if not confirms:
            made = await visit.asker.write_own(
                lambda session, holder: begin_enrollment(
                    session, vault, holder, password=present, now=now, session_id=own
                )
            )
            return await _enrollment(visit, factor, made=made)
        codes = await visit.asker.write_own(
            lambda session, holder: confirm_enrollment(
                session, vault, holder, code, now=now, session_id=own
            )
        )
    except SosError as error:
        return await _enrollment(visit, factor, error, again=error.code == "enrollment_code_wrong")
    return await _renewed(visit, await show(visit, "recovery_codes.html", codes=codes))


async def _enrollment(
    visit: Visit,
    factor: FactorView,
    error: SosError | None = None,
    *,
    made: Enrollment | None = None,
    again: bool = False,
) -> Response:
    """Return the page of a step; the seed is told once, so ``again`` asks for the code alone."""
    return await show(
        visit,
        "second_factor.html",
        status=status_of(error) if error else 200,
        factor=factor,
        seed=made.seed if made else "",
        picture=qr_code(made.address) if made else "",
        again=again,
        required=visit.asker.principal.must_enroll,
        wrong=words_of(error, visit.asker.language) if error else None,
    )


async def no_second_factor(visit: Visit) -> Response:
    """Go without a second factor again: asks for the password and for a code."""
    if not visit.posted:
        return go(ACCOUNT)
    vault, now, own = visit.application.vault, visit.asker.now, visit.asker.principal.session_id
    present, code = visit.sent.last.get("present", ""), visit.sent.one("code")
    try:
        await count_own(visit.asker)
        await visit.asker.write_own(
            lambda session, holder: remove_factor(
                session, vault, holder, password=present, code=code, now=now, session_id=own
            )
        )
    except SosError as error:
        return await account(visit, error, "factor")
    return await _renewed(visit, go(f"{ACCOUNT}?done=factor-removed"))


async def recovery_codes(visit: Visit) -> Response:
    """Show ten new recovery codes, once; the earlier ones are good for nothing any more."""
    if not visit.posted:
        return go(ACCOUNT)
    present, now = visit.sent.last.get("present", ""), visit.asker.now
    own = visit.asker.principal.session_id
    try:
        await count_own(visit.asker)
        codes = await visit.asker.write_own(
            lambda session, holder: renew_recovery_codes(
                session, holder, present, now=now, session_id=own
            )
        )
    except SosError as error:
        return await account(visit, error, "factor")
    return await show(visit, "recovery_codes.html", codes=codes)


async def sessions(visit: Visit) -> Response:
    """End one of the reader's sessions, or all others."""
    if not visit.posted:
        return go(ACCOUNT)
    now, own = visit.asker.now, visit.asker.principal.session_id
    which = visit.sent.one("number")

    def work(session: OrganizationSession) -> None:
        if which == "others":
            revoke_other_sessions(session, visit.asker.holder, session_id=own, now=now)
        else:
            revoke_session(session, visit.asker.holder, number(which, "Session"), now=now)

    await visit.asker.write_own(lambda session, _: work(session))
    return go(f"{ACCOUNT}?done=sessions")


async def identities(visit: Visit) -> Response:
    """Untie one of the other systems by which the reader signs in."""
    if not visit.posted:
        return go(ACCOUNT)
    which, now = number(visit.sent.one("identity")), visit.asker.now
    try:
        await visit.asker.write_own(
            lambda session, holder: unlink_identity(session, holder, which, now=now)
        )
    except SosError as error:
        return await account(visit, error, "identities")
    return go(f"{ACCOUNT}?done=identities")


async def _identities(visit: Visit) -> list[IdentityView]:
    if visit.asker.principal.of_installation:
        return []
    return await visit.asker.read_own(identities_of)


async def _renewed(visit: Visit, response: Response) -> Response:
    """Give the reader's session another token after a change of what proves who they are."""
    own = visit.asker.principal.session_id
    if visit.asker.by_cookie and own is not None:
        token = await visit.asker.write_own(
            lambda session, holder: renew_token(session, holder, own)
        )
        set_session(response, visit.application.settings.public_url, token)
    return response
