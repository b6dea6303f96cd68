"""The roots of the schema: what every room offers, under one name each."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.errors import SosError
from sos_graphql.access.administration import AccountMutation, AccountQuery, find_account
from sos_graphql.access.embeddings import EmbeddingMutation, EmbeddingQuery
from sos_graphql.access.entering import AccessMutation
from sos_graphql.access.guests import GuestMutation
from sos_graphql.access.keys import KeyMutation, KeyQuery
from sos_graphql.access.operating import OperatorMutation, OperatorQuery
from sos_graphql.access.own import OwnAccountMutation
from sos_graphql.access.viewer import AccessQuery, organization_of
from sos_graphql.audit import AuditQuery
from sos_graphql.context import Info, context
from sos_graphql.describing import resolved
from sos_graphql.nodes import Node, read_id
from sos_graphql.people.changes import plan_by_number
from sos_graphql.people.loading import seen_units
from sos_graphql.people.mutations import PeopleMutation
from sos_graphql.people.queries import PeopleQuery, find_person
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
    if not asker.signed_in:
        return None
    try:
        kind, number = read_id(given)
        if kind == "ChangePlan":
            asker.administer(Scope.PEOPLE_READ)
            return await plan_by_number(info, number)
        if kind == "Survey":
            return await find_survey(info, number)
    except SosError:
        return None
    if kind == "Account":
        return await find_account(info, number)
    if kind == "Person":
        return await find_person(info, given)
    if kind == "Unit":
        return next((unit_type(v) for v in await seen_units(info) if v.id == number), None)
    if kind == "Organization" and number == asker.organization_id:
        return await organization_of(info)
    return None
