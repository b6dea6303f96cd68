"""Passwords: hashed with Argon2id, at least twelve characters, none of the most common ones."""

from __future__ import annotations

from functools import lru_cache

from sos_core.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 200


@lru_cache(maxsize=1)
def _hasher() -> object:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return hash_password("no account has this password")


def hash_password(password: str) -> str:
    """Return the Argon2id hash of ``password``; raise InvalidInput when it is too short or long."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(
            "A password needs at least {least} characters.",
            "Choose a sentence of several words.",
            code="password_length",
            field="password",
            values={"least": MIN_LENGTH},
        )
    return str(_hasher().hash(password))  # type: ignore[attr-defined]


def password_matches(stored: str | None, password: str) -> bool:
    """Return whether ``password`` is the one of ``stored``; takes as long where there is none."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        matches = bool(_hasher().verify(stored or _dummy_hash(), password))  # type: ignore[attr-defined]
    except (Argon2Error, InvalidHashError):
        return False
    return matches and stored is not None
