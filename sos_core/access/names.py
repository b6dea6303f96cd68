"""The form in which e-mail addresses of accounts are compared: the one of people; pure."""

from __future__ import annotations

from sos_core.errors import InvalidInput
from sos_core.people.identity import is_email, normalize_email


def sign_in_key(email: str) -> str | None:
    """Return the form of an address that is compared, None where it can be no address."""
    key = normalize_email(email[:1000])
    return key if is_email(key) else None


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
