"""Embeddings: which widgets may stand in whose pages; decided by administrators."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from sos_core.access import embeddings
from sos_core.access.embeddings import EmbeddingSettings, EmbeddingView
from sos_core.access.queries import account_names
from sos_core.database.session import OrganizationSession
from sos_core.surveys.queries import survey
from sos_graphql.context import Info, context
from sos_graphql.describing import (
    described,
    described_enum,
    described_input,
    mutated,
    resolved,
    told,
)
from sos_graphql.errors import AnyProblem, attempt
from sos_graphql.nodes import (
    After,
    Connection,
    First,
    Node,
    no_such_thing,
    node_id,
    number_of,
    page,
)


@described_enum(
    AREAS="sos-areas: the nine areas.",
    QUESTION="sos-question: how a statement was answered.",
    SUMMARY="sos-summary: the results on one page, in words.",
)
class GuestWidget(Enum):
    """A widget that guests may see: a unit's own published figures, and no comments."""

    AREAS = "sos-areas"
    QUESTION = "sos-question"
    SUMMARY = "sos-summary"


@described
class Embedding(Node):
    """Widgets in somebody's pages, for readers who do not sign in to SOS."""

    name: str = told("What it is for.")
    origins: list[str] = told("Origins of the pages that may show the widgets.")
    widgets: list[GuestWidget] = told("What guests may see in these pages.")
    survey_id: strawberry.ID | None = told("The only survey; null: any published one.")
    unit_id: strawberry.ID | None = told("The unit, with all below it; null: any.")
    created_at: datetime = told("When it was created.")
    created_by: str = told("Who created it, by today's name.")
    ended_at: datetime | None = told("When it was ended; null: it was not.")
    minted_count: int = told("How many guest tokens it gave within thirty days.")


@described_input
class CreateEmbeddingInput:
    """An embedding to be created."""

    name: str = told("What it is for.")
    origins: list[str] = told("Origins, each as https://intranet.example.")
    widgets: list[GuestWidget] = told("The widgets: at least one.")
    survey: strawberry.ID | None = told("The only survey; absent: any.", default=None)
    unit: strawberry.ID | None = told("The unit, with all below it; absent: any.", default=None)


@described_input
class ChangeEmbeddingInput:
    """What changes about an embedding; absent things stay as they are."""

    id: strawberry.ID = told("One that has not ended.")
    name: str | None = told("What it is for.", default=None)
    origins: list[str] | None = told("All origins.", default=None)
    widgets: list[GuestWidget] | None = told("All widgets.", default=None)
    survey: strawberry.ID | None = told("The only survey; null: any.", default=strawberry.UNSET)
    unit: strawberry.ID | None = told(
        "The unit, with all below it; null: any.", default=strawberry.UNSET
    )


@described_input
class EndEmbeddingInput:
    """The embedding to be ended."""

    id: strawberry.ID = told("Which one ends, for good.")


EmbeddingsAnswer = Annotated[
    Connection[Embedding] | AnyProblem,
    strawberry.union("EmbeddingsAnswer", description="Embeddings, or why they are not shown."),
]
EmbeddingResult = Annotated[
    Embedding | AnyProblem,
    strawberry.union(
        "EmbeddingResult", description="The embedding as it is now, or what is wrong."
    ),
]
NewArgument = Annotated[CreateEmbeddingInput, strawberry.argument(description="The embedding.")]
ChangeArgument = Annotated[ChangeEmbeddingInput, strawberry.argument(description="The change.")]
EndArgument = Annotated[EndEmbeddingInput, strawberry.argument(description="The embedding.")]


@strawberry.type
class EmbeddingQuery:
    """Embeddings."""

    @resolved
    async def embeddings(self, info: Info, first: First, after: After = None) -> EmbeddingsAnswer:
        """The organization's embeddings, the newest first; for administrators."""
        return await attempt(info, _embeddings(info, first, after))


@strawberry.type
class EmbeddingMutation:
    """What is done to embeddings."""

    @mutated
    async def create_embedding(self, info: Info, input: NewArgument) -> EmbeddingResult:  # noqa: A002
        """Create an embedding; for administrators."""
        return await attempt(info, _create(info, input))

    @mutated
    async def change_embedding(self, info: Info, input: ChangeArgument) -> EmbeddingResult:  # noqa: A002
        """Change an embedding, which ends the tokens that it gave; for administrators."""
        return await attempt(info, _change(info, input))

    @mutated
    async def end_embedding(self, info: Info, input: EndArgument) -> EmbeddingResult:  # noqa: A002
        """End an embedding with all its tokens, for good; for administrators."""
        return await attempt(info, _end(info, input))


