"""Codes of the second factor: those that change every thirty seconds, and those kept on paper; pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

STEP_SECONDS = 30
DRIFT = 1
"""By how many steps the clock of a telephone may be wrong."""
DIGITS = 6
SEED_LENGTH = 32
RECOVERY_CODES = 10
RECOVERY_LENGTH = 24
GROUP = 4
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that nobody takes for another: no 0, O, 1, I or L."""
ISSUER = "SOS"


def new_seed() -> str:
    """Return a random seed for an authenticator app: 160 bits in base 32."""
    import pyotp

    return str(pyotp.random_base32(length=SEED_LENGTH))


def seed_address(seed: str, *, name: str, organization: str) -> str:
    """Return the ``otpauth:`` address that an authenticator app reads from a picture."""
    import pyotp

    issuer = f"{ISSUER} {organization}".strip().replace(":", " ")
    totp = pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS, issuer=issuer)
    return str(totp.provisioning_uri(name=name.replace(":", " ")))


def code_at(seed: str, step: int) -> str:
    """Return the code of a time step."""
    import pyotp

    return str(pyotp.HOTP(seed, digits=DIGITS).at(step))


def step_of(now: datetime) -> int:
    """Return the time step of an instant."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(seed: str, code: str, now: datetime, last: int | None) -> int | None:
    """Return the step that a code belongs to, None where it is wrong, too old or was used.

    Steps up to ``last``, the one of the latest code that was taken, are never taken again.
    """
    plain = plain_code(code)
    present, found = step_of(now), None
    for step in range(present - DRIFT, present + DRIFT + 1):
        # All are compared, so that the time taken tells nothing.
        alike = hmac.compare_digest(code_at(seed, step).encode(), plain.encode())
        if alike and (last is None or step > last) and found is None:
            found = step
    return found


def random_code(length: int) -> str:
    """Return a random code for paper in groups of four, such as ``7GKM-2QRX-94TB``."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(code[at : at + GROUP] for at in range(0, length, GROUP))


def new_recovery_codes() -> list[str]:
    """Return ten codes to be kept on paper (118 bits each)."""
    return [random_code(RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """Return the hash under which a recovery code is kept, however it was typed."""
    return hashlib.sha256(f"recovery\0{plain_code(code)}".encode()).hexdigest()


def without_code(hashes: Sequence[str], code: str) -> list[str] | None:
    """Return what is left once a recovery code is used up, None where it is none of them."""
    wanted = recovery_hash(code)
    left = [known for known in hashes if not hmac.compare_digest(known, wanted)]
    return left if len(left) < len(hashes) else None


def plain_code(code: str) -> str:
    """Return a code without the spaces and dashes with which it was typed, in capitals.

    >>> plain_code(" 123 456 "), plain_code("abcd-efgh")
    ('123456', 'ABCDEFGH')
    """
    return "".join(letter for letter in code[:100].upper() if letter.isalnum())
