"""The schema with what guards its execution; ``python -m sos_graphql.schema`` prints it."""

from __future__ import annotations

from strawberry import Schema

from sos_graphql.access import Organization
from sos_graphql.people.changes import ChangePlan
from sos_graphql.people.types import Person, Unit
from sos_graphql.roots import Mutation, Query
from sos_graphql.scalars import configuration
from sos_graphql.subscriptions import Subscription
from sos_graphql.surveys.types import Survey

NODES = (ChangePlan, Organization, Person, Survey, Unit)
"""The types that ``node`` can return."""

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=NODES,
    config=configuration(),
)

if __name__ == "__main__":
    print(schema.as_str())  # noqa: T201
