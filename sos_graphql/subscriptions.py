"""What is pushed: each signal only wakes, and everything is read again under the caller's rights."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.errors import SosError
from sos_core.people.state import TOPIC as PEOPLE
from sos_core.surveys.response import topic
from sos_graphql.context import Info, context
from sos_graphql.describing import subscribed
from sos_graphql.errors import failure
from sos_graphql.nodes import number_of
from sos_graphql.people.changes import change_plan
from sos_graphql.people.queries import ChangePlanAnswer
from sos_graphql.surveys.rates import ResponseRateAnswer
from sos_graphql.surveys.response import response_rate

WatchedSurvey = Annotated[
    strawberry.ID, strawberry.argument(description="Id of one that has opened.")
]
WatchedPlan = Annotated[
    strawberry.ID, strawberry.argument(description="Id of the one that is looked at.")
]


@strawberry.type(description="What is pushed while one looks, over graphql-transport-ws.")
class Subscription:
    """What is pushed while one looks."""

    @subscribed
    async def response_rate_changed(
        self, info: Info, survey: WatchedSurvey
    ) -> AsyncGenerator[ResponseRateAnswer, None]:
        """The response rate now, and again whenever what may be told has changed."""
        asker = context(info)
        try:
            number = number_of("Survey", survey)
            organization_id = asker.organization_id
        except SosError as error:
            yield failure(error, asker)
            return
        with asker.application.signals.listen(organization_id, topic(number)) as woken:
            while True:
                try:
                    await asker.renew()
                    yield await response_rate(info, number)
                except SosError as error:
                    yield failure(error, asker)
                    return
                await anext(woken)

    @subscribed
    async def change_plan_changed(
        self,
        info: Info,
        id: WatchedPlan,  # noqa: A002
    ) -> AsyncGenerator[ChangePlanAnswer, None]:
        """The plan now, and again whenever people have changed."""
        asker = context(info)
        try:
            asker.administer(Scope.PEOPLE_READ)
            organization_id = asker.organization_id
        except SosError as error:
            yield failure(error, asker)
            return
        with asker.application.signals.listen(organization_id, PEOPLE) as woken:
            while True:
                try:
                    await asker.renew()
                    yield await change_plan(info, id)
                except SosError as error:
                    yield failure(error, asker)
                    return
                await anext(woken)
