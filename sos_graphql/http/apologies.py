"""What is answered where no page answers: unknown addresses, a database that is away, and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ExceptionHandler

from sos_core.application import Application
from sos_core.content import text
from sos_core.errors import Unavailable
from sos_graphql.arrival import context_of, language_of, stranger
from sos_graphql.context import Context
from sos_graphql.http.embed import address
from sos_graphql.http.rendering import PRIVATE
from sos_graphql.http.visits import Sent, Visit, failure, go, status_of, wait_of, words_of

IN_WORDS = (404, 405)
SLASHED = re.compile(r"(/[A-Za-z0-9._~-]+)+/")
"""A plain address with a slash at its end, as people type it; nothing that could name a host."""


def apologies(application: Application) -> Mapping[int | type[Exception], ExceptionHandler]:
    """Return what answers for unknown addresses, for methods that an address does not take, and
    where it cannot even be known who asks.
    """

    async def apologize(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        if not wants_page(request):
            detail = error.detail if isinstance(error, HTTPException) else ""
            return PlainTextResponse(detail, status_code=status, headers=headers)
        if status == 404 and request.method == "GET" and SLASHED.fullmatch(request.url.path):
            return go(request.url.path.rstrip("/"))
        visit = Visit(request, await _asker(application, request), Sent())
        response = visit.show(
            "failure.html",
            status=status,
            what=visit.say(f"page_error.{status}.title"),
            remedy=visit.say(f"page_error.{status}.text"),
        )
        response.headers.update(headers)
        return response

    async def ask_to_wait(request: Request, error: Exception) -> Response:
        if not isinstance(error, Unavailable):
            raise error
        if wants_page(request):
            return failure(Visit(request, stranger(application, request), Sent()), error)
        what, remedy = words_of(error, language_of(request))
        problem = {"code": error.code, "what": what, "remedy": remedy, "field": None}
        headers = PRIVATE | wait_of(error)
        return JSONResponse(problem, status_code=status_of(error), headers=headers)

    return {**dict.fromkeys(IN_WORDS, apologize), Unavailable: ask_to_wait}


async def _asker(application: Application, request: Request) -> Context:
    try:
        return await context_of(application, request)
    except Unavailable:
        return stranger(application, request)


def wants_page(connection: HTTPConnection) -> bool:
    """Return whether a person looks at the answer: browsers ask for HTML, programs do not."""
    return "text/html" in connection.headers.get("accept", "")


def broken_page(connection: HTTPConnection, reference: str) -> str:
    """Return the page for an unexpected error; it needs neither templates nor the database."""
    language = language_of(connection)
    title = escape(text(language, "page_error.500.title"))
    remedy = escape(text(language, "page_error.500.text", id=reference))
    start = escape(text(language, "page_error.start"))
    sheet = address("page.css")
    link = f'<link rel="stylesheet" href="{escape(sheet)}">' if sheet else ""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n{link}\n</head>\n<body>\n"
        f'<main class="narrow">\n<h1>{title}</h1>\n<p>{remedy}</p>\n'
        f'<p><a class="button" href="/">{start}</a></p>\n</main>\n</body>\n</html>\n'
    )
