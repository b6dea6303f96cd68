"""Decorators that take the descriptions of the schema from docstrings, so that none is written twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING
from enum import Enum
from typing import Any, TypeVar, cast, dataclass_transform

import strawberry

Class = TypeVar("Class", bound=type)
Choice = TypeVar("Choice", bound=Enum)
Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def told(description: str, *, default: Any = MISSING, default_factory: Any = MISSING) -> Any:
    """Return a plain field with its description; a default makes it optional."""
    given = {"default": default, "default_factory": default_factory}
    options = {name: value for name, value in given.items() if value is not MISSING}
    return strawberry.field(description=description, **options)


def resolved(resolver: Resolver) -> Resolver:
    """Make a field of a method, described by its docstring."""
    return cast("Resolver", strawberry.field(resolver, description=words_of(resolver)))


def mutated(resolver: Resolver) -> Resolver:
    """Make a mutation of a method, described by its docstring."""
    return cast("Resolver", strawberry.mutation(resolver, description=words_of(resolver)))


def subscribed(resolver: Resolver) -> Resolver:
    """Make a subscription of an asynchronous generator, described by its docstring."""
    return cast("Resolver", strawberry.subscription(resolver, description=words_of(resolver)))


@dataclass_transform(kw_only_default=True, field_specifiers=(told, strawberry.field))
def described(cls: Class) -> Class:
    """Make an object type of a class, described by its docstring."""
    return strawberry.type(cls, description=words_of(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(told, strawberry.field))
def described_interface(cls: Class) -> Class:
    """Make an interface of a class, described by its docstring."""
    return strawberry.interface(cls, description=words_of(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(told, strawberry.field))
def described_input(cls: Class) -> Class:
    """Make an input type of a class, described by its docstring."""
    return strawberry.input(cls, description=words_of(cls))


def described_enum(**values: str) -> Callable[[type[Choice]], type[Choice]]:
    """Make an enumeration of a class, described by its docstring; ``values`` describe its members."""

    def make(cls: type[Choice]) -> type[Choice]:
        made = strawberry.enum(cls, description=words_of(cls))
        for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]
            value.description = values.pop(value.name)
        if values:
            raise TypeError(f"{cls.__name__} has no values {sorted(values)}.")
        return made

    return make


def words_of(thing: Any) -> str:
    """Return a docstring as one paragraph of plain text."""
    words = inspect.getdoc(thing)
    if not words:
        raise TypeError(f"{thing!r} stands in the schema and has no docstring.")
    return " ".join(words.replace("``", "`").split())
