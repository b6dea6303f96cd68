"""Hostile tokens by the hundred: each is made from a real one, or from the keys that verify it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sos_core.access.api_keys import KEY_PREFIX
from sos_core.access.signing_keys import kid_of

PATHS = (
    "../../secret.key",
    "/etc/passwd",
    "..\\..\\secret.key",
    "file:///dev/null",
    "https://evil.example/jwks.json",
    "' OR 1=1 --",
    "\0",
    "a" * 43,
    "",
    "%00",
    "../" * 20,
)
ALGORITHMS = ("none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS256", "ES256", "PS256")
ALGORITHMS += ("ES256K", "dir", "A128KW", "", "eddsa", "EDDSA", "Ed25519", "EdDSA ")


def segment(value: object) -> str:
    """Return a segment of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def opened(part: str) -> dict[str, Any]:
    """Return the JSON of a segment."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed(header: object, claims: object, key: Ed25519PrivateKey) -> str:
    """Return a token that is signed as it should be, whatever it says."""
    body = f"{segment(header)}.{segment(claims)}"
    return f"{body}.{segment(key.sign(body.encode()))}"


def forged(token: str, public: bytes, now: int) -> Iterator[str]:
    """Yield tokens that look like ``token`` and were not made by us."""
    head, claims = (opened(part) for part in token.split(".")[:2])
    yield from _other_algorithms(head, claims, public)
    yield from _other_headers(token, head, claims)
    yield from _other_payloads(token, head, claims, now)
    yield from _other_forms(token)
    yield from _other_signatures(token)


def misstated(token: str, key: Ed25519PrivateKey, now: int, other: int) -> Iterator[str]:
    """Yield tokens that our own key has signed, and that say what we never say."""
    head, claims = (opened(part) for part in token.split(".")[:2])
    for name, values in _wrong_claims(now, other).items():
        for value in values:
            yield signed(head, {**claims, name: value}, key)
    for name in claims:
        yield signed(head, {k: v for k, v in claims.items() if k != name}, key)
    for extra in ({"admin": True}, {"nbf": now + 60}, {"sub": "1"}, {"roles": ["administrator"]}):
        yield signed(head, {**claims, **extra}, key)
    doubled = json.dumps(claims)[:-1] + f', "survey": {claims["survey"]}}}'
    yield signed(head, doubled.encode(), key)
    yield signed(json.dumps(head)[:-1].encode() + b', "alg": "EdDSA"}', claims, key)
    for extra in ({"crit": ["b64"], "b64": False}, {"jku": "https://evil.example"}, {"jwk": {}}):
        yield signed({**head, **extra}, claims, key)
    yield signed({**head, "typ": "at+jwt"}, claims, key)
    yield signed({"alg": "EdDSA", "kid": head["kid"]}, claims, key)
    for whole in ([], "x", 7, None, b"", b"{", b"\xff\xfe", b"[" * 900):
        yield signed(head, whole, key)


def _wrong_claims(now: int, other: int) -> dict[str, list[Any]]:
    strange: list[Any] = [None, "", "x", [], {}, True, -1, 1.5, 2**70, "1"]
    return {
        "exp": [now, now - 1, 0, now + 10_000, 2**63, *strange],
        "iat": [now + 60, now - 10_000, *strange],
        "iss": ["https://evil.example", "", None, ["http://sos.test"]],
        "aud": ["sos", "", None, ["widget"], ["widget", "x"]],
        "scope": ["results:write", "results:read people:read", ["results:read"], None, ""],
        "organization": [other, 999, *strange],
        "wid": [999, 0, *strange],
        "rev": [7, *strange],
        "survey": strange[:8],
        "unit": ["x", [], {}, True, 1.5],
        "widgets": [None, "sos-areas", [1], {}, 7],
        "origin": [None, 7, ["https://intranet.example"], "https://evil.example", "*", "null"],
        "locale": [None, 7, []],
        "jti": [None, 7, []],
    }


def _other_algorithms(head: Any, claims: Any, public: bytes) -> Iterator[str]:
    secrets = (public, public.hex().encode(), b"", segment(public).encode())
    for algorithm in ALGORITHMS:
        body = f"{segment({**head, 'alg': algorithm})}.{segment(claims)}"
        yield f"{body}."
        for secret in secrets:
            yield f"{body}.{segment(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def _other_headers(token: str, head: Any, claims: Any) -> Iterator[str]:
    stranger = Ed25519PrivateKey.generate()
    raw = stranger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for kid in (*PATHS, kid_of(raw), head["kid"], head["kid"].lower(), 7, None, [head["kid"]]):
        yield signed({**head, "kid": kid}, claims, stranger)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": segment(raw)}
    yield signed({**head, "jwk": jwk}, claims, stranger)
    yield signed({**head, "x5c": [segment(raw)]}, claims, stranger)
    rest = token.split(".", 1)[1]
    for header in ([], "x", 7, None, {}, b"{", b"\xff", [head]):
        yield f"{segment(header)}.{rest}"


def _other_payloads(token: str, head: Any, claims: Any, now: int) -> Iterator[str]:
    first, _, last = token.split(".")
    for name, value in (("unit", 1), ("unit", None), ("survey", 2), ("exp", now + 9000)):
        yield f"{first}.{segment({**claims, name: value})}.{last}"
    for name in ("organization", "wid", "rev"):
        yield f"{first}.{segment({**claims, name: claims[name] + 1})}.{last}"
    yield f"{first}.{segment({**claims, 'widgets': ['sos-comments']})}.{last}"
    yield f"{first}.{segment({**claims, 'origin': 'https://evil.example'})}.{last}"
    yield f"{segment({**head, 'typ': 'JWT', 'x': 1})}.{token.split('.', 1)[1]}"


def _other_forms(token: str) -> Iterator[str]:
    first, second, last = token.split(".")
    yield from (f"{first}.{second}", f"{token}.{last}", f"{first}.{token}", f"{token}.{token}")
    yield from (f"{first}..{last}", f"{first}.{second}.", f".{second}.{last}", "ey..", "ey.ey.ey")
    yield from (token.replace(".", ".."), token.replace(".", ". "), token.replace(".", "%2e"))
    yield from (f"{first}=.{second}.{last}", f"{first}.{second}=.{last}", f"{token}=")
    yield from (token[:-1], token + "A", f"{token}\u00e9", f"{first}.{second}.{last}\u0130")
    yield from (f"ey{'A' * 3000}.{second}.{last}", f"{token}{'A' * 8000}", "ey" + "." * 2)
    yield from (f"{first}.{segment(b'[' * 1400)}.{last}", f"{first}.{'_' * 100}.{last}")
    yield from (token.swapcase(), token[::-1], f"{second}.{first}.{last}", f"Bearer {token}")


def _other_signatures(token: str) -> Iterator[str]:
    body, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    for place in range(0, 64, 9):
        yield f"{body}.{segment(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])}"
    yield from (f"{body}.{segment(raw + b'x')}", f"{body}.{segment(raw[:-1])}")
    yield from (f"{body}.{segment(bytes(64))}", f"{body}.{segment(raw[::-1])}")
    # The last character has bits that mean nothing: another way to write the same bytes.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = last.index(signature[-1])
    for bits in range(1, 16):
        yield f"{body}.{signature[:-1]}{last[(place & 48) | ((place + bits) & 15)]}"


def miswritten_keys(key: str) -> Iterator[str]:
    """Yield what looks like an API key and is none."""
    place, number, secret = key.removeprefix(KEY_PREFIX).split("_")
    for index in range(len(secret)):
        other = "a" if secret[index] != "a" else "b"
        yield f"{KEY_PREFIX}{place}_{number}_{secret[:index]}{other}{secret[index + 1 :]}"
    for other in ("0", "2", "999", "-1", "01", "1e0", "9" * 40, "\u0661", "", " 1", "1\t"):
        if other not in (place, number):
            yield f"{KEY_PREFIX}{other}_{number}_{secret}"
            yield f"{KEY_PREFIX}{place}_{other or 'x'}_{secret}"
    yield from (key.upper(), key + "x", key[:-1], KEY_PREFIX, f"{key}_{key}", f"{key}.{key}.{key}")
    yield from (f"{KEY_PREFIX}{place}_{number}_", f"{KEY_PREFIX}{place}_{number}_{'a' * 9000}")
    yield from (f"{KEY_PREFIX}' OR 1=1 --", f"{KEY_PREFIX}%", f"{KEY_PREFIX}1_1_*")


def miswritten(token: str) -> Iterator[str]:
    """Yield what looks like a signed text or a session's token and is none."""
    parts = token.split(".")
    for index in range(len(parts)):
        for other in ("0", "7", "", "x", "9" * 30, "-1", "1.1"):
            if other != parts[index]:
                yield ".".join([*parts[:index], other, *parts[index + 1 :]])
    yield from (token[:-1], token + "A", token[::-1], token.swapcase(), f"{token}.", f".{token}")
    yield from (f"{token}\u00e9", token * 40, f"{token},{token}", f"ey{token}", f'"{token}"')


NOTHING = ("", ".", "..", "....", "null", "undefined", "[object Object]", "Basic YTph")
"""What broken programs send for a token."""
