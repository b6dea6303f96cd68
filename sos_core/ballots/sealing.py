"""The cryptography of a ballot: one secret a person, derived from the survey key and never stored.

    T         = HMAC-SHA256(survey key, "token" | person)
    ballot id = HMAC-SHA256(T, "ballot"), 16 bytes
    body key  = HKDF-Expand-SHA256(T, "body"), 32 bytes (RFC 5869; T is uniform, so no extraction)
    body      = nonce | AES-256-GCM(body key, nonce, padded plaintext, ballot id)
    receipt   = HMAC-SHA256(T, "receipt" | plaintext), 16 characters
    version   = HMAC-SHA256(T, "version" | plaintext), 16 characters; computed when asked for

A reader of the database sees neither answers nor whose they are; the length is one of 1, 2, 4 … KiB.
"""

from __future__ import annotations

import base64
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sos_core.errors import SosError

KEY_BYTES = 32
BALLOT_ID_BYTES = 16
NONCE_BYTES = 12
TAG_BYTES = 16
SMALLEST = 1024
RECEIPT_BYTES = 10
RECEIPT_CHARACTERS = 16


class BallotDamaged(SosError):
    """A sealed ballot cannot be opened with its person's secret."""

    code = "ballot_damaged"


def person_secret(survey_key: bytes, person_id: int) -> bytes:
    """Return T, the secret of one person in one survey (32 bytes)."""
    return hmac.digest(survey_key, b"token" + struct.pack(">q", person_id), "sha256")


def ballot_id(secret: bytes) -> bytes:
    """Return the id under which the person's ballot lies (16 bytes)."""
    return hmac.digest(secret, b"ballot", "sha256")[:BALLOT_ID_BYTES]


def body_key(secret: bytes) -> bytes:
    """Return the key of the person's ballot: one block of HKDF-Expand."""
    return hmac.digest(secret, b"body\x01", "sha256")


def seal(secret: bytes, plaintext: bytes) -> bytes:
    """Return ``plaintext`` padded and encrypted, so that its length tells nothing."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(body_key(secret))
    return nonce + cipher.encrypt(nonce, _pad(plaintext), ballot_id(secret))


def unseal(secret: bytes, body: bytes, known_id: bytes | None = None) -> bytes:
    """Return the plaintext of a sealed body; raise BallotDamaged when it was altered.

    ``known_id`` is the ballot's id, for a caller that has computed it already.
    """
    cipher = AESGCM(body_key(secret))
    try:
        padded = cipher.decrypt(
            body[:NONCE_BYTES], body[NONCE_BYTES:], known_id or ballot_id(secret)
        )
    except (InvalidTag, ValueError) as error:  # ValueError: too short even for a nonce
        raise BallotDamaged("A ballot does not open with its key.") from error
    (length,) = struct.unpack_from(">I", padded)
    return padded[4 : 4 + length]


def receipt(secret: bytes, plaintext: bytes) -> str:
    """Return the receipt of what was submitted: 16 characters, equal for equal answers."""
    return base64.b32encode(receipt_bytes(secret, plaintext)).decode()


def receipt_bytes(secret: bytes, plaintext: bytes) -> bytes:
    """Return what a receipt spells, 10 bytes; for the close, which spells them all at once."""
    return hmac.digest(secret, b"receipt" + plaintext, "sha256")[:RECEIPT_BYTES]


def version(secret: bytes, plaintext: bytes) -> str:
    """Return the mark of what is stored: another one for other answers, the same for the same.

    It tells a device whether others have saved since; it is not stored, and counts and times nothing.
    """
    made = hmac.digest(secret, b"version" + plaintext, "sha256")[:RECEIPT_BYTES]
    return base64.b32encode(made).decode()


def _pad(plaintext: bytes) -> bytes:
    size = SMALLEST
    while size - NONCE_BYTES - TAG_BYTES - 4 < len(plaintext):
        size *= 2
    framed = struct.pack(">I", len(plaintext)) + plaintext
    return framed.ljust(size - NONCE_BYTES - TAG_BYTES, b"\0")
