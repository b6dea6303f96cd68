"""The chain of the audit log: each entry's seal covers the entry and the seal before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sos_core.organizations.key_ring import KeyRing

START = bytes(32)
"""What stands before the first entry of an organization."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is sealed; entries older than the chain have neither key nor seal."""

    sequence: int
    at: datetime
    actor: str
    verb: str
    subject: str
    details: Mapping[str, Any]
    key_id: str | None = None
    mac: bytes | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry at which a log is not what was written, and why (a key of its text)."""

    sequence: int
    why: str


def seal(key: bytes, organization_id: int, previous: bytes, link: Link) -> bytes:
    """Return the seal of ``link`` behind ``previous``, under the organization's share of ``key``."""
    own = hmac.digest(key, f"sos audit|{organization_id}".encode(), hashlib.sha256)
    return hmac.digest(own, previous + canonical(link), hashlib.sha256)


def canonical(link: Link) -> bytes:
    """Return the bytes of everything that an entry says, alike on every database."""
    at = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [link.sequence, at, link.actor, link.verb, link.subject, dict(link.details), link.key_id]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def continued(previous: bytes, link: Link) -> bytes:
    """Return what the first seal builds on: a digest of the entries from before the chain."""
    return hashlib.sha256(previous + canonical(link)).digest()


class Verifier:
    """Follows one organization's entries in order, and remembers the first that is wrong.

    ``heads`` are seals that were written down elsewhere, by sequence: they tell of a cut tail.
    """

    def __init__(self, ring: KeyRing, organization_id: int, heads: Mapping[int, bytes]) -> None:
        self.ring = ring
        self.organization_id = organization_id
        self.heads = heads
        self.count = 0
        self.previous = START
        self.broken: Break | None = None
        self._sealed = False

    def follow(self, links: Iterable[Link]) -> None:
        """Check the next entries; after the first wrong one nothing more is looked at."""
        for link in links:
            if self.broken is not None:
                return
            why = self._fault(link)
            if why is not None:
                # Where a number is left out, the missing entry is the broken one.
                self.broken = Break(self.count + 1 if why == "missing" else link.sequence, why)
                return
            self.count += 1

    def end(self, head: tuple[int, bytes] | None) -> Break | None:
        """Return the first wrong entry, comparing the end with the head that the database keeps."""
        if self.broken is None:
            known = max(self.heads, default=0)
            kept, mac = head or (0 if self._sealed else self.count, self.previous)
            if max(kept, known) > self.count:
                self.broken = Break(self.count + 1, "cut")
            elif (kept, mac) != (self.count, self.previous):
                self.broken = Break(kept + 1 if kept < self.count else kept, "head")
        return self.broken

    def _fault(self, link: Link) -> str | None:
        if link.sequence != self.count + 1:
            return "missing"
        if link.mac is None or link.key_id is None:
            self.previous = continued(self.previous, link)
            return "unsealed" if self._sealed or link.sequence in self.heads else None
        self._sealed = True
        key = self.ring.find(link.key_id)
        if key is None:
            return "unknown_key"
        expected = seal(key, self.organization_id, self.previous, link)
        if not hmac.compare_digest(expected, link.mac):
            return "changed"
        self.previous = link.mac
        if self.heads.get(link.sequence, link.mac) != link.mac:
            return "rewritten"
        return None
