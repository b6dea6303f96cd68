"""Embeddings: which widgets may stand in which pages, and of what; ending one ends its tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from sos_core.access.api_keys import clean_name
from sos_core.access.key_tables import Embedding, EmbeddingOrigin, GuestMint
from sos_core.access.origins import clean_origins
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import Conflict, InvalidInput, NotFound
from sos_core.organizations.audit import record
from sos_core.people.queries import units

GUEST_WIDGETS = ("sos-areas", "sos-question", "sos-summary")
"""What a guest may see: one unit's own published figures, so no table of others and no comments."""
COUNTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """What an administrator decides; ``survey_id`` and ``unit_id`` are None where not fixed.

    ``unit_id`` allows the unit and all below it.
    """

    name: str
    origins: Collection[str]
    widgets: Collection[str]
    survey_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingView:
    """An embedding as others see it; ``minted`` counts its guest tokens of the last thirty days."""

    id: int
    name: str
    origins: tuple[str, ...]
    widgets: tuple[str, ...]
    survey_id: int | None
    unit_id: int | None
    revision: int
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    minted: int


@dataclass(frozen=True, slots=True)
class FrameView:
    """What a frame's page needs to know before anybody is known to ask."""

    origins: tuple[str, ...]
    widgets: tuple[str, ...]


def create_embedding(
    session: OrganizationSession, settings: EmbeddingSettings, *, actor: str, now: datetime
) -> int:
    """Create an embedding and return its id; raise InvalidInput where the settings are wrong."""
    row = Embedding(revision=0, created_at=now, created_by=actor)
    return _write(session, row, settings, actor=actor, verb="embedding.created", now=now)


