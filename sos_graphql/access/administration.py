"""What administrators see of accounts and do to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access import account_queries, demands
from sos_core.access import accounts as verbs
from sos_core.access.account_queries import AccountView
from sos_core.access.rights import Rights
from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_graphql.access.account_types import (
    AccessRules,
    Account,
    AccountRemoved,
    ChangeAccountInput,
    InviteAccountInput,
    RemoveAccountInput,
    RequireSecondFactorInput,
    ResendAccountInvitationInput,
    ResetSecondFactorInput,
    SecondFactorOf,
    account_type,
)
from sos_graphql.context import Info, context
from sos_graphql.describing import mutated, resolved
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import After, Connection, First, number_of, page

Work = Callable[[OrganizationSession, str, datetime], int]


AccountsAnswer = Annotated[
    Connection[Account] | AnyProblem,
    strawberry.union("AccountsAnswer", description="Accounts, or why they are not shown."),
]
AccountResult = Annotated[
    Account | AnyProblem,
    strawberry.union("AccountResult", description="The account, or why it cannot be done."),
]
AccessRulesAnswer = Annotated[
    AccessRules | AnyProblem,
    strawberry.union("AccessRulesAnswer", description="The rules, or why they are not shown."),
]
AccountRemovedResult = Annotated[
    AccountRemoved | AnyProblem,
    strawberry.union("AccountRemovedResult", description="That it is gone, or why not."),
]
AccessRulesResult = Annotated[
    AccessRules | AnyProblem,
    strawberry.union("AccessRulesResult", description="The rules, or why they cannot be changed."),
]
InviteArgument = Annotated[InviteAccountInput, strawberry.argument(description="Whom.")]
ChangeArgument = Annotated[ChangeAccountInput, strawberry.argument(description="What changes.")]
AgainArgument = Annotated[
    ResendAccountInvitationInput, strawberry.argument(description="Whose invitation.")
]
ResetArgument = Annotated[ResetSecondFactorInput, strawberry.argument(description="Whose.")]
RemoveArgument = Annotated[RemoveAccountInput, strawberry.argument(description="The account.")]
RuleArgument = Annotated[RequireSecondFactorInput, strawberry.argument(description="The rule.")]


@strawberry.type
class AccountQuery:
    """Accounts, for administrators."""

    @resolved
    async def accounts(self, info: Info, first: First, after: After = None) -> AccountsAnswer:
        """The organization's accounts by name; for administrators."""
        return await attempt(info, _accounts(info, first, after))

    @resolved
    async def access_rules(self, info: Info) -> AccessRulesAnswer:
        """Of whom the organization asks for a second factor; for administrators."""
        return await attempt(info, _rules(info))


@strawberry.type
class AccountMutation:
    """Changes of accounts, for administrators."""

    @mutated
    async def invite_account(self, info: Info, input: InviteArgument) -> AccountResult:  # noqa: A002
        """Make an account and send a link by which its owner takes it."""
        return await attempt(info, _invite(info, input))

    @mutated
    async def resend_account_invitation(self, info: Info, input: AgainArgument) -> AccountResult:  # noqa: A002
        """Send a new link to somebody who has not come yet."""
        return await attempt(info, _again(info, input))

    @mutated
    async def change_account(self, info: Info, input: ChangeArgument) -> AccountResult:  # noqa: A002
        """Change what an account may do and see, or lock it."""
        return await attempt(info, _change(info, input))

    @mutated
    async def reset_second_factor(self, info: Info, input: ResetArgument) -> AccountResult:  # noqa: A002
        """Take away the second factor of somebody who has lost it; their sessions end."""
        return await attempt(info, _reset(info, input))

    @mutated
    async def remove_account(self, info: Info, input: RemoveArgument) -> AccountRemovedResult:  # noqa: A002
        """Take an account away for good; all its sessions end at once."""
        return await attempt(info, _remove(info, input))

    @mutated
    async def require_second_factor(self, info: Info, input: RuleArgument) -> AccessRulesResult:  # noqa: A002
        """Set who needs a second factor; the caller must have one."""
        return await attempt(info, _require(info, input))


async def find_account(info: Info, number: int) -> Account:
    """Return an account for an administrator; raise NotFound where there is none."""
    asker = context(info)
    asker.administer(Scope.ACCOUNTS_READ)
    return account_type(await asker.read(lambda s: account_queries.account(s, number)))


async def _rules(info: Info) -> AccessRules:
    context(info).administer()
    found = await context(info).read(demands.second_factor_of)
    return AccessRules(second_factor_of=SecondFactorOf(found.value))


async def _accounts(info: Info, first: int, after: str | None) -> Connection[Account]:
    context(info).administer(Scope.ACCOUNTS_READ)
    found = await context(info).read(account_queries.accounts)
    return page(found, first, after, account_type)


async def _invite(info: Info, given: InviteAccountInput) -> Account:
    rights = Rights(given.administrator, given.sees_everything, _numbers(given.units))
    person_id = None if given.person is None else number_of("Person", given.person)

    def work(session: OrganizationSession, actor: str, now: datetime) -> int:
        return verbs.invite_account(
            session,
            email=given.email,
            name=given.name or "",
            language=given.language,
            person_id=person_id,
            rights=rights,
            now=now,
            actor=actor,
        )

    return await _done(info, work)


async def _again(info: Info, given: ResendAccountInvitationInput) -> Account:
    number = number_of("Account", given.account)

    def work(session: OrganizationSession, actor: str, now: datetime) -> int:
        verbs.invite_again(session, number, now=now, actor=actor)
        return number

    return await _done(info, work)


async def _change(info: Info, given: ChangeAccountInput) -> Account:
    number = number_of("Account", given.id)
    units = None if given.units is None else _numbers(given.units)
    rights = Rights(given.administrator, given.sees_everything, units)

    def work(session: OrganizationSession, actor: str, now: datetime) -> int:
        verbs.change_account(session, number, rights, now=now, actor=actor)
        if given.locked is not None:
            verb = verbs.lock_account if given.locked else verbs.unlock_account
            verb(session, number, now=now, actor=actor)
        return number

    return await _done(info, work)


async def _reset(info: Info, given: ResetSecondFactorInput) -> Account:
    number = number_of("Account", given.account)

    def work(session: OrganizationSession, actor: str, now: datetime) -> int:
        verbs.reset_factor(session, number, now=now, actor=actor)
        return number

    return await _done(info, work)


async def _remove(info: Info, given: RemoveAccountInput) -> AccountRemoved:
    asker = context(info)
    actor, now, number = asker.administer().actor, asker.now, number_of("Account", given.id)
    await asker.write(lambda s: verbs.remove_account(s, number, now=now, actor=actor))
    return AccountRemoved(account_id=given.id)


async def _require(info: Info, given: RequireSecondFactorInput) -> AccessRules:
    asker = context(info)
    principal, now = asker.administer(), asker.now
    of = demands.SecondFactorOf(given.second_factor_of.value)
    await asker.write(
        lambda session: demands.demand_second_factor(
            session, of, account_id=principal.account_id or 0, now=now, actor=principal.actor
        )
    )
    return AccessRules(second_factor_of=given.second_factor_of)


async def _done(info: Info, work: Work) -> Account:
    asker = context(info)
    actor, now = asker.administer().actor, asker.now

    def both(session: OrganizationSession) -> AccountView:
        return account_queries.account(session, work(session, actor, now))

    return account_type(await asker.write(both))


def _numbers(ids: list[strawberry.ID]) -> list[int]:
    return [number_of("Unit", given) for given in ids]
