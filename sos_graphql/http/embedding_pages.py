"""The pages of embeddings: what there is, a new one, a change, and the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access import embeddings
from sos_core.access.embeddings import GUEST_WIDGETS, EmbeddingSettings, EmbeddingView
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import SosError
from sos_core.people.queries import UnitView, units
from sos_core.surveys.queries import SurveyView, surveys
from sos_graphql.access.embeddings import check_survey
from sos_graphql.http.frames import frame_address
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Sent, Visit, go, number, page, status_of, words_of
from sos_graphql.nodes import node_id

PATH = "/app/embeddings"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the form of an embedding."""

    name: str = ""
    origins: str = ""
    widgets: Sequence[str] = GUEST_WIDGETS
    survey: str = ""
    unit: str = ""


def embedding_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of embeddings."""
    return [
        page(application, PATH, listing, posts=True),
        page(application, f"{PATH}/{{embedding}}", change, posts=True),
        page(application, f"{PATH}/{{embedding}}/end", end, posts=True),
    ]


async def listing(visit: Visit) -> Response:
    """Show the embeddings, or create the one that the form describes."""
    actor, now, sent = visit.asker.administer().actor, visit.asker.now, visit.sent
    if not visit.posted:
        return await _listed(visit, Fields())

    def work(session: OrganizationSession) -> int:
        settings = _settings(session, sent)
        return embeddings.create_embedding(session, settings, actor=actor, now=now)

    try:
        created = await visit.asker.write(work)
    except SosError as error:
        return await _listed(visit, _fields_sent(sent), error)
    return go(f"{PATH}/{created}?done=embedding_created")


async def change(visit: Visit) -> Response:
    """Show one embedding with what its host needs, or change it as the form says."""
    actor, now, sent = visit.asker.administer().actor, visit.asker.now, visit.sent
    chosen = visit.number("embedding")
    if not visit.posted:
        return await _one(visit, chosen)

    def work(session: OrganizationSession) -> None:
        settings = _settings(session, sent)
        embeddings.change_embedding(session, chosen, settings, actor=actor, now=now)

    try:
        await visit.asker.write(work)
    except SosError as error:
        return await _one(visit, chosen, error)
    return go(f"{PATH}/{chosen}?done=embedding_changed")


async def end(visit: Visit) -> Response:
    """End an embedding, where the form says that one is sure."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    chosen = visit.number("embedding")
    if not visit.posted or visit.sent.one("sure") != "yes":
        await visit.asker.read(lambda session: embeddings.embedding(session, chosen))
        return go(f"{PATH}/{chosen}")
    await visit.asker.write(
        lambda session: embeddings.end_embedding(session, chosen, actor=actor, now=now)
    )
    return go(f"{PATH}?done=embedding_ended")


async def _listed(visit: Visit, fields: Fields, error: SosError | None = None) -> Response:
    now = visit.asker.now
    found = await visit.asker.read(lambda session: embeddings.embeddings(session, now))
    return await _show(visit, "embeddings.html", fields, error, embeddings=found[:SHOWN])


async def _one(visit: Visit, chosen: int, error: SosError | None = None) -> Response:
    found = await visit.asker.read(lambda session: embeddings.embedding(session, chosen))
    fields = _fields_sent(visit.sent) if error else _fields_of(found)
    base = visit.application.settings.public_url
    return await _show(
        visit,
        "embedding.html",
        fields,
        error,
        embedding=found,
        key=node_id("Embedding", found.id),
        frame=urljoin(base, frame_address(found.id, found.widgets[0])),
    )


async def _show(
    visit: Visit, template: str, fields: Fields, error: SosError | None, **values: object
) -> Response:
    def work(session: OrganizationSession) -> tuple[list[SurveyView], list[UnitView]]:
        known = [view for view in surveys(session) if view.state not in ("draft", "cancelled")]
        return known, units(session)

    known, tree = await visit.asker.read(work)
    return await show(
        visit,
        template,
        status=status_of(error) if error else 200,
        wrong=words_of(error, visit.asker.language) if error else None,
        fields=fields,
        surveys=known,
        units=tree,
        all_widgets=GUEST_WIDGETS,
        **values,
    )


def _settings(session: OrganizationSession, sent: Sent) -> EmbeddingSettings:
    survey, unit = (
        number(sent.one(name)) if sent.one(name) else None for name in ("survey", "unit")
    )
    check_survey(session, survey)
    return EmbeddingSettings(
        name=sent.one("name"),
        origins=sent.one("origins").split(),
        widgets=sent.all("widgets"),
        survey_id=survey,
        unit_id=unit,
    )


def _fields_sent(sent: Sent) -> Fields:
    return Fields(
        name=sent.one("name")[:120],
        origins=sent.one("origins")[:5000],
        widgets=sent.all("widgets"),
        survey=sent.one("survey"),
        unit=sent.one("unit"),
    )


def _fields_of(view: EmbeddingView) -> Fields:
    return Fields(
        name=view.name,
        origins="\n".join(view.origins),
        widgets=view.widgets,
        survey=str(view.survey_id or ""),
        unit=str(view.unit_id or ""),
    )
