"""API keys of the organization: seen, created and revoked by its administrators, never by a key."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from sos_core.access import api_keys
from sos_core.access.api_keys import ApiKeyView
from sos_core.access.queries import account_names
from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_graphql.context import Info, context
from sos_graphql.describing import (
    described,
    described_enum,
    described_input,
    mutated,
    resolved,
    told,
)
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import After, Connection, First, Node, node_id, number_of, page


@described_enum(
    PEOPLE_READ="People, units and change plans.",
    PEOPLE_WRITE="Upload files of people, and carry out, discard and undo change plans.",
    SURVEYS_READ="Surveys with their settings and response rates.",
    SURVEYS_WRITE="Create, change, open, close and cancel surveys; never printed codes.",
    RESULTS_READ="Published results of every unit, comments apart.",
    COMMENTS_READ="Published comments, where results may be read too.",
    ACCOUNTS_READ="Who has an account.",
    AUDIT_READ="The audit log.",
    GUESTS_MINT="Mint guest tokens for embeddings.",
)
class ApiKeyScope(Enum):
    """What an API key may be good for."""

    PEOPLE_READ = Scope.PEOPLE_READ.value
    PEOPLE_WRITE = Scope.PEOPLE_WRITE.value
    SURVEYS_READ = Scope.SURVEYS_READ.value
    SURVEYS_WRITE = Scope.SURVEYS_WRITE.value
    RESULTS_READ = Scope.RESULTS_READ.value
    COMMENTS_READ = Scope.COMMENTS_READ.value
    ACCOUNTS_READ = Scope.ACCOUNTS_READ.value
    AUDIT_READ = Scope.AUDIT_READ.value
    GUESTS_MINT = Scope.GUESTS_MINT.value


@described
class ApiKey(Node):
    """A program's key; the key itself is told once, when it is created."""

    name: str = told("What it is for, such as the system that uses it.")
    hint: str = told("How it begins, to recognize it by.")
    scopes: list[ApiKeyScope] = told("What it is good for.")
    works: bool = told("Whether it lets anybody in now.")
    created_at: datetime = told("When it was created.")
    created_by: str = told("Who created it, by today's name.")
    expires_at: datetime | None = told("When it ends by itself; null: never.")
    revoked_at: datetime | None = told("When it was revoked; null: it was not.")
    used_on: date | None = told("The day of its latest use, in UTC; null: never used.")


@described
class NewApiKey:
    """A key that was just created."""

    token: str = told("The key, for the Authorization header; it is never told again.")
    key: ApiKey = told("How it will be listed.")


@described_input
class CreateApiKeyInput:
    """A key to be created."""

    name: str = told("What it is for, such as the system that uses it.")
    scopes: list[ApiKeyScope] = told("What it is good for: at least one.")
    expires_at: datetime | None = told("When it ends by itself; absent: never.", default=None)


@described_input
class RevokeApiKeyInput:
    """The key to be ended."""

    id: strawberry.ID = told("Which one ends, for good.")


ApiKeysAnswer = Annotated[
    Connection[ApiKey] | AnyProblem,
    strawberry.union("ApiKeysAnswer", description="Keys, or why they are not shown."),
]
NewApiKeyResult = Annotated[
    NewApiKey | AnyProblem,
    strawberry.union("NewApiKeyResult", description="A new key, or why there is none."),
]
ApiKeyResult = Annotated[
    ApiKey | AnyProblem,
    strawberry.union("ApiKeyResult", description="The key as it is now, or what is wrong."),
]
CreateArgument = Annotated[CreateApiKeyInput, strawberry.argument(description="The key.")]
KeyArgument = Annotated[RevokeApiKeyInput, strawberry.argument(description="The key.")]


@strawberry.type
class KeyQuery:
    """API keys."""

    @resolved
    async def api_keys(self, info: Info, first: First, after: After = None) -> ApiKeysAnswer:
        """The organization's API keys, the newest first; for administrators."""
        return await attempt(info, _api_keys(info, first, after))


@strawberry.type
class KeyMutation:
    """What is done to API keys."""

    @mutated
    async def create_api_key(self, info: Info, input: CreateArgument) -> NewApiKeyResult:  # noqa: A002
        """Create an API key; for administrators."""
        return await attempt(info, _create(info, input))

    @mutated
    async def revoke_api_key(self, info: Info, input: KeyArgument) -> ApiKeyResult:  # noqa: A002
        """End an API key at once and for good; for administrators."""
        return await attempt(info, _revoke(info, input))


async def _api_keys(info: Info, first: int, after: str | None) -> Connection[ApiKey]:
    asker = context(info)
    asker.administer()
    now = asker.now

    def work(session: OrganizationSession) -> tuple[list[ApiKeyView], dict[str, str]]:
        return api_keys.api_keys(session), account_names(session)

    found, names = await asker.read(work)
    return page(found, first, after, lambda view: _key_type(view, names, now))


async def _create(info: Info, given: CreateApiKeyInput) -> NewApiKey:
    asker = context(info)
    actor, now = asker.administer().actor, asker.now
    created = await asker.write(
        lambda session: api_keys.create_api_key(
            session,
            name=given.name,
            scopes=[scope.value for scope in given.scopes],
            actor=actor,
            now=now,
            expires_at=given.expires_at,
        )
    )
    return NewApiKey(token=created.token, key=await _key(info, created.id))


async def _revoke(info: Info, given: RevokeApiKeyInput) -> ApiKey:
    asker = context(info)
    actor, now, number = asker.administer().actor, asker.now, number_of("ApiKey", given.id)
    await asker.write(
        lambda session: api_keys.revoke_api_key(session, number, actor=actor, now=now)
    )
    return await _key(info, number)


async def find_api_key(info: Info, number: int) -> ApiKey:
    """Return a key for an administrator; raise NotFound where there is none."""
    context(info).administer()
    return await _key(info, number)


async def _key(info: Info, number: int) -> ApiKey:
    asker = context(info)

    def work(session: OrganizationSession) -> tuple[ApiKeyView, dict[str, str]]:
        return api_keys.api_key(session, number), account_names(session)

    view, names = await asker.read(work)
    return _key_type(view, names, asker.now)


def _key_type(view: ApiKeyView, names: dict[str, str], now: datetime) -> ApiKey:
    return ApiKey(
        id=node_id("ApiKey", view.id),
        name=view.name,
        hint=view.hint,
        scopes=[ApiKeyScope(scope.value) for scope in view.scopes],
        works=view.works(now),
        created_at=view.created_at,
        created_by=names.get(view.created_by, view.created_by),
        expires_at=view.expires_at,
        revoked_at=view.revoked_at,
        used_on=view.used_on,
    )
