"""How people and units are recognized in spite of case, spaces and width; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

import orjson

from sos_core.records import PersonRecord

EMAIL = re.compile(r"[^\s@,;<>\"()\[\]:\\]+@[^\s@,;<>\"()\[\]:\\.]+(\.[^\s@,;<>\"()\[\]:\\.]+)*")
EMAIL_LENGTH = 320
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SAID = slice(0, 8)
"""The fields of a record that say something about the person; the rest says where it stands."""


def normalize_email(text: str) -> str:
    """Return an address as it is compared and kept: NFKC, lower case, without any space."""
    if text.isascii():
        return "".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", kept)


def is_email(text: str) -> bool:
    """Tell whether a normalized address can be one; whether it exists only a mail can tell."""
    return len(text) <= EMAIL_LENGTH and text.isprintable() and EMAIL.fullmatch(text) is not None


def tidy(text: str) -> str:
    """Return a name or id in NFC: single spaces, no control or direction-overriding character.

    Joiners stay, since names in some scripts need them.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(c for c in text if c.isspace() or _may_stand_in_a_name(c))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _may_stand_in_a_name(character: str) -> bool:
    if character in OVERRIDES:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}


def fold(text: str) -> str:
    """Return a name as it is compared: NFKC, without case, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def identity_of(employee_id: str | None, email: str | None) -> str | None:
    """Return what a person is known by: the employee id where given, else the address."""
    if employee_id:
        return f"id:{employee_id}"
    return f"mail:{email}" if email else None


def identities(
    employee_ids: Sequence[str | None], emails: Sequence[str | None]
) -> list[str | None]:
    """Return ``identity_of`` each pair of two columns."""
    if all(employee_ids):
        return [f"id:{employee_id}" for employee_id in employee_ids]
    return list(map(identity_of, employee_ids, emails))


def unit_key(path: Sequence[str]) -> str:
    """Return the key that all spellings of one unit path share: 32 hexadecimal digits."""
    folded = "\x1f".join(fold(name) for name in path)
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def record_digest(record: PersonRecord) -> int:
    """Return the signed 64-bit digest of what a record says, wherever it stands."""
    try:
        body = orjson.dumps(record[SAID])
    except TypeError:  # lone surrogates, which a broken file may hold
        body = repr(record[SAID]).encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "little", signed=True)
