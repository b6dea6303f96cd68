"""An attempt to sign in through another system, bound to one browser and good once; pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sos_core.records import SignInAttempt
from sos_core.signing import sign, verify

PURPOSE = "sign_in_attempt"
ATTEMPT_LENGTH = timedelta(minutes=10)
Aim = Literal["sign_in", "link", "invitation"]


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt on its way: ``subject`` is the session that links, or the invitation that is taken."""

    provider: str
    aim: str
    subject: str
    state: str


def begin_attempt(provider: str, aim: Aim, subject: str = "") -> Begun:
    """Return a new attempt with a random state."""
    return Begun(provider, aim, subject, secrets.token_urlsafe(24))


def attempt_of(secret: bytes, begun: Begun, redirect_uri: str) -> SignInAttempt:
    """Return what the provider is handed: nonce and verifier follow from the state and our key."""
    return SignInAttempt(
        redirect_uri=redirect_uri,
        state=begun.state,
        nonce=_derived(secret, "nonce", begun.state),
        verifier=_derived(secret, "verifier", begun.state),
    )


def attempt_cookie(secret: bytes, begun: Begun, now: datetime) -> str:
    """Return the text that the browser keeps meanwhile."""
    expires = int((now + ATTEMPT_LENGTH).timestamp())
    subject = begun.subject.encode().hex()
    return sign(secret, PURPOSE, expires, begun.provider, begun.aim, subject, begun.state)


def read_attempt(secret: bytes, cookie: str, state: str, now: datetime) -> Begun | None:
    """Return the attempt that a browser comes back from, None for any other browser or state."""
    parts = verify(secret, PURPOSE, cookie, parts=5)
    if parts is None or now.timestamp() >= int(parts[0]):
        return None
    if not state.isascii() or not hmac.compare_digest(parts[4], state):
        return None
    return Begun(parts[1], parts[2], bytes.fromhex(parts[3]).decode(), parts[4])


def _derived(secret: bytes, name: str, state: str) -> str:
    return hmac.new(secret, f"{PURPOSE}\0{name}\0{state}".encode(), hashlib.sha256).hexdigest()
