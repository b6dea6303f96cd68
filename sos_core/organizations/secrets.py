"""Secrets at rest: a data key for each organization, wrapped by a key outside the database.

A ciphertext is bound to its place, `organization|table|column|id`, so that a value moved to another
row, column or organization cannot be read. Organization 0 stands for the installation itself.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import MappedColumn, mapped_column

from sos_core.database.locking import hold_table
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, Unavailable
from sos_core.organizations.key_ring import KEY_BYTES, KeyFile, KeyRing, id_of
from sos_core.organizations.tables import DataKey, Secret

INSTALLATION = 0
"""The owner of what belongs to no organization, such as an operator's account."""
ENCRYPTED = "encrypted"
"""Mark in a column's ``info``: the name of the column whose value is the ``row_id`` of its rows."""
FORMAT = b"\x01"
NONCE_BYTES = 12
GENERATION_BYTES = 4
HEAD_BYTES = len(FORMAT) + GENERATION_BYTES + NONCE_BYTES
REFERENCE = "secret:"


def encrypted_column(*, row_id: str = "id", nullable: bool = False) -> MappedColumn[Any]:
    """Return a column of ciphertexts that a rotation of data keys finds and writes anew.

    ``row_id`` names the column whose value is handed to ``encrypt`` as the row's id.
    """
    return mapped_column(LargeBinary, nullable=nullable, info={ENCRYPTED: row_id})


class Vault:
    """Encrypts and decrypts what is kept in the database; one for each application."""

    def __init__(self, key_file: KeyFile) -> None:
        self.key_file = key_file

    def encrypt(
        self,
        session: OrganizationSession,
        organization_id: int | None,
        table: str,
        column: str,
        row_id: int | str,
        plaintext: bytes,
    ) -> bytes:
        """Return the ciphertext of ``plaintext`` for this place; ``session`` must be one that writes.

        An organization's first use makes its data key. None means the installation.
        """
        holder = organization_id or INSTALLATION
        generation, key = self._current_key(session, holder)
        head = FORMAT + generation.to_bytes(GENERATION_BYTES) + secrets.token_bytes(NONCE_BYTES)
        place = _place(holder, table, column, row_id)
        return head + AESGCM(key).encrypt(head[-NONCE_BYTES:], plaintext, place)

    def decrypt(
        self,
        session: OrganizationSession,
        organization_id: int | None,
        table: str,
        column: str,
        row_id: int | str,
        ciphertext: bytes,
    ) -> bytes:
        """Return what was encrypted for this place; raise Unavailable where it cannot be read."""
        holder = organization_id or INSTALLATION
        head, sealed = ciphertext[:HEAD_BYTES], ciphertext[HEAD_BYTES:]
        generation = int.from_bytes(head[1 : 1 + GENERATION_BYTES])
        row = session.get(DataKey, (holder, generation))
        if len(head) < HEAD_BYTES or head[:1] != FORMAT or row is None:
            raise _unreadable()
        place = _place(holder, table, column, row_id)
        try:
            return AESGCM(self._unwrap(row)).decrypt(head[-NONCE_BYTES:], sealed, place)
        except InvalidTag as error:
            raise _unreadable() from error

    def renew_data_key(self, session: OrganizationSession, holder: int) -> int:
        """Make the next data key of ``holder`` and return its generation, the others staying."""
        hold_table(session, DataKey)
        return self._make(session, holder)[0]

    def unreadable(self, session: OrganizationSession) -> int:
        """Return how many data keys are wrapped with a key that is not there."""
        used = session.scalars(select(DataKey.kek_id)).all()
        ring = self.key_file.load() if used and self.key_file.exists() else KeyRing(())
        return sum(ring.find(key_id) is None for key_id in used)

    def wrap_anew(self, session: OrganizationSession) -> int:
        """Wrap every data key with the key in use, and return how many that changed."""
        hold_table(session, DataKey)
        ring = self.key_file.load()
        stale = session.scalars(select(DataKey).where(DataKey.kek_id != id_of(ring.current))).all()
        for row in stale:
            data_key = self._unwrap(row)
            row.kek_id = id_of(ring.current)
            row.wrapped = _wrap(ring.current, row.organization_id, row.generation, data_key)
        return len(stale)

    def _current_key(self, session: OrganizationSession, holder: int) -> tuple[int, bytes]:
        """Return the newest data key, kept from being retired until the commit."""
        newest = (
            select(DataKey)
            .where(DataKey.organization_id == holder)
            .order_by(DataKey.generation.desc())
            .limit(1)
            .with_for_update(read=True, key_share=True)
        )
        row = session.scalar(newest)
        if row is None:
            hold_table(session, DataKey)
            row = session.scalar(newest)  # made by somebody else in between
        return (row.generation, self._unwrap(row)) if row else self._make(session, holder)

    def _make(self, session: OrganizationSession, holder: int) -> tuple[int, bytes]:
        """Insert a data key; the ring is read inside the lock, so that no rotation can miss it."""
        ring = self.key_file.load()
        query = select(DataKey.generation).where(DataKey.organization_id == holder)
        generation = max(session.scalars(query), default=0) + 1
        data_key = secrets.token_bytes(KEY_BYTES)
        session.add(
            DataKey(
                organization_id=holder,
                generation=generation,
                kek_id=id_of(ring.current),
                wrapped=_wrap(ring.current, holder, generation, data_key),
            )
        )
        session.flush()
        return generation, data_key

    def _unwrap(self, row: DataKey) -> bytes:
        wrapping = self.key_file.load().find(row.kek_id) if self.key_file.exists() else None
        if wrapping is None:
            raise Unavailable(
                "The key that protects stored secrets is missing.",
                "Restore {name} or the setting {setting}, then try again; see `sos doctor`.",
                code="encryption_key_missing",
                values={"name": self.key_file.path.name, "setting": self.key_file.setting},
                retry_after=60,
            )
        place = _place(row.organization_id, "data_key", "wrapped", row.generation)
        nonce, sealed = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(wrapping).decrypt(nonce, sealed, place)
        except InvalidTag as error:
            raise _unreadable() from error


