"""The schema with what guards its execution; ``python -m sos_graphql.schema`` prints it."""

from __future__ import annotations

from graphql import GraphQLError
from strawberry import Schema
from strawberry.extensions import MaxTokensLimiter
from strawberry.types import ExecutionContext

from sos_graphql.access.account_types import Account
from sos_graphql.access.embeddings import Embedding
from sos_graphql.access.keys import ApiKey
from sos_graphql.access.operating import HostedOrganization
from sos_graphql.access.own import Session
from sos_graphql.access.viewer import Organization
from sos_graphql.errors import Shielded
from sos_graphql.keeping import Keeping
from sos_graphql.limits import TOKENS, Deadline, Limits, Parsed, Validated
from sos_graphql.people.changes import ChangePlan
from sos_graphql.people.types import Person, Unit
from sos_graphql.roots import Mutation, Query
from sos_graphql.scalars import configuration
from sos_graphql.subscriptions import Subscription
from sos_graphql.surveys.types import Survey

NODES = (
    *(Account, ApiKey, ChangePlan, Embedding, HostedOrganization),
    *(Organization, Person, Session, Survey, Unit),
)
"""The types that ``node`` can return."""
DOCUMENTS = 64
"""How many parsed and validated documents are kept; the widgets have about twenty."""


class QuietSchema(Schema):
    """A schema that logs no errors by itself: it would log the document, which may hold answers."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Leave errors to ``Shielded``."""


schema = QuietSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=NODES,
    config=configuration(),
    extensions=[
        Shielded,
        lambda: MaxTokensLimiter(TOKENS),
        lambda: Parsed(DOCUMENTS),
        Limits,
        lambda: Validated(DOCUMENTS),
        Deadline,
        Keeping,
    ],
)

if __name__ == "__main__":
    print(schema.as_str())
