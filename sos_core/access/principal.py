"""The one who asks: what a resolver needs to know of a caller to decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sos_core.access.scopes import Scope
from sos_core.errors import NotAllowed


class Role(StrEnum):
    """What a caller may be; one caller can be several.

    An operator runs the installation and sees no organization's results; an integration is a
    program with an API key; a guest is a widget in somebody's page.
    """

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    LEADER = "leader"
    VIEWER = "viewer"
    PARTICIPANT = "participant"
    RESPONDENT = "respondent"
    INTEGRATION = "integration"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class GuestScope:
    """What a guest token is good for, exactly: one unit of one survey, in some widgets.

    ``widget_id`` names the registered embedding that the token was minted for; ending that
    ends the token. ``unit_id`` None is the whole organization; ``origin`` is the page's, as in the
    Origin header.
    """

    widget_id: int
    survey_id: int
    unit_id: int | None
    widgets: frozenset[str]
    language: str
    origin: str


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller; ``organization_id`` is None for one who has not signed in.

    ``units`` are the units of the person's memberships, ``led`` those that the person leads,
    ``granted`` those that a viewer may see (``all_units`` where it is the whole organization).
    A respondent, who came by a personal link, has a person and a survey but no account.
    ``scopes`` are what an integration's key, ``key_id``, allows, ``guest`` what a guest's token
    does; both are empty for people.
    An operator has neither account nor organization. ``session_id`` is the number of the session;
    one who ``must_enroll``, an account or an operator, has no role before a second factor is set up.
    """

    organization_id: int | None = None
    account_id: int | None = None
    person_id: int | None = None
    survey_id: int | None = None
    name: str = ""
    language: str = "en"
    roles: frozenset[Role] = frozenset()
    units: frozenset[int] = frozenset()
    led: frozenset[int] = frozenset()
    granted: frozenset[int] = frozenset()
    all_units: bool = False
    key_id: int | None = None
    operator_id: int | None = None
    session_id: int | None = None
    must_enroll: bool = False
    scopes: frozenset[str] = frozenset()
    guest: GuestScope | None = None

    @property
    def is_administrator(self) -> bool:
        """Return whether the caller administers the organization."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def actor(self) -> str:
        """Return how the audit log names the caller."""
        if self.key_id:
            return f"api_key:{self.key_id}"
        if self.operator_id:
            return f"operator:{self.operator_id}"
        return f"account:{self.account_id}" if self.account_id else "system"

    @property
    def is_operator(self) -> bool:
        """Return whether the caller runs the installation, without sight of any organization."""
        return Role.OPERATOR in self.roles

    @property
    def of_installation(self) -> bool:
        """Return whether the caller came as an operator, with rights or still without."""
        return self.operator_id is not None

    @property
    def is_integration(self) -> bool:
        """Return whether the caller is a program with an API key."""
        return Role.INTEGRATION in self.roles

    def may(self, scope: Scope) -> bool:
        """Return whether the caller administers the organization, or is a program with ``scope``."""
        return self.is_administrator or (self.is_integration and scope in self.scopes)

    def require(self, scope: Scope) -> None:
        """Raise NotAllowed unless the caller ``may`` do what ``scope`` is for."""
        if self.is_integration and not self.may(scope):
            raise NotAllowed(
                "This API key may not do this: it lacks the scope {scope}.",
                "Create a key that has the scope, and use that one.",
                code="scope_missing",
                values={"scope": scope.value},
            )
        if not self.may(scope):
            self.require_administrator()

    def require_administrator(self) -> None:
        """Raise NotAllowed unless the caller, a person, administers the organization."""
        if not self.is_administrator:
            raise NotAllowed(
                "Only an administrator of the organization can do this.",
                "Ask an administrator, or sign in as one.",
                code="administrators_only",
            )

    def require_operator(self) -> None:
        """Raise NotAllowed unless the caller runs the installation."""
        if not self.is_operator:
            raise NotAllowed(
                "Only an operator of the installation can do this.",
                "Ask whoever runs SOS for you.",
                code="operators_only",
            )


ANONYMOUS = Principal()
