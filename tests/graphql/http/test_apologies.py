"""Addresses that are not there, methods that are not taken, and errors that nobody expected."""

from __future__ import annotations

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
