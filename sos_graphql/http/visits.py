"""One visit of a page: who came, what was sent, and how an expected failure looks in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sos_core import errors
from sos_core.access.principal import ANONYMOUS
from sos_core.application import Application
from sos_core.content import message, text
from sos_graphql.arrival import context_of, is_machine, netloc_of
from sos_graphql.context import Context
from sos_graphql.http.rendering import BEHIND_LINKS, PRIVATE, render
from sos_graphql.nodes import LARGER_IDS, LARGEST_ID, LONGEST_ID
from sos_graphql.pace import behind_link
from sos_graphql.refusals import note_refusal

MOST_BYTES = 256 * 1024
MOST_FIELDS = 2000
FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/auth/sign-in"
ENROLLMENT = "/app/account/second-factor"
"""Where those are led who lack the second factor that their organization asks of them."""
HIDDEN = (BEHIND_LINKS, "/auth/preferences")
"""Where forms of pages lead whose address browsers hide from our own server too."""
STATUS: Mapping[type[errors.SosError], int] = {
    errors.InvalidInput: 400,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Unavailable: 503,
}
BY_CODE = {
    "too_many_attempts": 429,
    "too_many_requests": 429,
    "not_signed_in": 401,
    "file_too_large": 413,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: the last value of each field, and all values of those that repeat."""

    pairs: Sequence[tuple[str, str]] = ()
    last: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        """Return the value of a field without surrounding blanks."""
        return self.last.get(name, default).strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field that may repeat."""
        return [value for key, value in self.pairs if key == name]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page, with who asks; ``sent`` is empty unless a form was posted."""

    request: Request
    asker: Context
    sent: Sent

    @property
    def application(self) -> Application:
        """Return the application."""
        return self.asker.application

    @property
    def posted(self) -> bool:
        """Return whether a form was sent."""
        return self.request.method == "POST"

    def path(self, name: str) -> str:
        """Return a part of the address."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """Return an id in the address; raise NotFound where it is none."""
        return number(self.path(name))

    def say(self, key: str, **values: object) -> str:
        """Return a text in the reader's language."""
        return text(self.asker.language, key, **values)

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        language: str | None = None,
        **values: object,
    ) -> Response:
        """Return a page."""
        return render(
            self.request, self.asker, template, language=language, status=status, **values
        )


Handler = Callable[[Visit], Awaitable[Response]]


def page(
    application: Application,
    path: str,
    handler: Handler,
    *,
    posts: bool = False,
    machines: bool = False,
    by_link: bool = False,
) -> Route:
    """Return the route of a page; its expected failures become pages in words.

    ``posts``: the page takes forms, from our own pages alone. ``machines``: programs with a key may
    have it too; to all other pages they are strangers. ``by_link``: requests are counted for the
    respondent whose link stands in the address.
    """

    async def endpoint(request: Request) -> Response:
        link = request.path_params["link"] if by_link else ""
        counted = behind_link(application, link) if link else None
        asker = await context_of(application, request, counted=counted)
        if not machines and is_machine(asker.principal):
            asker.principal = ANONYMOUS
        visit = Visit(request, asker, Sent())
        try:
            if visit.posted:
                require_same_site(request, application.settings.public_url)
                visit = Visit(request, asker, await read_form(request))
            if asker.principal.must_enroll and _needs_rights(request.url.path):
                return go(ENROLLMENT)
            return await handler(visit)
        except errors.SosError as error:
            if error.code == "not_signed_in" and not visit.posted:
                return go(f"{SIGN_IN}?next={quote(request.url.path, safe='/')}")
            return failure(visit, error)

    return Route(path, endpoint, methods=["GET", "POST"] if posts else ["GET"])


def _needs_rights(path: str) -> bool:
    return path == "/app" or (path.startswith("/app/") and not path.startswith("/app/account"))


def failure(visit: Visit, error: errors.SosError) -> Response:
    """Return the page that tells what went wrong and what to do."""
    note_refusal(error, visit.asker.principal)
    what, remedy = words_of(error, visit.asker.language)
    response = visit.show("failure.html", status=status_of(error), what=what, remedy=remedy)
    response.headers.update(wait_of(error))
    return response


def wait_of(error: errors.SosError) -> dict[str, str]:
    """Return the header that tells when to try again, where trying again helps."""
    if not isinstance(error, errors.Unavailable):
        return {}
    return {"Retry-After": str(max(1, ceil(error.retry_after)))}


def status_of(error: errors.SosError) -> int:
    """Return the HTTP status that an expected failure is answered with."""
    by_kind = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 503)
    return BY_CODE.get(error.code, by_kind)


def words_of(error: errors.SosError, language: str) -> tuple[str, str]:
    """Return what went wrong and the next step, in ``language`` where it is translated."""
    return message(language, error.code, error.values) or (error.what, error.remedy)


def go(path: str) -> RedirectResponse:
    """Return the way to another page after a form, so that reloading sends nothing twice."""
    return RedirectResponse(path, status_code=303, headers=PRIVATE)


def own_path(wanted: str, default: str = "/app") -> str:
    """Return ``wanted`` where it is a path of this server, else ``default``: nobody is sent away."""
    plain = wanted.isprintable() and "\\" not in wanted and len(wanted) <= 500
    return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else default


def number(written: str, kind: str = "") -> int:
    """Return an id as it stands in addresses and forms; raise NotFound where it is none of its kind."""
    most = LARGER_IDS.get(kind, LARGEST_ID)
    plain = written.isascii() and written.isdecimal() and len(written) <= LONGEST_ID
    if not plain or int(written) > most:
        raise errors.NotFound(
            "This was not found.", "Check the address, or go back and choose from the list."
        )
    return int(written)


def require_same_site(request: Request, public_url: str) -> None:
    """Raise NotAllowed where a form was sent by another site's page.

    Browsers tell by Sec-Fetch-Site, or by Origin where they are older or the address is plain http;
    what tells neither is no browser and carries nobody's cookie. A page that hides where it came
    from ("null") is refused, except where its address itself is the secret (personal links).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        own = site in {"same-origin", "none"}
    elif origin == "null":
        own = request.url.path.startswith(HIDDEN)
    else:
        hosts = {request.headers.get("host", ""), urlsplit(public_url).netloc}
        own = origin is None or netloc_of(origin) in hosts
    if not own:
        raise errors.NotAllowed(
            "This form was not sent by a page of SOS.",
            "Open SOS itself and try again there.",
            code="form_foreign",
        )


async def read_form(request: Request) -> Sent:
    """Return what a form sent; raise InvalidInput where it is larger than any of our forms."""
    if request.headers.get("content-type", FORM).partition(";")[0].strip().lower() != FORM:
        raise unreadable()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise unreadable()
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise unreadable() from error
    return Sent(pairs, dict(pairs))


def unreadable() -> errors.InvalidInput:
    """Return the error for something that none of our forms sends."""
    return errors.InvalidInput(
        "This form could not be read.",
        "Reload the page, fill it in and send it again.",
        code="form_unreadable",
    )
