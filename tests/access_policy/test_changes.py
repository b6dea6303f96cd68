"""Every change and every subscription as every role."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.access_policy.cast import NAMED, ROLES, Cast
from tests.access_policy.probing import PROBLEMS
from tests.access_policy.table import table
from tests.access_policy.trying import admits, call
from tests.graphql.conftest import core
from tests.graphql.test_subscriptions import connected, served, subscribe, told

ENDING = ("signOut", "revokeOtherSessions")


def test_every_change_lets_in_those_whom_its_row_names(cast: Cast) -> None:
    cast.enter()
    wrong = {}
    for name in core().mutation_type.fields:
        let_in = {role for role in ROLES if admits(cast, role, name)}
        if let_in != table()["Mutation", name]:
            wrong[name] = sorted(let_in ^ table()["Mutation", name])
        if name in ENDING:
            cast.enter()
    assert wrong == {}


async def hears(address: str, token: str | None, document: str, given: dict[str, Any]) -> bool:
    """Tell whether a subscription's first push is more than a refusal; guests get no socket."""
    try:
        async with connected(address, token) as socket:
            await subscribe(socket, document, given)
            [found] = (await told(socket)).values()
    except ConnectionClosed:
        return False
    return found["__typename"] not in PROBLEMS


@pytest.mark.parametrize(
    ("name", "thing"), [("responseRateChanged", "Survey"), ("changePlanChanged", "ChangePlan")]
)
def test_every_subscription_is_for_those_whom_its_row_names(
    cast: Cast, name: str, thing: str
) -> None:
    cast.enter()
    document, variables = call("subscription", name)
    given = dict.fromkeys(variables, cast.id(thing))

    async def go() -> set[str]:
        async with served(cast) as address:
            tokens = {role: cast.tokens.get(NAMED.get(role, role)) for role in (*ROLES, "foreign")}
            return {
                role
                for role, token in tokens.items()
                if await hears(address, token, document, given)
            }

    assert asyncio.run(go()) == table()["Subscription", name]
