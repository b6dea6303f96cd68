"""The roots of the schema: what every room offers, under one name each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.errors import NotAllowed, NotFound
from sos_graphql.access.administration import AccountMutation, AccountQuery, find_account
from sos_graphql.access.embeddings import EmbeddingMutation, EmbeddingQuery, find_embedding
from sos_graphql.access.entering import AccessMutation
from sos_graphql.access.guests import GuestMutation
from sos_graphql.access.keys import KeyMutation, KeyQuery, find_api_key
from sos_graphql.access.operating import OperatorMutation, OperatorQuery, find_hosted
from sos_graphql.access.own import OwnAccountMutation, find_session
from sos_graphql.access.viewer import AccessQuery, organization_of
from sos_graphql.audit import AuditQuery
from sos_graphql.context import Info, context
from sos_graphql.describing import resolved
from sos_graphql.nodes import Node, read_id
from sos_graphql.people.changes import plan_by_number
from sos_graphql.people.loading import seen_units
from sos_graphql.people.mutations import PeopleMutation
from sos_graphql.people.queries import PeopleQuery, person_by_number
from sos_graphql.people.types import unit_type
from sos_graphql.personal_data import PersonalDataMutation
from sos_graphql.retention import RetentionMutation, RetentionQuery
from sos_graphql.surveys.answering import BallotMutation
from sos_graphql.surveys.mutations import SurveyMutation
from sos_graphql.surveys.queries import SurveyQuery
from sos_graphql.surveys.types import find_survey

NodeId = Annotated[strawberry.ID, strawberry.argument(description="The id of the thing.")]


@strawberry.type(description="What can be asked.")
class Query(
    AccessQuery,
    AccountQuery,
    OperatorQuery,
    KeyQuery,
    EmbeddingQuery,
    AuditQuery,
    RetentionQuery,
    PeopleQuery,
    SurveyQuery,
):
    """What can be asked."""

    @resolved
    async def node(self, info: Info, id: NodeId) -> Node | None:  # noqa: A002
        """Anything by its id; null where there is none, or none that the caller may know of."""
        return await _node(info, id)


@strawberry.type(description="What can be changed.")
class Mutation(
    AccessMutation,
    KeyMutation,
    EmbeddingMutation,
    GuestMutation,
    OwnAccountMutation,
    AccountMutation,
    OperatorMutation,
    PeopleMutation,
    PersonalDataMutation,
    RetentionMutation,
    SurveyMutation,
    BallotMutation,
):
    """What can be changed."""


async def _node(info: Info, given: str) -> Node | None:
    asker = context(info)
    if not asker.signed_in and not asker.principal.is_operator:
        return None
    try:
        kind, number = read_id(given)
        find = FINDERS.get(kind)
        return None if find is None else await find(info, number)
    except (NotFound, NotAllowed):
        return None


async def _plan(info: Info, number: int) -> Node | None:
    context(info).administer(Scope.PEOPLE_READ)
    return await plan_by_number(info, number)


async def _unit(info: Info, number: int) -> Node | None:
    return next((unit_type(view) for view in await seen_units(info) if view.id == number), None)


async def _organization(info: Info, number: int) -> Node | None:
    return await organization_of(info) if number == context(info).organization_id else None


FINDERS: Mapping[str, Callable[[Info, int], Awaitable[Node | None]]] = {
    "Account": find_account,
    "ApiKey": find_api_key,
    "ChangePlan": _plan,
    "Embedding": find_embedding,
    "HostedOrganization": find_hosted,
    "Organization": _organization,
    "Person": person_by_number,
    "Session": find_session,
    "Survey": find_survey,
    "Unit": _unit,
}
"""How things of each type are found; each asks first whether the caller may know of them."""
