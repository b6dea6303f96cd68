"""What administrators do to people and plans; every change is a plan, by hand too."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.people import planning, undoing
from sos_graphql.changed import Changed, shown
from sos_graphql.context import Info, context
from sos_graphql.describing import mutated
from sos_graphql.errors import attempt
from sos_graphql.nodes import number_of
from sos_graphql.people import importing
from sos_graphql.people.changes import ChangePlan, plan_by_number
from sos_graphql.people.hand import (
    add_person,
    change_person,
    deactivate_person,
    move_person,
    reactivate_person,
)
from sos_graphql.people.inputs import (
    AddPersonInput,
    ApplyChangePlanInput,
    ChangePersonInput,
    ChangePlanResult,
    CreateChangePlanInput,
    DeactivatePersonInput,
    DecideSuspectsInput,
    DiscardChangePlanInput,
    MovePersonInput,
    PersonResult,
    ReactivatePersonInput,
    UndoChangePlanInput,
)
from sos_graphql.uploads import claim_upload, drop_upload, note_plan

CreateArgument = Annotated[
    CreateChangePlanInput, strawberry.argument(description="The file, and how to take it.")
]
DecideArgument = Annotated[DecideSuspectsInput, strawberry.argument(description="Decisions.")]
ApplyArgument = Annotated[ApplyChangePlanInput, strawberry.argument(description="The plan.")]
DiscardArgument = Annotated[DiscardChangePlanInput, strawberry.argument(description="The plan.")]
UndoArgument = Annotated[UndoChangePlanInput, strawberry.argument(description="The plan.")]
AddArgument = Annotated[AddPersonInput, strawberry.argument(description="The person.")]
ChangeArgument = Annotated[ChangePersonInput, strawberry.argument(description="What changes.")]
MoveArgument = Annotated[MovePersonInput, strawberry.argument(description="Person and units.")]
LeaveArgument = Annotated[DeactivatePersonInput, strawberry.argument(description="The person.")]
ReturnArgument = Annotated[ReactivatePersonInput, strawberry.argument(description="The person.")]


@strawberry.type
class PeopleMutation:
    """Changes of people."""

    @mutated
    async def create_change_plan(self, info: Info, input: CreateArgument) -> ChangePlanResult:  # noqa: A002
        """Compare an uploaded file with what is known; nothing changes until it is applied."""
        return await attempt(info, _create(info, input))

    @mutated
    async def decide_suspects(self, info: Info, input: DecideArgument) -> ChangePlanResult:  # noqa: A002
        """Say which suspected changes of address are one person, and which are two."""
        return await attempt(info, _decide(info, input))

    @mutated
    async def apply_change_plan(self, info: Info, input: ApplyArgument) -> ChangePlanResult:  # noqa: A002
        """Carry out a plan."""
        return await attempt(info, _apply(info, input))

    @mutated
    async def discard_change_plan(self, info: Info, input: DiscardArgument) -> ChangePlanResult:  # noqa: A002
        """Put a plan away without carrying it out."""
        return await attempt(info, _discard(info, input))

    @mutated
    async def undo_change_plan(self, info: Info, input: UndoArgument) -> ChangePlanResult:  # noqa: A002
        """Bring everything back that a plan changed."""
        return await attempt(info, _undo(info, input))

    @mutated
    async def add_person(self, info: Info, input: AddArgument) -> PersonResult:  # noqa: A002
        """Add somebody by hand, by a plan that is applied at once and can be undone."""
        return await attempt(info, add_person(info, input))

    @mutated
    async def change_person(self, info: Info, input: ChangeArgument) -> PersonResult:  # noqa: A002
        """Change fields of one person; an inactive one becomes active again."""
        return await attempt(info, change_person(info, input))

    @mutated
    async def move_person(self, info: Info, input: MoveArgument) -> PersonResult:  # noqa: A002
        """Give one person other units; an inactive one becomes active again."""
        return await attempt(info, move_person(info, input))

    @mutated
    async def deactivate_person(self, info: Info, input: LeaveArgument) -> PersonResult:  # noqa: A002
        """Deactivate one person, who then takes part in nothing new."""
        return await attempt(info, deactivate_person(info, input))

    @mutated
    async def reactivate_person(self, info: Info, input: ReturnArgument) -> PersonResult:  # noqa: A002
        """Make a person active again, in the units as before; what they led is given to them anew."""
        return await attempt(info, reactivate_person(info, input))


async def _create(info: Info, given: CreateChangePlanInput) -> ChangePlan | Changed:
    asker = context(info)
    principal, application, now = (
        asker.administer(Scope.PEOPLE_WRITE),
        asker.application,
        asker.now,
    )
    scope = None if given.below is None else number_of("Unit", given.below)

    decision = importing.Decision(asker.organization_id, principal.actor, now)

    def work() -> int:
        upload = claim_upload(application, principal, str(given.upload))
        plan_id = importing.plan_of_upload(application, decision, upload, given.mode.value, scope)
        note_plan(application, asker.organization_id, plan_id, upload)
        return plan_id

    return await _shown(info, await asker.call(work))


async def _decide(info: Info, given: DecideSuspectsInput) -> ChangePlan | Changed:
    asker = context(info)
    actor, now = asker.administer(Scope.PEOPLE_WRITE).actor, asker.now
    number = number_of("ChangePlan", given.plan)
    answers = {decision.position: decision.same for decision in given.decisions}
    await asker.write(
        lambda session: planning.decide_suspects(session, number, answers, actor=actor, now=now)
    )
    return await _shown(info, number)


async def _apply(info: Info, given: ApplyChangePlanInput) -> ChangePlan | Changed:
    asker = context(info)
    actor, now = asker.administer(Scope.PEOPLE_WRITE).actor, asker.now
    number = number_of("ChangePlan", given.id)
    decision = importing.Decision(asker.organization_id, actor, now)
    await asker.call(
        lambda: importing.apply_plan(asker.application, decision, number, given.confirmation)
    )
    await asker.call(lambda: drop_upload(asker.application, asker.organization_id, number))
    return await _shown(info, number)


async def _discard(info: Info, given: DiscardChangePlanInput) -> ChangePlan | Changed:
    asker = context(info)
    actor, now = asker.administer(Scope.PEOPLE_WRITE).actor, asker.now
    number = number_of("ChangePlan", given.id)
    await asker.write(lambda session: planning.discard_plan(session, number, actor=actor, now=now))
    await asker.call(lambda: drop_upload(asker.application, asker.organization_id, number))
    return await _shown(info, number)


async def _undo(info: Info, given: UndoChangePlanInput) -> ChangePlan | Changed:
    asker = context(info)
    actor, now = asker.administer(Scope.PEOPLE_WRITE).actor, asker.now
    number = number_of("ChangePlan", given.id)
    named = asker.application.named_elsewhere
    await asker.write(
        lambda session: undoing.undo_plan(session, number, actor=actor, now=now, named=named)
    )
    return await _shown(info, number)


async def _shown(info: Info, number: int) -> ChangePlan | Changed:
    return await shown(
        info, Scope.PEOPLE_READ, "ChangePlan", number, lambda: plan_by_number(info, number)
    )