def put_secret(
    session: OrganizationSession, vault: Vault, name: str, plaintext: str, *, now: datetime
) -> str:
    """Keep a secret of the organization under ``name``, the earlier one replaced; return a reference."""
    row = session.scalar(select(Secret).where(Secret.name == name))
    if row is None:
        row = Secret(name=name, body=b"", changed_at=now)
        session.add(row)
        session.flush()
    row.changed_at = now
    row.body = vault.encrypt(
        session, session.organization_id, "secret", "body", row.id, plaintext.encode()
    )
    return f"{REFERENCE}{name}"


def get_secret(session: OrganizationSession, vault: Vault, reference: str) -> str:
    """Return the secret that ``reference`` (from ``put_secret``) means; for the program alone."""
    kind, _, name = reference.partition(":")
    row = session.scalar(select(Secret).where(Secret.name == name))
    if f"{kind}:" != REFERENCE or row is None:
        raise NotFound("There is no such secret.", "Enter it again.", code="secret_missing")
    place = (session.organization_id, "secret", "body", row.id)
    return vault.decrypt(session, *place, row.body).decode()


def forget_secret(session: OrganizationSession, reference: str) -> None:
    """Delete a secret; one that is gone already is no error."""
    name = reference.removeprefix(REFERENCE)
    row = session.scalar(select(Secret).where(Secret.name == name))
    if row is not None:
        session.delete(row)


def _wrap(wrapping: bytes, holder: int, generation: int, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    place = _place(holder, "data_key", "wrapped", generation)
    return nonce + AESGCM(wrapping).encrypt(nonce, data_key, place)


def _place(holder: int, table: str, column: str, row_id: int | str) -> bytes:
    return f"{holder}|{table}|{column}|{row_id}".encode()


def _unreadable() -> Unavailable:
    return Unavailable(
        "A stored secret cannot be read; it may have been moved or changed.",
        "Enter the secret again.",
        code="secret_unreadable",
    )
