"""Pages from templates: every text from the catalogs, every value escaped, no script or style inline."""

from __future__ import annotations

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sos_core.content import LANGUAGES, endonym, level_title, paragraphs, text
from sos_graphql.context import Context
from sos_graphql.http.embed import BASE, address
from sos_graphql.preferences import THEME_COOKIE, preference

THEMES = ("auto", "light", "dark")
BEHIND_LINKS = "/s/"
"""Pages whose address is a secret: it is told to nobody, our own server included."""
PRIVATE = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}


@cache
def environment() -> Environment:
    """Return the templates' environment; a value that a page forgets is an error, never a blank."""
    made = Environment(
        loader=PackageLoader("sos_graphql.http", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["endonym"] = endonym
    made.filters["level"] = level_title
    return made


def render(
    request: Request,
    asker: Context,
    template: str,
    *,
    language: str | None = None,
    status: int = 200,
    **values: object,
) -> HTMLResponse:
    """Return a page in ``language`` (the caller's by default) that no cache may keep."""
    spoken = language or asker.language
    body = (
        environment()
        .get_template(template)
        .render(
            t=partial(text, spoken),
            paragraphs=partial(paragraphs, spoken),
            language=spoken,
            languages=LANGUAGES,
            theme=theme_of(request),
            themes=THEMES,
            stylesheet=address("page.css"),
            loader=f"{BASE}/loader.js" if address("loader.js") else None,
            here=request.url.path,
            asker=asker,
            **values,
        )
    )
    response = HTMLResponse(body, status_code=status, headers=PRIVATE)
    if not request.url.path.startswith(BEHIND_LINKS):
        # Else browsers would hide from our own forms where they were sent from.
        response.headers["Referrer-Policy"] = "same-origin"
    return response


def theme_of(request: Request) -> str:
    """Return the theme that the reader chose, ``auto`` where nothing was chosen."""
    chosen = preference(request.cookies, THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"
