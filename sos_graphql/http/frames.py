"""Frames: a widget on a page of its own, for hosts that cannot run our elements in theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.embeddings import frame_of
from sos_core.application import Application
from sos_core.content import normalize_language
from sos_graphql.http.middleware import CONTENT_SECURITY_POLICY
from sos_graphql.http.rendering import THEMES
from sos_graphql.http.visits import Visit, page
from sos_graphql.nodes import no_such_thing, node_id, number_of

FRAME = "/embed/frame"
NOBODY = "frame-ancestors 'none'"
PASSED_ON = {
    "survey": re.compile(r"[\w-]{1,60}"),
    "unit": re.compile(r"[\w-]{1,60}"),
    "question": re.compile(r"[a-z0-9._-]{1,60}"),
    "view": re.compile(r"[a-z]{1,20}"),
    "compare": re.compile(r"[a-z]{1,20}"),
    "heading": re.compile(r"[^\x00-\x1f]{1,120}"),
    "heading-level": re.compile(r"[2-6]"),
}
"""The attributes that a frame's address may set on its widget, with what they may be."""


def frame_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the route of frames: who may frame one is said by its embedding alone."""
    return [page(application, f"{FRAME}/{{embedding}}/{{widget}}", frame)]


def frame_address(embedding_id: int, widget: str, **attributes: str) -> str:
    """Return the path of a widget's frame."""
    asked = f"?{urlencode(attributes)}" if attributes else ""
    return f"{FRAME}/{node_id('Embedding', embedding_id)}/{widget}{asked}"


async def frame(visit: Visit) -> Response:
    """Show one widget and nothing else; the host hands it a token, a session never counts here."""
    number, application = number_of("Embedding", visit.path("embedding")), visit.application
    found = await visit.asker.call(lambda: frame_of(application.database, number))
    if found is None or visit.path("widget") not in found.widgets:
        raise no_such_thing()
    asked = visit.request.query_params
    response = visit.show(
        "frame.html",
        language=normalize_language(asked.get("locale", "")[:20]) or visit.asker.language,
        scheme=asked["theme"] if asked.get("theme") in THEMES else "auto",
        widget=visit.path("widget"),
        attributes=_attributes(visit.request),
        hosts=" ".join(found.origins),
    )
    framing = f"frame-ancestors {' '.join(found.origins)}"
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(NOBODY, framing)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _attributes(request: Request) -> list[tuple[str, str]]:
    asked = request.query_params
    return [
        (name, asked[name])
        for name, form in PASSED_ON.items()
        if name in asked and form.fullmatch(asked[name])
    ]
