"""Fixtures of the result widgets' tests: the gallery on an API with the real schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, graphql_sync
from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.embed.browser import ROOT
from tests.embed.results import samples
from tests.embed.serving import Api, gallery, serve


class SchemaApi(Api):
    """Executes what it is asked on the committed schema, with invented results behind it."""

    def __init__(self) -> None:
        super().__init__()
        sdl = (ROOT / "sos_graphql" / "schema.graphql").read_text(encoding="utf-8")
        self.schema: GraphQLSchema = build_schema(sdl)
        self.forget()

    def forget(self) -> None:
        """Be as new: nothing asked, the usual results."""
        self.asked.clear()
        self.answers.clear()
        self.units: dict[str | None, dict[str, Any]] = {
            None: samples.results("Halden Group", None),
            "u-north": samples.results(),
            "u-industrial": samples.results("Nordic Industrial", "u-industrial"),
            "u-oslo": samples.results("Oslo", "u-oslo"),
            "u-tromso": samples.in_a_combined_group(),
        }
        self.cuts = samples.cuts()
        self.published = True

    @property
    def variables(self) -> list[dict[str, Any]]:
        """The variables of everything that was asked, oldest first."""
        return [body["variables"] for _, body in self.asked]  # type: ignore[misc]

    async def __call__(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append((dict(request.headers), body))
        if self.answers:
            return self.answers.pop(0)
        root = {"survey": lambda _info, **wanted: self._survey(wanted.get("id"))}
        found = graphql_sync(self.schema, body["query"], root, variable_values=body["variables"])
        assert not found.errors, found.errors
        return JSONResponse({"data": found.data})

    def _survey(self, wanted: str | None) -> dict[str, Any] | None:
        if not self.published:
            return None
        rate = {"invited": 203, "finished": 148, "share": 0.73, "bound": "EXACT", "display": "73 %"}
        units = [
            {
                "unitId": "u-north",
                "name": "Region North",
                "level": "Region",
                "depth": 2,
                "groupName": "Region North",
                "exact": True,
                "rate": rate,
            }
        ]
        return {
            "results": lambda _info, unit=None: self._results(unit, 0),
            "previous": {"results": lambda _info, unit=None: self._results(unit, 3)},
            "matrix": lambda _info, **at: self._matrix(at.get("parent"), at["compare"]),
            "cuts": self.cuts,
            "responseRate": {"__typename": "ResponseRate", "overall": rate, "units": units},
        }

    def _results(self, unit: str | None, shift: int) -> dict[str, Any]:
        found = self.units.get(unit)
        if found is None:
            what = "There is no such unit, or none that you may see."
            remedy = "Go back and choose another one."
            return {"__typename": "NotFound", "code": "not_found", "what": what, "remedy": remedy}
        shift += 5 if unit == "u-industrial" else 0
        known = {
            one["key"]: one for area in samples.areas(shift) for one in area.get("statements", [])
        }
        return {**found, "statement": lambda _info, key: known.get(key)}

    def _matrix(self, parent: str | None, compare: str) -> dict[str, Any]:
        found = samples.matrix(compare)
        if parent in (None, "u-oslo"):
            found = {**found, "rows": {**found["rows"], "drillable": [True] * found["rowCount"]}}
        return found


@pytest.fixture(scope="session")
def _results_gallery(bundled: Path) -> Iterator[tuple[str, SchemaApi]]:
    api = SchemaApi()
    with serve(gallery(api, bundled)) as address:
        yield address, api


@pytest.fixture
def results_api(_results_gallery: tuple[str, SchemaApi]) -> SchemaApi:
    """Return the stand-in API, forgetful again."""
    _, api = _results_gallery
    api.forget()
    return api


@pytest.fixture
def show(_results_gallery: tuple[str, SchemaApi], results_api: SchemaApi) -> Callable[..., Page]:
    """Return a function that opens ``body`` on a page; further arguments are lang, dir, theme."""
    address, _ = _results_gallery

    def open_body(page: Page, body: str, **query: str) -> Page:
        wanted = "&".join(f"{key}={value}" for key, value in query.items())
        page.goto(f"{address}/?body={body}&{wanted}")
        return page

    return open_body
