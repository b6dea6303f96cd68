"""What is sent to change people and plans."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_graphql.changed import Changed
from sos_graphql.describing import described_input, told
from sos_graphql.errors import AnyProblem
from sos_graphql.people.changes import ChangePlan
from sos_graphql.people.plans import ImportMode
from sos_graphql.people.types import Person, UserType


@described_input
class CreateChangePlanInput:
    """A file of people to be compared with what is known."""

    upload: strawberry.ID = told("The file, by the id that the upload at /files/uploads gave.")
    mode: ImportMode = told("How the list is to be taken.", default=ImportMode.CHANGE)
    below: strawberry.ID | None = told(
        "The unit that a complete list is about; null: all units.", default=None
    )


@described_input
class SuspectDecisionInput:
    """The decision about one suspected change of address."""

    position: int = told("Which suspect, by the number that its row has.")
    same: bool = told("Whether both are one person with a new address.")


@described_input
class DecideSuspectsInput:
    """Decisions about suspected changes of address."""

    plan: strawberry.ID = told("One that waits to be applied or discarded.")
    decisions: list[SuspectDecisionInput] = told("The decisions; others stay as they are.")


@described_input
class ApplyChangePlanInput:
    """A plan to be carried out."""

    id: strawberry.ID = told("One that waits to be applied or discarded.")
    confirmation: str | None = told("What the plan asks to be typed.", default=None)


@described_input
class DiscardChangePlanInput:
    """A plan to be put away."""

    id: strawberry.ID = told("One that waits to be applied or discarded.")


@described_input
class UndoChangePlanInput:
    """A plan to be taken back."""

    id: strawberry.ID = told("One that was applied.")


@described_input
class AddPersonInput:
    """A person to be added by hand."""

    name: str = told("Full name.")
    email: str | None = told("E-mail address.", default=None)
    employee_id: str | None = told("The organization's own key for the person.", default=None)
    language: str | None = told("Language; null: the organization's.", default=None)
    user_type: UserType = told("Whether the person answers.", default=UserType.PARTICIPANT)
    units: list[strawberry.ID] = told("Units, the home first.", default_factory=list)
    manager: strawberry.ID | None = told("The person's manager.", default=None)


@described_input
class ChangePersonInput:
    """Fields of a person to be changed by hand; absent ones stay as they are."""

    id: strawberry.ID = told("Whom it is about.")
    name: str | None = told("Full name.", default=None)
    email: str | None = told("E-mail address.", default=None)
    employee_id: str | None = told("The organization's own key for the person.", default=None)
    language: str | None = told("Language of mails and forms.", default=None)
    user_type: UserType | None = told("Whether the person answers.", default=None)
    manager: strawberry.ID | None = told("The manager; null: none.", default=strawberry.UNSET)
    leads: list[strawberry.ID] | None = told("All units that the person leads.", default=None)


@described_input
class MovePersonInput:
    """Units to be given to a person by hand."""

    id: strawberry.ID = told("Whom it is about.")
    units: list[strawberry.ID] = told("All units, the home first; none: the organization itself.")


@described_input
class DeactivatePersonInput:
    """A person who is no longer with the organization."""

    id: strawberry.ID = told("Somebody who is active.")


@described_input
class ReactivatePersonInput:
    """A person who is with the organization again."""

    id: strawberry.ID = told("Somebody who was deactivated.")


ChangePlanResult = Annotated[
    ChangePlan | Changed | AnyProblem,
    strawberry.union("ChangePlanResult", description="The plan, or why it cannot be done."),
]
PersonResult = Annotated[
    Person | Changed | AnyProblem,
    strawberry.union("PersonResult", description="The person, or why it cannot be done."),
]
