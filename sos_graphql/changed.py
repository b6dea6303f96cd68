"""What a program is told of a thing that it may change and not read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import strawberry

from sos_core.access.scopes import Scope
from sos_graphql.context import Info, context
from sos_graphql.describing import described, told
from sos_graphql.nodes import node_id

T = TypeVar("T")


@described
class Changed:
    """It was done, by an API key that has no scope to read what it changed."""

    id: strawberry.ID = told("The thing that was made or changed.")


async def shown(
    info: Info, scope: Scope, kind: str, number: int, show: Callable[[], Awaitable[T]]
) -> T | Changed:
    """Return a thing that was changed as ``show`` gives it, to whoever may read it by ``scope``."""
    if not context(info).may(scope):
        return Changed(id=node_id(kind, number))
    return await show()
