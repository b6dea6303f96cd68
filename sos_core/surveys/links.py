"""Personal links and printed codes: what lets a participant in without an account; pure.

A link is signed, so no row tells that it was made or used; opening it changes nothing, since mail
scanners open links too. A code is random, works once, and only its keyed hash is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sos_core.access.one_time_codes import plain_code, random_code
from sos_core.signing import sign, verify

PERSONAL = "survey_link"
PREVIEW = "survey_preview"
CODE_LENGTH = 12
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Whom a personal link lets in, and to which survey."""

    organization_id: int
    survey_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """A survey that a preview shows as a respondent sees it; nothing is stored from it."""

    organization_id: int
    survey_id: int


def personal_token(secret: bytes, *, organization_id: int, survey_id: int, person_id: int) -> str:
    """Return the token of a person's link; the same one each time, safe in an address."""
    return sign(secret, PERSONAL, organization_id, survey_id, person_id)


def read_personal_token(secret: bytes, token: str) -> PersonalLink | None:
    """Return whose link it is, None where we did not sign it."""
    numbers = _numbers(verify(secret, PERSONAL, token, parts=3))
    return None if numbers is None else PersonalLink(*numbers)


def preview_token(secret: bytes, *, organization_id: int, survey_id: int) -> str:
    """Return the token of a link that shows a survey before it opens."""
    return sign(secret, PREVIEW, organization_id, survey_id)


def read_preview_token(secret: bytes, token: str) -> PreviewLink | None:
    """Return which survey a preview link shows, None where we did not sign it."""
    numbers = _numbers(verify(secret, PREVIEW, token, parts=2))
    return None if numbers is None else PreviewLink(*numbers)


def link(public_url: str, token: str) -> str:
    """Return the address that a participant or a previewing administrator opens."""
    return f"{public_url.rstrip('/')}/s/{token}"


def new_code() -> str:
    """Return a random code for paper in groups of four, such as ``7GKM-2QRX-94TB`` (59 bits)."""
    return random_code(CODE_LENGTH)


def code_hash(secret: bytes, code: str) -> str:
    """Return the keyed hash of a code, however it was typed (case, spaces, dashes)."""
    return hmac.new(
        secret, f"printed_code\0{plain_code(code)}".encode(), hashlib.sha256
    ).hexdigest()


def _numbers(parts: tuple[str, ...] | None) -> tuple[int, ...] | None:
    """Return the ids of a signed token; one that we signed holds nothing else."""
    if parts is None or not all(part.isdecimal() for part in parts):
        return None
    numbers = tuple(int(part) for part in parts)
    return numbers if max(numbers) <= LARGEST_ID else None
