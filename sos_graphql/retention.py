"""How long an organization keeps what, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry

from sos_core.content import text
from sos_core.database.session import OrganizationSession
from sos_core.personal_data.limits import LIMITS, changed
from sos_core.personal_data.retention import change_retention, due, retention
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, resolved, told
from sos_graphql.errors import AnyProblem, attempt


@described
class RetentionTime:
    """For how long one kind of data is kept; what is older is deleted within a day, for good."""

    kind: str = told("Its name, such as `plans`.")
    title: str = told("What it is, in the reader's language.")
    text: str = told("What is in it and from when it is counted, in the reader's language.")
    days: int = told("For how many days it is kept.")
    usual: int = told("For how many it is kept where nobody has chosen.")
    least: int = told("The fewest days that can be chosen.")
    most: int = told("The most days that can be chosen.")
    due_count: int = told("How many things would be deleted now.")


@described
class Retention:
    """For how long an organization keeps what."""

    times: list[RetentionTime] = told("Every kind for which a time can be chosen.")


@described_input
class RetentionTimeInput:
    """Another time for one kind of data."""

    kind: str = told("Its name, such as `plans`.")
    days: int = told("For how many days it is to be kept.")


@described_input
class ChangeRetentionInput:
    """Other times; kinds that are not named stay as they are."""

    times: list[RetentionTimeInput] = told("The kinds with their days.")


RetentionAnswer = Annotated[
    Retention | AnyProblem,
    strawberry.union("RetentionAnswer", description="The times, or why they are not shown."),
]
RetentionResult = Annotated[
    Retention | AnyProblem,
    strawberry.union("RetentionResult", description="The times, or why they cannot be changed."),
]
TryArgument = Annotated[
    list[RetentionTimeInput] | None,
    strawberry.argument(description="Times to be tried: `dueCount` tells what they would delete."),
]
ChangeArgument = Annotated[ChangeRetentionInput, strawberry.argument(description="The times.")]


@strawberry.type
class RetentionQuery:
    """How long data are kept."""

    @resolved
    async def retention(self, info: Info, trying: TryArgument = None) -> RetentionAnswer:
        """For how long the organization keeps what; for administrators."""
        return await attempt(info, _shown(context(info), _days(trying or [])))


@strawberry.type
class RetentionMutation:
    """How long data are to be kept."""

    @mutated
    async def change_retention(self, info: Info, input: ChangeArgument) -> RetentionResult:  # noqa: A002
        """Choose for how long data are kept; the change is in the audit log."""
        return await attempt(info, _changed(context(info), _days(input.times)))


async def kept(asker: Context, trying: Mapping[str, int]) -> list[RetentionTime]:
    """Return for how long what is kept, or would be, and what would go; for administrators."""
    asker.administer()
    now, mail_dir = asker.now, asker.application.settings.mail_dir

    def work(session: OrganizationSession) -> list[RetentionTime]:
        days = retention(session)
        if trying:
            days = changed(days, trying)
        going = due(session, days, now=now, mail_dir=mail_dir)
        return [
            RetentionTime(
                kind=limit.kind,
                title=text(asker.language, f"retention.kind.{limit.kind}"),
                text=text(asker.language, f"retention.about.{limit.kind}"),
                days=days[limit.kind],
                usual=limit.usual,
                least=limit.least,
                most=limit.most,
                due_count=going[limit.kind],
            )
            for limit in LIMITS
        ]

    return await asker.read(work)


async def change(asker: Context, wanted: Mapping[str, int]) -> None:
    """Set for how many days something is kept, for an administrator."""
    actor, now = asker.administer().actor, asker.now
    await asker.write(lambda session: change_retention(session, wanted, actor=actor, now=now))


async def _shown(asker: Context, trying: Mapping[str, int]) -> Retention:
    return Retention(times=await kept(asker, trying))


async def _changed(asker: Context, wanted: Mapping[str, int]) -> Retention:
    await change(asker, wanted)
    return await _shown(asker, {})


def _days(times: list[RetentionTimeInput]) -> dict[str, int]:
    return {one.kind: one.days for one in times}
