"""What a guest token says, and how strictly it is read: one form and nothing beside it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AUDIENCE = "widget"
ALGORITHM = "EdDSA"
SCOPE = "results:read"
LONGEST_LIFE = timedelta(minutes=10)
LONGEST_TOKEN = 2048
KID_LENGTH = 43
TOO_LARGE = 2**31
"""Ids and revisions are smaller; a database does not even take numbers that are much larger."""
HEADER = frozenset({"alg", "kid", "typ"})
CLAIMS = frozenset(
    {"iss", "aud", "iat", "exp", "jti", "organization", "wid", "rev"}
    | {"scope", "survey", "unit", "widgets", "locale", "origin"}
)


@dataclass(frozen=True, slots=True)
class GuestClaims:
    """What a guest token says; ``embedding_id`` stands in it as ``wid``, ``revision`` as ``rev``."""

    organization_id: int
    embedding_id: int
    revision: int
    survey_id: int
    unit_id: int | None
    widgets: tuple[str, ...]
    language: str
    origin: str

    def payload(self, *, issuer: str, token_id: str, now: datetime) -> dict[str, Any]:
        """Return the claims of a token that is minted at ``now``."""
        issued = int(now.timestamp())
        return {
            "iss": issuer,
            "aud": AUDIENCE,
            "iat": issued,
            "exp": issued + int(LONGEST_LIFE.total_seconds()),
            "jti": token_id,
            "organization": self.organization_id,
            "wid": self.embedding_id,
            "rev": self.revision,
            "scope": SCOPE,
            "survey": self.survey_id,
            "unit": self.unit_id,
            "widgets": list(self.widgets),
            "locale": self.language,
            "origin": self.origin,
        }


def is_guest_token(token: str) -> bool:
    """Return whether a token has the shape of a guest's; nothing is said about its worth."""
    return token.startswith("ey") and token.count(".") == 2


def kid_in(token: str) -> str | None:
    """Return the name of the key that a token claims, None where its form is not exactly ours."""
    segments = token.split(".")
    if not token.isascii() or len(token) > LONGEST_TOKEN or len(segments) != 3:
        return None
    if not all(_canonical(segment) for segment in segments):
        return None
    header = _object(segments[0])
    if header is None or header.keys() != HEADER or _object(segments[1]) is None:
        return None
    kid = header["kid"]
    if header["alg"] != ALGORITHM or header["typ"] != "JWT" or not isinstance(kid, str):
        return None
    return kid if len(kid) == KID_LENGTH and _canonical(kid) else None


def read_claims(payload: Mapping[str, Any], *, issuer: str, now: datetime) -> GuestClaims | None:
    """Return what verified claims say, None where one is missing, strange, early or too late."""
    if payload.keys() != CLAIMS or (payload["iss"], payload["aud"]) != (issuer, AUDIENCE):
        return None
    numbers = [payload[name] for name in ("iat", "exp", "organization", "wid", "rev", "survey")]
    unit, widgets = payload["unit"], payload["widgets"]
    texts = [payload[name] for name in ("jti", "locale", "origin")]
    if not all(type(number) is int for number in numbers) or type(unit) not in (int, type(None)):
        return None
    if not isinstance(widgets, list) or not all(isinstance(t, str) for t in (*texts, *widgets)):
        return None
    issued, ends, organization, wid, rev, survey = numbers
    if not all(0 <= n < TOO_LARGE for n in (organization, wid, rev, survey, unit or 0)):
        return None
    instant = now.timestamp()
    if not issued <= instant < ends or ends - issued > LONGEST_LIFE.total_seconds():
        return None
    if payload["scope"] != SCOPE:
        return None
    _, locale, origin = texts
    return GuestClaims(organization, wid, rev, survey, unit, tuple(widgets), locale, origin)


def _object(segment: str) -> dict[str, Any] | None:
    """Return the JSON object in a segment, None for anything else or a name that stands twice."""
    try:
        found = json.loads(_decoded(segment), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name stands twice.")
    return found


def _canonical(segment: str) -> bool:
    """Return whether a segment is the one way to write its bytes: else a token could be varied."""
    try:
        again = base64.urlsafe_b64encode(_decoded(segment)).decode().rstrip("=")
    except (binascii.Error, ValueError):
        return False
    return bool(segment) and again == segment


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
