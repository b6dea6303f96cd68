"""Files in and out: uploads of people, the template to fill in, and what was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NoReturn
from urllib.parse import unquote

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sos_core.access.scopes import Scope
from sos_core.application import Application
from sos_core.errors import InvalidInput, NotAllowed, SosError
from sos_core.organizations.queries import organization
from sos_graphql.arrival import context_of
from sos_graphql.context import Context
from sos_graphql.http.downloads import download_routes
from sos_graphql.http.rendering import PRIVATE
from sos_graphql.http.tables import MEDIA_TYPES, download
from sos_graphql.http.visits import Visit, page, status_of, wait_of, words_of
from sos_graphql.protocol import is_same_site
from sos_graphql.refusals import note_refusal
from sos_graphql.uploads import Upload, store_upload, sweep_uploads

SWEEP = "uploads.sweep"
CHUNK = 256 * 1024
NAME_HEADER = "x-sos-file-name"


def transfer_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/files``; uploads older than a day are swept away."""
    if SWEEP not in application.jobs.sweeps:
        application.jobs.sweep(SWEEP, lambda now: sweep_uploads(application, now))
    return [
        Route("/files/uploads", _json(application, upload), methods=["POST"]),
        page(application, "/files/people-template.{ending}", people_template, machines=True),
        *download_routes(application),
    ]


async def upload(request: Request, asker: Context) -> Response:
    """Take in a file: as the body, with its encoded name in X-SOS-File-Name, or as multipart."""
    if asker.by_cookie and not is_same_site(request):
        raise NotAllowed(
            "This file was not sent by a page of SOS.",
            "Open SOS itself and try again there.",
            code="form_foreign",
        )
    asker.administer(Scope.PEOPLE_WRITE)
    stored = await (_multipart(request, asker) if _is_multipart(request) else _raw(request, asker))
    return JSONResponse(
        {"id": stored.id, "name": stored.name, "size": stored.size},
        status_code=201,
        headers=PRIVATE,
    )


async def people_template(visit: Visit) -> Response:
    """Hand out the file to fill in, with the organization's levels, in the viewer's language."""
    visit.asker.administer(Scope.PEOPLE_READ)
    ending, language = visit.path("ending").lower(), visit.asker.language
    name = f"people.{ending}"
    format_ = visit.application.people_format(name)
    organization_id = visit.asker.organization_id
    levels = (await visit.asker.read(lambda s: organization(s, organization_id))).levels
    body = await visit.asker.call(lambda: format_.template(levels, language, f".{ending}"))
    return download(body, name, MEDIA_TYPES.get(ending, "application/octet-stream"))


async def _raw(request: Request, asker: Context) -> Upload:
    name = unquote(request.headers.get(NAME_HEADER, ""))
    return await store_upload(
        asker.application, asker.principal, name, request.stream(), now=asker.now
    )


async def _multipart(request: Request, asker: Context) -> Upload:
    most = asker.application.settings.upload_max_bytes
    request = Request(request.scope, receive=_counted(request.receive, most + CHUNK))
    try:
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise _no_file()
            return await store_upload(
                asker.application,
                asker.principal,
                file.filename or "",
                _pieces(file),
                now=asker.now,
            )
    except (MultiPartException, KeyError) as error:
        raise _no_file() from error


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(CHUNK):
        yield piece


def _counted(receive: Callable[[], Awaitable[Any]], most: int) -> Callable[[], Awaitable[Any]]:
    """Return ``receive``, ended where the request is larger than any file that is taken."""
    seen = 0

    async def counted() -> Any:
        nonlocal seen
        part = await receive()
        seen += len(part.get("body", b""))
        if seen > most:
            _too_large(most)
        return part

    return counted


def _too_large(most: int) -> NoReturn:
    raise InvalidInput(
        "The file is larger than {limit} MB.",
        "Copy the rows with people into a new workbook or the template, and upload that file.",
        code="file_too_large",
        field="file",
        values={"limit": max(1, most // (1024 * 1024))},
    )


def _no_file() -> InvalidInput:
    return InvalidInput(
        "No file was sent.", "Choose a file and send it again.", code="file_missing", field="file"
    )


def _is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _json(
    application: Application, handler: Callable[[Request, Context], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        asker = await context_of(application, request)
        try:
            return await handler(request, asker)
        except SosError as error:
            note_refusal(error, asker.principal)
            what, remedy = words_of(error, asker.language)
            problem = {"code": error.code, "what": what, "remedy": remedy, "field": error.field}
            headers = PRIVATE | wait_of(error)
            return JSONResponse(problem, status_code=status_of(error), headers=headers)
        except ClientDisconnect:
            return Response(status_code=400)

    return endpoint
