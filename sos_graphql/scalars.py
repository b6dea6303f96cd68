"""Scalars of our own: wall times, and the columns of bulk answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NewType

import orjson
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition, scalar

LocalDateTime = NewType("LocalDateTime", datetime)
Vector = NewType("Vector", Sequence[float | None])
Texts = NewType("Texts", Sequence[str | None])
Flags = NewType("Flags", Sequence[bool | None])


def as_json(values: Sequence[Any]) -> Any:
    """Return a column as the JSON that it is sent as, for one that is kept and sent again."""
    return orjson.Fragment(orjson.dumps(values))


def _wall_time(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is not None:
        raise GraphQLError("A LocalDateTime is written like 2026-03-02T08:00, without a zone.")
    return parsed


def _refused(_value: object) -> object:
    raise GraphQLError("Columns are given by the server, never to it.")


SCALARS: dict[object, ScalarDefinition] = {
    LocalDateTime: scalar(
        name="LocalDateTime",
        description="Wall time without a zone, such as 2026-03-02T08:00; a zone stands beside it.",
        serialize=lambda value: value.isoformat(timespec="minutes"),
        parse_value=_wall_time,
    ),
    Vector: scalar(
        name="Vector",
        description="A column of numbers as a JSON array: one number or null for each row.",
        serialize=lambda value: value,
        parse_value=_refused,
    ),
    Texts: scalar(
        name="Texts",
        description="A column of texts as a JSON array: one string or null for each row.",
        serialize=lambda value: value,
        parse_value=_refused,
    ),
    Flags: scalar(
        name="Flags",
        description="A column of yes or no as a JSON array: true, false or null for each row.",
        serialize=lambda value: value,
        parse_value=_refused,
    ),
}


def configuration() -> StrawberryConfig:
    """Return the configuration of the schema: our scalars, and no hints about fields that exist."""
    return StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS)
