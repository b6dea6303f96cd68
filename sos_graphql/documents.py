"""The widgets' own documents, stored under their SHA-256: a request may name one instead of sending it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from cross_web import HTTPException
from strawberry.http import GraphQLRequestData

from sos_graphql.http.embed import files

FILE = "documents.json"
"""Written when the widgets are built: a JSON array of the texts of their documents."""


@cache
def stored_documents() -> Mapping[str, str]:
    """Return the widgets' documents by the SHA-256 of their text, in hexadecimal."""
    file = files().get(FILE)
    texts: list[str] = json.loads(file.body) if file else []
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def with_document(data: GraphQLRequestData) -> GraphQLRequestData:
    """Return the request with its stored document filled in, where it names one and has none.

    It is named as in ``extensions: {persistedQuery: {version: 1, sha256Hash: "…"}}``; one that is
    not stored is refused, since nothing is ever stored by a request.
    """
    if data.query is not None or not data.extensions:
        return data
    named = data.extensions.get("persistedQuery")
    digest = named.get("sha256Hash") if isinstance(named, dict) else None
    if not isinstance(digest, str):
        return data
    text = stored_documents().get(digest.lower())
    if text is None:
        raise HTTPException(400, "PersistedQueryNotFound")
    return replace(data, query=text)
