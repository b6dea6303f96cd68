"""Guest tokens: minted for an embedding by a program with a key, checked on each request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from sos_core.access.embeddings import EmbeddingView, embedding, ended
from sos_core.access.guest_claims import (
    ALGORITHM,
    AUDIENCE,
    LONGEST_LIFE,
    GuestClaims,
    kid_in,
    read_claims,
)
from sos_core.access.key_tables import Embedding, GuestMint
from sos_core.access.origins import clean_origin
from sos_core.access.principal import GuestScope, Principal, Role
from sos_core.access.signing_keys import signer, verifying_key
from sos_core.content import normalize_language
from sos_core.database import Database
from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput, NotAllowed, NotFound
from sos_core.organizations.audit import record
from sos_core.organizations.secrets import Vault
from sos_core.people.queries import units

COUNTS_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class GuestRequest:
    """What a host's server asks for; ``unit_id`` None means the whole organization."""

    embedding_id: int
    survey_id: int
    unit_id: int | None
    widgets: tuple[str, ...]
    language: str
    origin: str


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A guest token with its end."""

    token: str
    expires_at: datetime


def mint_guest_token(
    session: OrganizationSession,
    vault: Vault,
    wanted: GuestRequest,
    *,
    issuer: str,
    key_id: int,
    now: datetime,
) -> MintedToken:
    """Return a token for ten minutes; raise where the embedding does not allow what is wanted.

    The audit log gets one line an hour for each key and embedding, the table counts every token.
    """
    view = embedding(session, wanted.embedding_id)
    claims = _allowed(session, view, wanted)
    signing = signer(session, vault, now)
    import jwt

    payload = claims.payload(issuer=issuer, token_id=secrets.token_urlsafe(12), now=now)
    token = jwt.encode(payload, signing.key, algorithm=ALGORITHM, headers={"kid": signing.kid})
    _count(session, view.id, key_id, now)
    ends = now.replace(microsecond=0) + LONGEST_LIFE
    return MintedToken(token, ends)


def guest_principal(
    database: Database, token: str, *, issuer: str, now: datetime
) -> Principal | None:
    """Return the guest behind a token, None where it is forged or over, or its embedding has ended."""
    kid = kid_in(token)
    if kid is None:
        return None
    with database.read(None) as session:
        key = verifying_key(session, kid, now)
    if key is None:
        return None
    import jwt

    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=issuer,
            options={
                # ``read_claims`` checks instants, with the clock that everything else goes by.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "strict_aud": True,
            },
        )
    except jwt.InvalidTokenError:
        return None
    claims = read_claims(payload, issuer=issuer, now=now)
    if claims is None or not _stands(database, claims):
        return None
    return _principal(claims)


def _allowed(
    session: OrganizationSession, view: EmbeddingView, wanted: GuestRequest
) -> GuestClaims:
    if view.ended_at is not None:
        raise ended()
    origin = clean_origin(wanted.origin)
    if origin not in view.origins:
        raise NotAllowed(
            "The embedding “{name}” does not allow pages of {origin}.",
            "Let an administrator add that origin to the embedding.",
            code="origin_not_allowed",
            values={"name": view.name, "origin": origin},
        )
    if not wanted.widgets or set(wanted.widgets) - set(view.widgets):
        raise NotAllowed(
            "The embedding “{name}” does not allow these widgets.",
            "Ask for some of {widgets}.",
            code="widgets_not_allowed",
            values={"name": view.name, "widgets": ", ".join(view.widgets)},
        )
    if view.survey_id not in (None, wanted.survey_id) or not _inside(session, view, wanted):
        raise NotFound("This was not found.", "Ask for what the embedding allows.")
    return GuestClaims(
        organization_id=session.organization_id,
        embedding_id=view.id,
        revision=view.revision,
        survey_id=wanted.survey_id,
        unit_id=wanted.unit_id,
        widgets=tuple(name for name in view.widgets if name in wanted.widgets),
        language=_language(wanted.language),
        origin=origin,
    )


def _language(wanted: str) -> str:
    language = normalize_language(wanted)
    if language is None:
        raise InvalidInput(
            "SOS does not speak the language “{language}”.",
            "Choose one of en, sv, nb, zh-Hans and sw.",
            code="unknown_language",
            field="language",
            values={"language": wanted[:20]},
        )
    return language


def _inside(session: OrganizationSession, view: EmbeddingView, wanted: GuestRequest) -> bool:
    """Return whether the wanted unit is the embedding's own or below it, in today's tree."""
    if view.unit_id is None:
        return True
    parents = {unit.id: unit.parent_id for unit in units(session, active=None)}
    place = wanted.unit_id
    while place is not None and place != view.unit_id:
        place = parents.get(place)
    return place is not None


def _count(session: OrganizationSession, embedding_id: int, key_id: int, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    # Two at once would both begin the hour's row; the embedding's row lets one in at a time.
    session.hold(Embedding, embedding_id)
    query = select(GuestMint).where(
        GuestMint.embedding_id == embedding_id,
        GuestMint.key_id == key_id,
        GuestMint.hour == hour,
    )
    row = session.scalar(query)
    if row is not None:
        row.minted += 1
        return
    session.execute(delete(GuestMint).where(GuestMint.hour < now - COUNTS_KEPT_FOR))
    session.add(GuestMint(embedding_id=embedding_id, key_id=key_id, hour=hour, minted=1))
    record(
        session,
        actor=f"api_key:{key_id}",
        verb="guest.minted",
        subject=f"embedding:{embedding_id}",
        now=now,
    )


def _stands(database: Database, claims: GuestClaims) -> bool:
    """Return whether the embedding still is what it was when the token was minted."""
    with database.read(claims.organization_id) as session:
        try:
            view = embedding(session, claims.embedding_id)
        except NotFound:
            return False
    return view.ended_at is None and view.revision == claims.revision


def _principal(claims: GuestClaims) -> Principal:
    return Principal(
        organization_id=claims.organization_id,
        language=claims.language,
        roles=frozenset({Role.GUEST}),
        guest=GuestScope(
            widget_id=claims.embedding_id,
            survey_id=claims.survey_id,
            unit_id=claims.unit_id,
            widgets=frozenset(claims.widgets),
            language=claims.language,
            origin=claims.origin,
        ),
    )
