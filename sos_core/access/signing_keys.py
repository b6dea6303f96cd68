"""The installation's keys that sign guest tokens: Ed25519, each named by its ``kid``, renewed in time."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from sos_core.access.key_tables import SigningKey
from sos_core.database.session import OrganizationSession
from sos_core.errors import Unavailable
from sos_core.organizations.secrets import INSTALLATION, Vault

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

SIGNS_FOR = timedelta(days=30)
LONGEST_TOKEN = timedelta(minutes=10)
PLACE = (INSTALLATION, SigningKey.__tablename__, "private_key")


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use, with its name."""

    kid: str
    key: Ed25519PrivateKey


def signer(session: OrganizationSession, vault: Vault, now: datetime) -> Signer:
    """Return the key that signs at ``now``; make one where none does, or where it is unreadable."""
    newest = (
        select(SigningKey)
        .where(SigningKey.verifies_until > now + LONGEST_TOKEN)
        .order_by(SigningKey.created_at.desc(), SigningKey.kid)
        .limit(1)
    )
    row = session.scalar(newest)
    if row is None:
        return renew_signing_key(session, vault, now)
    try:
        private = vault.decrypt(session, *PLACE, row.kid, row.private_key)
    except Unavailable:  # the key outside the database is another one now
        return renew_signing_key(session, vault, now)
    return Signer(row.kid, _private_key(private))


def renew_signing_key(session: OrganizationSession, vault: Vault, now: datetime) -> Signer:
    """Make a new key that signs from now on; the others verify until their last token has ended."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    session.execute(delete(SigningKey).where(SigningKey.verifies_until <= now))
    for row in session.scalars(select(SigningKey)):
        row.verifies_until = min(row.verifies_until, now + LONGEST_TOKEN)
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
            verifies_until=now + SIGNS_FOR + LONGEST_TOKEN,
        )
    )
    session.flush()
    return Signer(kid, key)


def verifying_key(session: OrganizationSession, kid: str, now: datetime) -> Ed25519PublicKey | None:
    """Return the public key called ``kid``, None where none of that name verifies at ``now``."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    row = session.get(SigningKey, kid)
    if row is None or now >= row.verifies_until:
        return None
    return Ed25519PublicKey.from_public_bytes(row.public_key)


def kid_of(public: bytes) -> str:
    """Return the name of a public key: its SHA-256 in base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")


def _private_key(raw: bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(raw)
