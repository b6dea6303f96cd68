"""Guest tokens: a host's server mints them with its key, for the widgets in the host's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access import guest_tokens
from sos_core.access.guest_tokens import GuestRequest, MintedToken
from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed
from sos_core.surveys.queries import survey, survey_tree
from sos_graphql.access.embeddings import GuestWidget
from sos_graphql.context import Info, context
from sos_graphql.describing import described, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import no_such_thing, number_of


@described_input
class MintGuestTokenInput:
    """What a guest shall see, and where; all of it within what the embedding allows."""

    embedding: strawberry.ID = told("What the page belongs to; one that has not ended.")
    survey: strawberry.ID = told("The survey, whose results are shown once they are published.")
    unit: strawberry.ID | None = told("The unit; absent: the whole organization.", default=None)
    widgets: list[GuestWidget] = told("The widgets that the page shows.")
    language: str = told("Language of the page, such as sv.")
    origin: str = told("Origin of the page, such as https://intranet.example.")


@described
class GuestToken:
    """A guest's bearer token, for one unit of one survey in one origin's pages."""

    token: str = told("The token; hand it to the page, never keep it in a cookie or an address.")
    expires_at: datetime = told("Until when it is good: ten minutes.")


GuestTokenResult = Annotated[
    GuestToken | AnyProblem,
    strawberry.union("GuestTokenResult", description="A token, or why there is none."),
]
MintArgument = Annotated[MintGuestTokenInput, strawberry.argument(description="What is wanted.")]


@strawberry.type
class GuestMutation:
    """How guests get their tokens."""

    @mutated
    async def mint_guest_token(self, info: Info, input: MintArgument) -> GuestTokenResult:  # noqa: A002
        """Mint a guest token, server to server: for API keys with the scope guests:mint."""
        return await attempt(info, _mint(info, input))


async def _mint(info: Info, given: MintGuestTokenInput) -> GuestToken:
    asker = context(info)
    application, now = asker.application, asker.now
    key_id = asker.administer(Scope.GUESTS_MINT).key_id
    if key_id is None:
        raise NotAllowed(
            "Guest tokens are minted by programs.",
            "Use an API key that has the scope guests:mint.",
            code="keys_only",
        )
    wanted = GuestRequest(
        embedding_id=number_of("Embedding", given.embedding),
        survey_id=number_of("Survey", given.survey),
        unit_id=None if given.unit is None else number_of("Unit", given.unit),
        widgets=tuple(widget.value for widget in given.widgets),
        language=given.language,
        origin=given.origin,
    )

    def work(session: OrganizationSession) -> MintedToken:
        _check(session, wanted)
        return guest_tokens.mint_guest_token(
            session,
            application.vault,
            wanted,
            issuer=application.settings.public_url,
            key_id=key_id,
            now=now,
        )

    minted = await asker.write(work)
    return GuestToken(token=minted.token, expires_at=minted.expires_at)


def _check(session: OrganizationSession, wanted: GuestRequest) -> None:
    """Raise NotFound unless the survey took place in the unit."""
    survey(session, wanted.survey_id)
    if wanted.unit_id is None:
        return
    if all(place.unit_id != wanted.unit_id for place in survey_tree(session, wanted.survey_id)):
        raise no_such_thing()
