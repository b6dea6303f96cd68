"""Passwords: hashed with Argon2id, at least twelve characters, none that is guessed first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sos_core.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 200
OWN_LETTERS = 8
"""How many characters a password needs besides the words that belong to its own account."""
SHORTEST_WORD = 3
LEET = str.maketrans("0134579@$!", "oleastgasi")
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


@lru_cache(maxsize=1)
def _hasher() -> object:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hashed("no account has this password")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Return the 30,000 most frequent passwords of known leaks."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])


def hash_password(password: str, *, own: Iterable[str] = ()) -> str:
    """Return the Argon2id hash of ``password``; raise InvalidInput for one that is guessed first.

    ``own`` are the words of its account: name, address, organization. There are no rules about
    capitals, digits or signs.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(
            "A password needs at least {least} characters.",
            "Choose a sentence of several words.",
            code="password_length",
            field="password",
            values={"least": MIN_LENGTH},
        )
    if is_common(password):
        raise InvalidInput(
            "This password is among those that are guessed first.",
            "Choose a few words that have nothing to do with each other.",
            code="password_common",
            field="password",
        )
    if is_own(password, own):
        raise InvalidInput(
            "This password is little more than your name, address or organization.",
            "Choose words that nobody connects with you.",
            code="password_own",
            field="password",
        )
    return _hashed(password)


def is_common(password: str) -> bool:
    """Return whether a password is a frequent one, such a one in disguise, or a row of keys."""
    folded = password.casefold()
    forms = {folded, folded.translate(LEET)}
    forms |= {form.strip("0123456789 .,-_!?#*+") for form in forms}
    forms |= {_period(form) for form in forms}
    return any(form in _common() or _is_row(form) or len(set(form)) < 3 for form in forms if form)


def is_own(password: str, own: Iterable[str]) -> bool:
    """Return whether little is left of a password without the words of its own account.

    >>> is_own("Ada-Lovelace-1815", ["Ada Lovelace"]), is_own("Ada sings in the rain", ["Ada"])
    (True, False)
    """
    left = password.casefold()
    words = {word for text in own for word in re.findall(r"\w+", text.casefold())}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, " ")
    return len(re.sub(r"\W", "", left)) < OWN_LETTERS and left != password.casefold()


def password_matches(stored: str | None, password: str) -> bool:
    """Return whether ``password`` is the one of ``stored``; takes as long where there is none."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        matches = bool(_hasher().verify(stored or _dummy_hash(), password))  # type: ignore[attr-defined]
    except (Argon2Error, InvalidHashError):
        return False
    return matches and stored is not None


def _hashed(password: str) -> str:
    return str(_hasher().hash(password))  # type: ignore[attr-defined]


def _period(text: str) -> str:
    """Return what a text repeats: ``abc`` of ``abcabcab``, the text itself where it repeats nothing."""
    for length in range(1, len(text) // 2 + 1):
        if text == (text[:length] * (len(text) // length + 1))[: len(text)]:
            return text[:length]
    return text


def _is_row(text: str) -> bool:
    rows = [row * 3 for row in ROWS]
    return len(text) > SHORTEST_WORD and any(text in row or text in row[::-1] for row in rows)