def change_embedding(
    session: OrganizationSession,
    embedding_id: int,
    settings: EmbeddingSettings,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Change an embedding, which ends the tokens that it gave; raise Conflict once it has ended."""
    row = _row(session, embedding_id, held=True)
    if row.ended_at is not None:
        raise ended()
    row.revision += 1
    _write(session, row, settings, actor=actor, verb="embedding.changed", now=now)


def end_embedding(
    session: OrganizationSession, embedding_id: int, *, actor: str, now: datetime
) -> None:
    """End an embedding with all its tokens, for good; ended twice is no error."""
    row = _row(session, embedding_id, held=True)
    if row.ended_at is None:
        row.ended_at = now
        _forget_origins(session, embedding_id)
        subject = f"embedding:{embedding_id}"
        record(session, actor=actor, verb="embedding.ended", subject=subject, now=now)


def embeddings(session: OrganizationSession, now: datetime) -> list[EmbeddingView]:
    """Return the embeddings of the organization, the newest first, those that have ended too."""
    rows = session.scalars(select(Embedding).order_by(Embedding.id.desc())).all()
    origins = origins_of(session)
    counted = (
        select(GuestMint.embedding_id, func.sum(GuestMint.minted))
        .where(GuestMint.hour > now - COUNTED_FOR)
        .group_by(GuestMint.embedding_id)
    )
    minted = {embedding_id: int(count) for embedding_id, count in session.execute(counted)}
    return [_view(row, origins.get(row.id, ()), minted.get(row.id, 0)) for row in rows]


def embedding(
    session: OrganizationSession, embedding_id: int, *, held: bool = False
) -> EmbeddingView:
    """Return an embedding, its tokens not counted; raise NotFound where there is none.

    ``held``: nobody else changes it before the commit, which whoever changes a part of it needs.
    """
    row = _row(session, embedding_id, held=held)
    return _view(row, origins_of(session, embedding_id).get(embedding_id, ()), 0)


def origins_of(
    session: OrganizationSession, embedding_id: int | None = None
) -> dict[int, tuple[str, ...]]:
    """Return the allowed origins by embedding, of one or of all that the organization has."""
    query = (
        select(EmbeddingOrigin.embedding_id, EmbeddingOrigin.origin)
        .where(EmbeddingOrigin.organization_id == session.organization_id)
        .order_by(EmbeddingOrigin.origin)
    )
    if embedding_id is not None:
        query = query.where(EmbeddingOrigin.embedding_id == embedding_id)
    found: dict[int, tuple[str, ...]] = {}
    for number, origin in session.execute(query):
        found[number] = (*found.get(number, ()), origin)
    return found


def allowed_origins(database: Database) -> frozenset[str]:
    """Return every origin that some embedding of the installation allows now."""
    with database.read(None) as session:
        return frozenset(session.scalars(select(EmbeddingOrigin.origin).distinct()))


def frame_of(database: Database, embedding_id: int) -> FrameView | None:
    """Return what a frame of an embedding needs, None where there is none or it has ended."""
    with database.read(None) as session:
        query = select(EmbeddingOrigin.organization_id).where(
            EmbeddingOrigin.embedding_id == embedding_id
        )
        organization_id = session.scalar(query.limit(1))
    if organization_id is None:
        return None
    with database.read(organization_id) as session:
        try:
            found = embedding(session, embedding_id)
        except NotFound:
            return None
    return None if found.ended_at else FrameView(found.origins, found.widgets)


def no_such_embedding() -> NotFound:
    """Return the error for an embedding that there is not."""
    return NotFound("This was not found.", "Go back and choose from the list.")


def ended() -> Conflict:
    """Return the error for an embedding that has ended."""
    return Conflict(
        "This embedding has ended.",
        "Create another one; an ended one never comes back.",
        code="embedding_ended",
    )


def _row(session: OrganizationSession, embedding_id: int, *, held: bool) -> Embedding:
    row = (session.hold if held else session.get)(Embedding, embedding_id)
    if row is None:
        raise no_such_embedding()
    return row


def _write(
    session: OrganizationSession,
    row: Embedding,
    settings: EmbeddingSettings,
    *,
    actor: str,
    verb: str,
    now: datetime,
) -> int:
    origins = clean_origins(settings.origins)
    row.name = clean_name(settings.name)
    row.widgets = _widgets(settings.widgets)
    row.survey_id, row.unit_id = settings.survey_id, _unit(session, settings.unit_id)
    session.add(row)
    session.flush()
    _forget_origins(session, row.id)
    session.add_all(
        EmbeddingOrigin(origin=origin, embedding_id=row.id, organization_id=session.organization_id)
        for origin in origins
    )
    details = {"name": row.name, "origins": list(origins), "widgets": row.widgets}
    record(session, actor=actor, verb=verb, subject=f"embedding:{row.id}", now=now, details=details)
    return row.id


def _forget_origins(session: OrganizationSession, embedding_id: int) -> None:
    session.execute(delete(EmbeddingOrigin).where(EmbeddingOrigin.embedding_id == embedding_id))


def _widgets(names: Collection[str]) -> list[str]:
    wanted = [name for name in GUEST_WIDGETS if name in names]
    if not wanted or set(names) - set(GUEST_WIDGETS):
        raise InvalidInput(
            "An embedding needs at least one widget, each from the list.",
            "Choose among {widgets}.",
            code="widgets_wrong",
            field="widgets",
            values={"widgets": ", ".join(GUEST_WIDGETS)},
        )
    return wanted


def _unit(session: OrganizationSession, unit_id: int | None) -> int | None:
    if unit_id is not None and all(view.id != unit_id for view in units(session, active=None)):
        raise NotFound("This was not found.", "Go back and choose from the list.")
    return unit_id


def _view(row: Embedding, origins: tuple[str, ...], minted: int) -> EmbeddingView:
    return EmbeddingView(
        id=row.id,
        name=row.name,
        origins=origins,
        widgets=tuple(row.widgets),
        survey_id=row.survey_id,
        unit_id=row.unit_id,
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        ended_at=row.ended_at,
        minted=minted,
    )
