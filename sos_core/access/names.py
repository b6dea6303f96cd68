"""The form in which e-mail addresses of accounts are compared: the one of people; pure."""

from __future__ import annotations

from sos_core.errors import InvalidInput
from sos_core.people.identity import is_email, normalize_email


def sign_in_key(email: str) -> str | None:
    """Return the form of an address that is compared, None where it can be no address."""
    key = normalize_email(email[:1000])
    return key if is_email(key) else None


def shown_email(email: str) -> str:
    """Return an address as it is shown and written to: as typed where only its case is of its own.

    Raises InvalidInput when it is none.

    >>> shown_email(" Ada@Acme.example "), shown_email("a da@acme.example")
    ('Ada@Acme.example', 'ada@acme.example')
    """
    key, typed = email_key(email), email.strip()
    return typed if typed.lower() == key else key


def email_key(email: str) -> str:
    """Return the form of an address that is compared; raise InvalidInput when it is none."""
    key = sign_in_key(email)
    if key is None:
        raise InvalidInput(
            "“{email}” is not an e-mail address.",
            "Write it as name@company.example.",
            code="not_an_email",
            field="email",
            values={"email": email[:100]},
        )
    return key
