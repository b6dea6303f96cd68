"""Addresses that are not there, methods that are not taken, and errors that nobody expected."""

from __future__ import annotations

import asyncio

import pytest
from starlette.routing import Route

from sos_core.content import LANGUAGES, text
from tests.graphql.http.conftest import House
from tests.graphql.http.test_pages import assert_protected

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_addresses_are_told_in_words_to_browsers(house: House, language: str) -> None:
    stranger = house.visitor()
    stranger.cookies.set("sos_language", language)
    for path in ("/nowhere", "/auth/none", "/files/x/y", "/embed/v1/none.js", "/a/b?next=//c"):
        told = stranger.get(path, headers=PAGE)
        assert told.status_code == 404
        assert f"<h1>{text(language, 'page_error.404.title')}</h1>" in told.text
        assert_protected(told)
        plain = stranger.get(path, headers={"Accept": "*/*"})
        assert (plain.status_code, plain.headers["content-type"]) == (
            404,
            "text/plain; charset=utf-8",
        )
    refused = stranger.post("/app", headers=PAGE)
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]
    assert f"<h1>{text(language, 'page_error.405.title')}</h1>" in refused.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unexpected_error_is_a_page_with_its_reference(house: House, language: str) -> None:
    def burst(_request: object) -> None:
        raise RuntimeError("a secret of the program")

    house.app.router.routes.insert(0, Route("/burst", burst))
    stranger = house.visitor()
    stranger.cookies.set("sos_language", language)
    told = stranger.get("/burst", headers=PAGE)
    assert told.status_code == 500
    assert_protected(told)
    assert f'<html lang="{language}">' in told.text
    assert text(language, "page_error.500.title") in told.text
    assert "secret" not in told.text
    plain = stranger.get("/burst", headers={"Accept": "application/json"})
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert plain.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/auth/sign-in", "/s/code", "/no/such-page"])
def test_a_slash_too_many_leads_on_without_naming_a_host(house: House, path: str) -> None:
    asked = {"Accept": "text/html", "Host": "evil.example"}
    answer = house.visitor().get(f"{path}/", headers=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.mark.parametrize(
    "path", ["/%2f/evil.example/", "/%5cevil.example/", "/%0d%0aX: y/", "/graphql/"]
)
def test_nothing_else_with_a_slash_leads_anywhere(house: House, path: str) -> None:
    kind = "application/json" if path == "/graphql/" else "text/html"
    answer = house.visitor().get(path, headers={"Accept": kind})
    assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_a_sender_who_leaves_is_no_fault(house: House) -> None:
    """A request that was begun and left is neither answered nor counted as an error of ours."""
    told = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )
    answers = []

    async def receive() -> dict[str, object]:
        return next(told)

    async def send(message: dict[str, object]) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": [(b"host", b"x"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
    }
    asyncio.run(house.app(scope, receive, send))
    assert "sos_unexpected_errors_total{" not in house.application.telemetry.render().decode()
    assert answers == []
