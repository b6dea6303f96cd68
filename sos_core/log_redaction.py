"""What is struck out of every log line: secrets, answers, and who a survey's visitor was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict

STRUCK_OUT = "[redacted]"
SECRET_WORDS = (
    "answer",
    "api_key",
    "authorization",
    "ballot",
    "comment",
    "cookie",
    "credential",
    "document",
    "draft",
    "password",
    "private_key",
    "receipt",
    "secret",
    "signed_request",
    "survey_key",
    "token",
    "variables",
)
"""A value is struck out whole when its key contains one of these, in any spelling."""

SECRET_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 " + STRUCK_OUT),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), STRUCK_OUT),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), STRUCK_OUT),
    (
        re.compile(
            r"(?i)([\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie|receipt|"
            r"answers?)[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|\{[^}]*\}|\[[^\]]*\]|[^\s,;&)}\]]+)"
        ),
        r"\1" + STRUCK_OUT,
    ),
    # Long unbroken runs of letters and digits are keys, tokens or hashes; none is worth a log line.
    (re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{40,}"), STRUCK_OUT),
    (re.compile(r"(?<=/s/)[^/\s\"'?#]+"), STRUCK_OUT),
)

RESPONDENT_ROUTES = ("/s", "/graphql", "/embed")
"""Routes that answers come in by: their lines never tell whose they are."""
IDENTITY = frozenset(
    {
        "account",
        "account_id",
        "actor_email",
        "address",
        "client",
        "client_addr",
        "email",
        "ip",
        "peer",
        "person",
        "person_id",
        "remote_addr",
        "session",
        "session_id",
        "user",
        "user_agent",
        "user_id",
        "viewer",
    }
)
DEEPEST = 6


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Strike secrets and answers out of a log line: whole values by key, parts of text by form."""
    return {key: _redacted(key, value, DEEPEST) for key, value in event.items()}


def hide_respondents(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Take the visitor out of lines of routes by which answers come in."""
    route = event.get("route")
    if not isinstance(route, str) or not is_respondent_route(route):
        return event
    return {key: value for key, value in event.items() if key.lower() not in IDENTITY}


def is_respondent_route(route: str) -> bool:
    """Return whether answers may come in by ``route``."""
    return any(route == start or route.startswith(f"{start}/") for start in RESPONDENT_ROUTES)


def _redacted(key: str, value: Any, depth: int) -> Any:
    if not key.startswith("_") and is_secret_key(key) and not isinstance(value, bool | None):
        return STRUCK_OUT
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool | int | float | None) or key.startswith("_"):
        return value
    if depth == 0:
        return STRUCK_OUT
    if isinstance(value, Mapping):
        return {name: _redacted(str(name), each, depth - 1) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", each, depth - 1) for each in value]
    return clean(str(value))


def is_secret_key(key: str) -> bool:
    """Return whether a value under ``key`` must not be logged."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_")
    return any(word in plain for word in SECRET_WORDS)


def clean(text: str) -> str:
    """Return ``text`` with everything struck out that looks like a secret."""
    for pattern, replacement in SECRET_PATTERNS:
        text = pattern.sub(replacement, text)
    return text