async def _embeddings(info: Info, first: int, after: str | None) -> Connection[Embedding]:
    asker = context(info)
    asker.administer()
    now = asker.now

    def work(session: OrganizationSession) -> tuple[list[EmbeddingView], dict[str, str]]:
        return embeddings.embeddings(session, now), account_names(session)

    found, names = await asker.read(work)
    return page(found, first, after, lambda view: _embedding_type(view, names))


async def _create(info: Info, given: CreateEmbeddingInput) -> Embedding:
    asker = context(info)
    actor, now, settings = asker.administer().actor, asker.now, _settings(given)

    def work(session: OrganizationSession) -> int:
        check_survey(session, settings.survey_id)
        return embeddings.create_embedding(session, settings, actor=actor, now=now)

    return await _shown(info, await asker.write(work))


async def _change(info: Info, given: ChangeEmbeddingInput) -> Embedding:
    asker = context(info)
    actor, now = asker.administer().actor, asker.now
    number = number_of("Embedding", given.id)

    def work(session: OrganizationSession) -> None:
        settings = _changed(embeddings.embedding(session, number, held=True), given)
        check_survey(session, settings.survey_id)
        embeddings.change_embedding(session, number, settings, actor=actor, now=now)

    await asker.write(work)
    return await _shown(info, number)


async def _end(info: Info, given: EndEmbeddingInput) -> Embedding:
    asker = context(info)
    actor, now, number = asker.administer().actor, asker.now, number_of("Embedding", given.id)
    await asker.write(
        lambda session: embeddings.end_embedding(session, number, actor=actor, now=now)
    )
    return await _shown(info, number)


def check_survey(session: OrganizationSession, survey_id: int | None) -> None:
    """Raise NotFound where there is no such survey."""
    if survey_id is not None:
        survey(session, survey_id)


async def find_embedding(info: Info, number: int) -> Embedding:
    """Return an embedding for an administrator; raise NotFound where there is none."""
    context(info).administer()
    return await _shown(info, number)


async def _shown(info: Info, number: int) -> Embedding:
    now = context(info).now

    def work(session: OrganizationSession) -> Embedding:
        views = embeddings.embeddings(session, now)
        found = next((view for view in views if view.id == number), None)
        if found is None:
            raise no_such_thing()
        return _embedding_type(found, account_names(session))

    return await context(info).read(work)


def _settings(given: CreateEmbeddingInput) -> EmbeddingSettings:
    return EmbeddingSettings(
        name=given.name,
        origins=given.origins,
        widgets=[widget.value for widget in given.widgets],
        survey_id=None if given.survey is None else number_of("Survey", given.survey),
        unit_id=None if given.unit is None else number_of("Unit", given.unit),
    )


def _changed(view: EmbeddingView, given: ChangeEmbeddingInput) -> EmbeddingSettings:
    """Return the settings of an embedding with what was sent in the place of what is known."""
    widgets = view.widgets if given.widgets is None else [w.value for w in given.widgets]
    return EmbeddingSettings(
        name=view.name if given.name is None else given.name,
        origins=view.origins if given.origins is None else given.origins,
        widgets=list(widgets),
        survey_id=_number("Survey", given.survey, view.survey_id),
        unit_id=_number("Unit", given.unit, view.unit_id),
    )


def _number(kind: str, given: str | None, known: int | None) -> int | None:
    """Return the number of what was sent, None for null, and ``known`` where nothing was."""
    if given is strawberry.UNSET:
        return known
    return None if given is None else number_of(kind, given)


def _embedding_type(view: EmbeddingView, names: dict[str, str]) -> Embedding:
    return Embedding(
        id=node_id("Embedding", view.id),
        name=view.name,
        origins=list(view.origins),
        widgets=[GuestWidget(name) for name in view.widgets],
        survey_id=None if view.survey_id is None else node_id("Survey", view.survey_id),
        unit_id=None if view.unit_id is None else node_id("Unit", view.unit_id),
        created_at=view.created_at,
        created_by=names.get(view.created_by, view.created_by),
        ended_at=view.ended_at,
        minted_count=view.minted,
    )
