"""Cookies that only our own server sees: the session, and what is remembered for some minutes."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

from sos_core.access.lifetimes import SESSION_LENGTH
from sos_graphql.arrival import session_cookie


def set_cookie(
    response: Response, public_url: str, name: str, value: str, length: timedelta
) -> None:
    """Set a cookie that no script reads and that only our own pages and links send."""
    response.set_cookie(
        full_name(public_url, name),
        value,
        max_age=int(length.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(public_url),
        path="/",
    )


def drop_cookie(response: Response, public_url: str, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        full_name(public_url, name), path="/", secure=is_secure(public_url), httponly=True
    )


def set_session(response: Response, public_url: str, token: str) -> None:
    """Set the cookie of a session."""
    set_cookie(response, public_url, session_cookie(public_url), token, SESSION_LENGTH)


def full_name(public_url: str, name: str) -> str:
    """Return a cookie's name: on https one that no other host can set."""
    return f"__Host-{name}" if is_secure(public_url) and not name.startswith("__") else name


def is_secure(public_url: str) -> bool:
    """Return whether SOS is reached by https."""
    return urlsplit(public_url).scheme == "https"
