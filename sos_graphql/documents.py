"""The widgets' own documents, stored under their SHA-256: a request may name one instead of sending it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache

import orjson
from cross_web import HTTPException
from strawberry.http import GraphQLRequestData

from sos_core.access.principal import GuestScope
from sos_graphql.http.embed import files

FILE = "documents.json"
"""Written when the widgets are built: a JSON array of the texts of their documents."""
ASKED_BY_GUESTS: Mapping[str, frozenset[str]] = {
    "sos-areas": frozenset({"Areas"}),
    "sos-question": frozenset({"Question", "Statements", "Elsewhere"}),
    "sos-summary": frozenset({"SummaryOf"}),
}
"""The operations of each widget that a guest may have; a guest runs these and nothing else."""
OPERATION = re.compile(r"\s*query\s+(\w+)")


@cache
def stored_documents() -> Mapping[str, str]:
    """Return the widgets' documents by the SHA-256 of their text, in hexadecimal."""
    file = files().get(FILE)
    texts: list[str] = json.loads(file.body) if file else []
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


@cache
def guest_documents(widgets: Collection[str]) -> frozenset[str]:
    """Return the SHA-256 of each document that guests with these widgets may run."""
    names = {name for widget in widgets for name in ASKED_BY_GUESTS.get(widget, ())}
    return frozenset(
        digest
        for digest, text in stored_documents().items()
        if (found := OPERATION.match(text)) and found[1] in names
    )


def require_own_document(guest: GuestScope, body: bytes) -> None:
    """Refuse a guest's request unless it names one of its widgets' stored documents, without text."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        sent = None
    if not isinstance(sent, dict) or sent.get("query") is not None:
        raise HTTPException(403, "Guests name a stored document by its SHA-256 and send no text.")
    named = digest_in(sent.get("extensions"))
    if named is None or named not in guest_documents(guest.widgets):
        raise HTTPException(403, "This is not a document of the widgets that the token is for.")


def digest_in(extensions: object) -> str | None:
    """Return the SHA-256 that a request names its document by, None where it names none."""
    named = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    digest = named.get("sha256Hash") if isinstance(named, dict) else None
    return digest.lower() if isinstance(digest, str) else None


def with_document(data: GraphQLRequestData) -> GraphQLRequestData:
    """Return the request with its stored document filled in, where it names one and has none.

    It is named as in ``extensions: {persistedQuery: {version: 1, sha256Hash: "…"}}``; one that is
    not stored is refused, since nothing is ever stored by a request.
    """
    digest = None if data.query is not None else digest_in(data.extensions)
    if digest is None:
        return data
    text = stored_documents().get(digest)
    if text is None:
        raise HTTPException(400, "PersistedQueryNotFound")
    return replace(data, query=text)
