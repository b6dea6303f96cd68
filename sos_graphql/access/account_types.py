"""Accounts as administrators see them, and what they hand in about them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from sos_core.access import demands
from sos_core.access.account_queries import AccountView
from sos_graphql.context import Info
from sos_graphql.describing import described, described_enum, described_input, resolved, told
from sos_graphql.nodes import Node, node_id
from sos_graphql.people.loading import seen_units
from sos_graphql.people.types import Unit, unit_type


@described_enum(
    INVITED="Has been sent a link and has not come yet.",
    ACTIVE="Can sign in.",
    LOCKED="Cannot sign in until an administrator unlocks it.",
)
class AccountState(Enum):
    """Whether somebody can sign in by an account."""

    INVITED = "invited"
    ACTIVE = "active"
    LOCKED = "locked"


@described_enum(
    NOBODY="Everybody chooses for themselves.",
    ADMINISTRATORS="Administrators need one.",
    EVERYBODY="Everybody who has an account needs one.",
)
class SecondFactorOf(Enum):
    """Of whom an organization asks for a second factor."""

    NOBODY = demands.SecondFactorOf.NOBODY.value
    ADMINISTRATORS = demands.SecondFactorOf.ADMINISTRATORS.value
    EVERYBODY = demands.SecondFactorOf.EVERYBODY.value


@described
class Account(Node):
    """Somebody who can sign in, as administrators see them."""

    view: strawberry.Private[AccountView]
    email: str = told("E-mail address, by which one signs in and is written to.")
    name: str = told("Name of whom it belongs to, as they are called in pages and mails.")
    language: str = told("Language of mails and pages.")
    state: AccountState = told("Whether the account can sign in.")
    administrator: bool = told("Whether it administers the organization.")
    sees_everything: bool = told("Whether it sees the results of the whole organization.")
    person_id: strawberry.ID | None = told("The person whom it belongs to; null: nobody's.")
    second_factor_active: bool = told("Whether signing in asks for a code.")
    used_at: datetime | None = told(
        "When it was used last; null: not lately, since ended sessions are forgotten within a day."
    )

    @resolved
    async def units(self, info: Info) -> list[Unit]:
        """The active units whose results it was given, those below them included."""
        return [unit_type(view) for view in await seen_units(info) if view.id in self.view.units]


@described_input
class InviteAccountInput:
    """Somebody to be invited by mail."""

    email: str = told("E-mail address.")
    name: str | None = told("Name; null: the person's.", default=None)
    language: str | None = told("Language; null: the person's.", default=None)
    person: strawberry.ID | None = told(
        "The person whom it belongs to; null: whoever has the address, if anybody.", default=None
    )
    administrator: bool = told("Whether it administers the organization.", default=False)
    sees_everything: bool = told("Whether it sees all results.", default=False)
    units: list[strawberry.ID] = told("Units whose results it sees.", default_factory=list)


@described_input
class ChangeAccountInput:
    """What changes about an account; absent things stay as they are."""

    id: strawberry.ID = told("Whose rights they are.")
    administrator: bool | None = told("Whether it administers the organization.", default=None)
    sees_everything: bool | None = told("Whether it sees all results.", default=None)
    units: list[strawberry.ID] | None = told("All units whose results it sees.", default=None)
    locked: bool | None = told("Whether nobody can sign in by it.", default=None)


@described_input
class ResendAccountInvitationInput:
    """Somebody who was invited and has not come yet."""

    account: strawberry.ID = told("Who has not come yet.")


@described_input
class ResetSecondFactorInput:
    """Somebody who has lost the second factor."""

    account: strawberry.ID = told("Who has lost it.")


@described_input
class RemoveAccountInput:
    """The account to be taken away."""

    id: strawberry.ID = told("Whose access ends.")


@described_input
class RequireSecondFactorInput:
    """A rule of the organization about signing in."""

    second_factor_of: SecondFactorOf = told("Who has no rights without a second factor.")


@described
class AccountRemoved:
    """The account is gone; its name stays in the audit log."""

    account_id: strawberry.ID = told("The account that was; nothing is found by it any more.")


@described
class AccessRules:
    """The organization's rules about signing in."""

    second_factor_of: SecondFactorOf = told("Who has no rights without a second factor.")


def account_type(view: AccountView) -> Account:
    """Return an account as the schema has it."""
    return Account(
        id=node_id("Account", view.id),
        view=view,
        email=view.email,
        name=view.name,
        language=view.language,
        state=AccountState(view.state),
        administrator=view.administrator,
        sees_everything=view.sees_everything,
        person_id=None if view.person_id is None else node_id("Person", view.person_id),
        second_factor_active=view.second_factor,
        used_at=view.last_used,
    )
