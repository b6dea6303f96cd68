"""Relay's conventions: opaque ids, and connections whose page size must be told."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, Generic, TypeVar

import strawberry

from sos_core.errors import InvalidInput, NotFound
from sos_graphql.describing import described, described_interface, told
from sos_graphql.measuring import MOST_AT_ONCE

T = TypeVar("T")
Item = TypeVar("Item")
LARGEST_ID = 2**31 - 1
"""No column of ids holds more, and PostgreSQL fails where it is asked for more."""
LARGER_IDS = {"Session": 2**63 - 1}
"""Kinds whose numbers are random and longer."""
LONGEST_ID = 19
"""How many digits an id has at most, leading zeros included."""
IDS_KEPT = 10_000
"""A heatmap has thousands of ids, and they are the same each time."""

First = Annotated[
    int, strawberry.argument(description="How many to return at most, from 1 to 100.")
]
After = Annotated[
    str | None,
    strawberry.argument(description="The cursor after which to go on; absent: from the start."),
]


@described_interface
class Node:
    """A thing with an id that stays the same."""

    id: strawberry.ID = told("Opaque id, unique over all types.")


@described
class PageInfo:
    """Where a page stands in the whole."""

    has_next_page: bool = told("Whether there is more after this page.")
    end_cursor: str | None = told("The cursor of the last thing on this page; null: it is empty.")


@described
class Edge(Generic[T]):
    """One thing on a page, with its place."""

    cursor: str = told("The place, to be given as `after`.")
    node: T = told("The thing itself.")


@described
class Connection(Generic[T]):
    """A page of things."""

    edges: list[Edge[T]] = told("The things on this page with their places.")
    nodes: list[T] = told("The things on this page.")
    page_info: PageInfo = told("Where this page stands in the whole.")
    total_count: int = told("How many there are on all pages together.")


@lru_cache(maxsize=IDS_KEPT)
def node_id(kind: str, number: int) -> strawberry.ID:
    """Return the opaque id of a thing."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{number}".encode()).decode().rstrip("="))


def read_id(value: str) -> tuple[str, int]:
    """Return (kind, number) of an opaque id; raise NotFound for one that we never gave out."""
    try:
        plain = base64.urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        plain = ""
    kind, _, number = plain.partition(":")
    most = LARGER_IDS.get(kind, LARGEST_ID)
    plain_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID
    if not plain_number or int(number) > most:
        raise no_such_thing()
    return kind, int(number)


def number_of(kind: str, value: str) -> int:
    """Return the number in an opaque id; raise NotFound where it is not one of ``kind``."""
    found, number = read_id(value)
    if found != kind:
        raise no_such_thing()
    return number


def no_such_thing() -> NotFound:
    """Return the error for an id that means nothing to the caller."""
    return NotFound(
        "This was not found.", "Check the address, or go back and choose from the list."
    )


def page_size(first: int) -> int:
    """Return ``first``; raise InvalidInput unless it is from 1 to 100."""
    if not 1 <= first <= MOST_AT_ONCE:
        raise InvalidInput(
            "A page holds from 1 to {most} things.",
            "Ask for fewer, and for the next page afterwards.",
            code="page_size",
            field="first",
            values={"most": MOST_AT_ONCE},
        )
    return first


def place_after(after: str | None) -> int:
    """Return the position after a cursor; raise InvalidInput for one that we never gave out."""
    if after is None:
        return 0
    if not (after.isascii() and after.isdecimal()) or len(after) > 9:
        raise InvalidInput(
            "This page cannot be found any more.",
            "Start again from the first page.",
            code="cursor_unknown",
            field="after",
        )
    return int(after)


def page(
    items: Sequence[Item], first: int, after: str | None, make: Callable[[Item], T]
) -> Connection[T]:
    """Return a page of ``items``, each made a type of the schema by ``make``."""
    start = place_after(after)
    taken = items[start : start + page_size(first)]
    return page_of([make(item) for item in taken], start, len(items))


def page_of(nodes: Sequence[T], start: int, total: int) -> Connection[T]:
    """Return the page of ``nodes`` that begins at position ``start`` of ``total``."""
    edges = [
        Edge(cursor=str(place), node=node) for place, node in enumerate(nodes, start=start + 1)
    ]
    return Connection(
        edges=edges,
        nodes=list(nodes),
        page_info=PageInfo(
            has_next_page=start + len(nodes) < total,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=total,
    )
