"""Expected failures as types of the schema; everything else is masked, logged and counted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable
from typing import Annotated, TypeVar

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from sos_core import errors
from sos_core.content import message
from sos_graphql.context import Context, Info, context
from sos_graphql.refusals import note_refusal

log = structlog.get_logger(__name__)
CALLERS = (
    GraphQLError,
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)
"""Errors that a caller's document makes: no document, no operation of that name, or of no such kind."""
HINT = re.compile(r" Did you mean [^?]*\?")
T = TypeVar("T")


@strawberry.interface(description="An expected failure: what went wrong and what to do about it.")
class Problem:
    """What every expected failure tells."""

    code: str = strawberry.field(description="Stable key of the failure, for programs.")
    what: str = strawberry.field(description="What went wrong, in the caller's language.")
    remedy: str = strawberry.field(description="The next step, in the caller's language.")


@strawberry.type(description="The input cannot be used.")
class InvalidInput(Problem):
    """The input cannot be used."""

    field: str | None = strawberry.field(
        default=None,
        description="The part of the input that is wrong; null where it is not one part.",
    )


@strawberry.type(description="The caller has no right to this.")
class NotAllowed(Problem):
    """The caller has no right to this."""


@strawberry.type(description="There is no such thing, or none that the caller may know of.")
class NotFound(Problem):
    """There is no such thing, or none that the caller may know of."""


@strawberry.type(
    description="The state has changed since the caller looked: reload and decide again."
)
class Conflict(Problem):
    """The state has changed since the caller looked at it."""


@strawberry.type(description="The system cannot do this now; the same call works later.")
class Unavailable(Problem):
    """The system is busy, or another system that it needs is."""

    retry_after: float = strawberry.field(
        default=1.0, description="Wait before the next try, in seconds."
    )


AnyProblem = InvalidInput | NotAllowed | NotFound | Conflict | Unavailable
ProblemResult = Annotated[AnyProblem, strawberry.union("ProblemResult")]


def problem(error: errors.SosError, language: str) -> AnyProblem:
    """Return the typed result of an expected failure, in ``language`` where it is translated."""
    what, remedy = message(language, error.code, error.values) or (error.what, error.remedy)
    if isinstance(error, errors.InvalidInput):
        return InvalidInput(code=error.code, what=what, remedy=remedy, field=error.field)
    if isinstance(error, errors.NotAllowed):
        return NotAllowed(code=error.code, what=what, remedy=remedy)
    if isinstance(error, errors.NotFound):
        return NotFound(code=error.code, what=what, remedy=remedy)
    if isinstance(error, errors.Conflict):
        return Conflict(code=error.code, what=what, remedy=remedy)
    wait = 1.0
    if isinstance(error, errors.Unavailable):
        wait = error.retry_after
    elif isinstance(error, errors.TryLater):
        wait = error.after
    return Unavailable(code=error.code, what=what, remedy=remedy, retry_after=wait)


async def attempt(info: Info, work: Awaitable[T]) -> T | AnyProblem:
    """Return what ``work`` comes to, or its expected failure as a typed result."""
    try:
        return await work
    except errors.SosError as error:
        return failure(error, context(info))


def failure(error: errors.SosError, asker: Context) -> AnyProblem:
    """Return an expected failure as a typed result; what ``asker`` had no right to is logged."""
    note_refusal(error, asker.principal)
    return problem(error, asker.language)


def is_unexpected(error: GraphQLError) -> bool:
    """Return whether an error came from the program and not from the caller's document."""
    original = error.original_error
    return original is not None and not isinstance(original, CALLERS)


class Shielded(MaskErrors):
    """Tells callers of expected failures in words, and of others an id to quote and nothing else.

    The log gets an unexpected error under that id and without the document, which may hold answers.
    """

    def __init__(self) -> None:
        super().__init__(lambda error: is_unexpected(error) or bool(HINT.search(error.message)))

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """Return what a caller sees of an error that came out of the program, or that guesses."""
        if not is_unexpected(error):
            return without_hint(error)
        asker = self.execution_context.context
        original = error.original_error
        if isinstance(original, errors.SosError):
            language = "en"
            if isinstance(asker, Context):
                note_refusal(original, asker.principal)
                language = asker.language
            found = problem(original, language)
            told = {"code": found.code, "what": found.what, "remedy": found.remedy}
            return GraphQLError(found.what, path=error.path, extensions=told)
        if isinstance(original, RecursionError):
            return GraphQLError("The document is too deep.", extensions={"code": "too_deep"})
        if isinstance(asker, Context):
            asker.application.telemetry.unexpected_error("graphql")
        return masked(error)


def without_hint(error: GraphQLError) -> GraphQLError:
    """Return an error without the names that graphql-core guesses: strangers must not collect them."""
    return GraphQLError(
        HINT.sub("", error.message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=error.extensions,
    )


def masked(error: GraphQLError) -> GraphQLError:
    """Return what a caller sees of an unexpected error, and log it without its document."""
    reference = uuid.uuid4().hex[:12]
    original = error.original_error
    log.error(
        "unexpected error in a resolver",
        reference=reference,
        path=".".join(str(part) for part in error.path or ()),
        exc_info=original,
    )
    return GraphQLError(
        "Something went wrong on our side; it has been logged.",
        path=error.path,
        extensions={"code": "unexpected", "reference": reference},
    )
