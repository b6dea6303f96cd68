"""The installation's keys that sign guest tokens: Ed25519, each named by its ``kid``, renewed in time."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, select

from sos_core.access.guest_claims import LONGEST_LIFE
from sos_core.access.key_tables import SigningKey
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, Unavailable
from sos_core.organizations.secrets import INSTALLATION, Vault

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

log = structlog.get_logger(__name__)
SHOWN = 12
"""Characters of a key's name in the log, which strikes out whatever is as long as a secret."""
SIGNS_FOR = timedelta(days=30)
PLACE = (INSTALLATION, SigningKey.__tablename__, "private_key")


@dataclass(frozen=True, slots=True)
class SigningKeyView:
    """A key that is good for something: it signs, or only verifies tokens that it has signed."""

    kid: str
    created_at: datetime
    signs: bool
    verifies_until: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use, with its name."""

    kid: str
    key: Ed25519PrivateKey


def signing_keys(session: OrganizationSession, now: datetime) -> list[SigningKeyView]:
    """Return the keys that verify at ``now``, the newest first; the private halves are not read."""
    signing = _signing(session, now)
    rows = session.scalars(
        select(SigningKey)
        .where(SigningKey.verifies_until > now)
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
    )
    return [
        SigningKeyView(row.kid, row.created_at, row is signing, row.verifies_until) for row in rows
    ]


def retire_signing_key(session: OrganizationSession, named: str, now: datetime) -> str:
    """Let a key neither sign nor verify any more, named by its kid or the beginning of it.

    Returns the kid. Raises NotFound where it is no key's, or that of several.
    """
    rows = [
        row
        for row in session.scalars(select(SigningKey).where(SigningKey.verifies_until > now))
        if named and row.kid.startswith(named)
    ]
    if len(rows) != 1:
        raise NotFound(
            "There is no one signing key called {kid}.",
            "`sos signing-keys list` names them.",
            code="signing_key_unknown",
            values={"kid": named[:43]},
        )
    [row] = rows
    kid = row.kid
    session.delete(row)
    session.flush()
    log.warning("signing_key_retired", kid=kid[:SHOWN])
    return kid


def signer(session: OrganizationSession, vault: Vault, now: datetime) -> Signer:
    """Return the key that signs at ``now``; make one where none does, or where it is unreadable."""
    row = _signing(session, now)
    if row is None:
        return renew_signing_key(session, vault, now)
    try:
        private = vault.decrypt(session, *PLACE, row.kid, row.private_key)
    except Unavailable:  # the key outside the database is another one now
        return renew_signing_key(session, vault, now)
    return Signer(row.kid, _private_key(private))


def renew_signing_key(
    session: OrganizationSession, vault: Vault, now: datetime, *, at_once: bool = False
) -> Signer:
    """Make a new key that signs from now on; the others verify until their last token has ended.

    ``at_once``: they verify nothing any more, since somebody else may have one of them.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    over = delete(SigningKey)
    session.execute(over if at_once else over.where(SigningKey.verifies_until <= now))
    for row in session.scalars(select(SigningKey)):
        row.verifies_until = min(row.verifies_until, now + LONGEST_LIFE)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    kid = kid_of(public)
    sealed = vault.encrypt(session, *PLACE, kid, key.private_bytes_raw())
    session.add(
        SigningKey(
            kid=kid,
            public_key=public,
            private_key=sealed,
            created_at=now,
            verifies_until=now + SIGNS_FOR + LONGEST_LIFE,
        )
    )
    session.flush()
    log.info("signing_key_made", kid=kid[:SHOWN])
    return Signer(kid, key)


def verifying_key(session: OrganizationSession, kid: str, now: datetime) -> Ed25519PublicKey | None:
    """Return the public key called ``kid``, None where none of that name verifies at ``now``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    row = session.get(SigningKey, kid)
    if row is None or now >= row.verifies_until:
        return None
    return Ed25519PublicKey.from_public_bytes(row.public_key)


def _signing(session: OrganizationSession, now: datetime) -> SigningKey | None:
    newest = (
        select(SigningKey)
        .where(SigningKey.verifies_until > now + LONGEST_LIFE)
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
        .limit(1)
    )
    return session.scalar(newest)


def kid_of(public: bytes) -> str:
    """Return the name of a public key: its SHA-256 in base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")


def _private_key(raw: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(raw)
