"""Another system to sign in through, as the tests have it: it signs what it says with a key of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from sos_core.api import Identity, NotAllowed, SignInAttempt, SignInProvider, hookimpl

KEY = b"only elsewhere knows it"


class Elsewhere:
    """A provider whose answers carry the nonce and the digest of the verifier, signed."""

    name = "elsewhere"
    label = "Elsewhere"

    def begin(self, attempt: SignInAttempt) -> str:
        asked = {"state": attempt.state, "nonce": attempt.nonce, "back": attempt.redirect_uri}
        return f"https://elsewhere.example/authorize?{urlencode(asked)}"

    def finish(self, attempt: SignInAttempt, parameters: Mapping[str, str]) -> Identity:
        said, _, mac = parameters.get("said", "").rpartition(".")
        if not hmac.compare_digest(mac.encode(), signature(said).encode()):
            raise refusal()
        claims = json.loads(bytes.fromhex(said))
        if claims["nonce"] != attempt.nonce or claims["challenge"] != challenge(attempt):
            raise refusal()
        return Identity(self.name, claims["tenant"], claims["subject"], claims["email"])


class ElsewherePlugin:
    """The plugin that brings it."""

    @hookimpl
    def sos_sign_in(self) -> list[SignInProvider]:
        return [Elsewhere()]


def answer(attempt: SignInAttempt, subject: str, tenant: str = "acme") -> dict[str, str]:
    """Return what the other system sends back for somebody whom it has let in."""
    claims = {
        "tenant": tenant,
        "subject": subject,
        "email": "admin@x.example",
        "nonce": attempt.nonce,
        "challenge": challenge(attempt),
    }
    said = json.dumps(claims).encode().hex()
    return {"state": attempt.state, "said": f"{said}.{signature(said)}"}


def challenge(attempt: SignInAttempt) -> str:
    return hashlib.sha256(attempt.verifier.encode()).hexdigest()


def signature(said: str) -> str:
    return hmac.new(KEY, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def refusal() -> NotAllowed:
    return NotAllowed("Elsewhere did not let you in.", "Try again.", code="elsewhere_refused")
