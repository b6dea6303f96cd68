"""What is held about a person, for themselves and for administrators, and its erasure."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.personal_data.document import as_json, as_page
from sos_core.personal_data.erasing import erase_person
from sos_core.personal_data.holding import PersonalData, export_person
from sos_graphql.context import Context, Info, context
from sos_graphql.describing import described, described_input, mutated, told
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import node_id, number_of


@described
class PersonalDataExport:
    """Everything that is held about a person; that it was handed out is in the audit log."""

    json: str = told("For programs, as one JSON document.")
    html: str = told("To read: a page in the caller's language that loads nothing.")


@described
class PersonErased:
    """A person whose data were erased for good; published results stay as they were."""

    person_id: strawberry.ID = told("The person's id, which names nobody any more.")
    plan_count: int = told("How many change plans that named the person and lost their rows.")
    account_count: int = told("How many accounts that were removed.")
    survey_count: int = told("How many open surveys lost the person, with their answers.")
    erased_before: bool = told(
        "Whether the person had been erased before, and nothing was left to do."
    )


@described_input
class ExportPersonInput:
    """Somebody who wants to know what is held about them."""

    id: strawberry.ID = told("Whose data are asked for.")


@described_input
class ErasePersonInput:
    """Somebody whose data are to be erased for good."""

    id: strawberry.ID = told("Whose data go.")
    confirmation: str = told("The person's name, typed by whoever asks for it.")


ExportResult = Annotated[
    PersonalDataExport | AnyProblem,
    strawberry.union(
        "PersonalDataExportResult", description="The data, or why they cannot be had."
    ),
]
ErasedResult = Annotated[
    PersonErased | AnyProblem,
    strawberry.union("PersonErasedResult", description="What was erased, or why it cannot be."),
]
ExportArgument = Annotated[ExportPersonInput, strawberry.argument(description="The person.")]
EraseArgument = Annotated[
    ErasePersonInput, strawberry.argument(description="The person, and their name typed.")
]


@strawberry.type
class PersonalDataMutation:
    """Data protection: each call leaves a line in the audit log."""

    @mutated
    async def export_own_data(self, info: Info) -> ExportResult:
        """Everything that is held about the caller."""
        return await attempt(info, _own(context(info)))

    @mutated
    async def export_person(self, info: Info, input: ExportArgument) -> ExportResult:  # noqa: A002
        """Everything held about a person, without who finished which survey, for administrators."""
        return await attempt(info, _of_person(context(info), input))

    @mutated
    async def erase_person(self, info: Info, input: EraseArgument) -> ErasedResult:  # noqa: A002
        """Erase a person for good, for administrators."""
        return await attempt(info, _erase(context(info), input))


async def own_data(asker: Context) -> PersonalData:
    """Return what is held about the caller; raise NotFound where they are none of the people."""
    _ = asker.organization_id
    person_id = asker.principal.person_id if asker.signed_in else None
    if person_id is None:
        raise NotFound(
            "Your account belongs to none of the people of the organization.",
            "Ask an administrator what is held about you.",
            code="no_person_behind_account",
        )
    return await _export(asker, person_id, own=True)


async def data_of(asker: Context, person_id: int) -> PersonalData:
    """Return what is held about a person, for an administrator, who is told less than the person."""
    asker.administer()
    return await _export(asker, person_id, own=False)


async def _export(asker: Context, person_id: int, *, own: bool) -> PersonalData:
    actor, now, settings = asker.principal.actor, asker.now, asker.application.settings

    def work(session: OrganizationSession) -> PersonalData:
        return export_person(
            session, person_id, own=own, actor=actor, now=now, mail_dir=settings.mail_dir
        )

    return await asker.write(work)


async def _own(asker: Context) -> PersonalDataExport:
    return _files(await own_data(asker), asker.language)


async def _of_person(asker: Context, given: ExportPersonInput) -> PersonalDataExport:
    return _files(await data_of(asker, number_of("Person", given.id)), asker.language)


async def _erase(asker: Context, given: ErasePersonInput) -> PersonErased:
    actor, now = asker.administer().actor, asker.now
    number, reach = number_of("Person", given.id), asker.application.personal_reach
    done = await asker.write(
        lambda session: erase_person(
            session, number, confirmation=given.confirmation, actor=actor, now=now, reach=reach
        )
    )
    return PersonErased(
        person_id=strawberry.ID(node_id("Person", number)),
        plan_count=done.plans,
        account_count=done.accounts,
        survey_count=done.surveys,
        erased_before=done.again,
    )


def _files(data: PersonalData, language: str) -> PersonalDataExport:
    return PersonalDataExport(json=as_json(data).decode(), html=as_page(data, language))
