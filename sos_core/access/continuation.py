"""How far somebody has come in signing in, carried by the browser as a signed text; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sos_core.signing import sign, verify

PURPOSE = "sign_in"
OPERATORS = 0
"""Stands for the organization of an operator, who has none."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has sessions: an account of an organization, or an operator (organization None)."""

    organization_id: int | None
    account_id: int

    @property
    def actor(self) -> str:
        """Return how the audit log names the holder."""
        kind = "operator" if self.organization_id is None else "account"
        return f"{kind}:{self.account_id}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account whose secret was right; ``seal`` changes with its password and second factor."""

    holder: Holder
    seal: str


@dataclass(frozen=True, slots=True)
class Steps:
    """How far somebody has come: accounts that are proven, and those that still ask for a code."""

    proven: tuple[Candidate, ...]
    waiting: tuple[Candidate, ...]
    made_by: str
    number: str
    """Random; what a token that was used up is known by."""


def seal_of(password_hash: str | None, factor_secret: bytes | None) -> str:
    """Return the mark by which it is seen that an account's secrets have changed meanwhile."""
    both = (password_hash or "").encode() + b"\0" + (factor_secret or b"")
    return hashlib.sha256(both).hexdigest()[:16]


def steps_token(secret: bytes, steps: Steps, expires_at: datetime) -> str:
    """Return the signed text of ``steps``, good until ``expires_at``."""
    return sign(
        secret,
        PURPOSE,
        int(expires_at.timestamp()),
        steps.number,
        steps.made_by,
        _written(steps.proven),
        _written(steps.waiting),
    )


def read_steps(secret: bytes, token: str, now: datetime) -> Steps | None:
    """Return the steps that a text stands for, None where we did not sign it or it is too old."""
    parts = verify(secret, PURPOSE, token, parts=5)
    if parts is None or now.timestamp() >= int(parts[0]):
        return None
    return Steps(_read(parts[3]), _read(parts[4]), made_by=parts[2], number=parts[1])


def _written(candidates: tuple[Candidate, ...]) -> str:
    return "_".join(
        f"{one.holder.organization_id or OPERATORS}-{one.holder.account_id}-{one.seal}"
        for one in candidates
    )


def _read(text: str) -> tuple[Candidate, ...]:
    found = []
    for part in text.split("_") if text else ():
        organization, account, seal = part.split("-")
        found.append(Candidate(Holder(int(organization) or None, int(account)), seal))
    return tuple(found)
