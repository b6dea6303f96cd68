"""A stand-in API that takes a file, makes one plan of it, and does with it what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.embed.people import samples
from tests.embed.serving import Api, gallery, serve

BODY = '<sos-import loading="eager"></sos-import>'
MEMBERS = {
    "CreateImport": "createChangePlan",
    "DecideSuspects": "decideSuspects",
    "ApplyImport": "applyChangePlan",
    "DiscardImport": "discardChangePlan",
    "UndoImport": "undoChangePlan",
}


@dataclass
class Imports(Api):
    """Plans of an organization: the earlier ones, and the one that the next file gives."""

    coming: dict[str, Any] = field(default_factory=samples.plan)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)
    refused: dict[str, Any] | None = None
    """The problem that is answered to the next upload or change."""

    def __post_init__(self) -> None:
        super().__init__()
        self.plans = {plan["id"]: plan for plan in samples.EARLIER}

    def reset(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    async def upload(self, request: Request) -> Response:
        if self.refused:
            return JSONResponse(self.refused, status_code=422)
        self.uploads.append((dict(request.headers), await request.body()))
        return JSONResponse({"id": "upload-1", "name": "x", "size": 1}, status_code=201)

    async def __call__(self, request: Request) -> Response:
        asked = await request.json()
        name, given = asked["operationName"], asked["variables"]
        if name == "Imports":
            viewer = {"organization": {"timeZone": "Asia/Shanghai"}}
            return data(viewer=viewer, changePlans=self.page(given.get("after")))
        if name == "UnitsToChoose":
            place = {"hasNextPage": False, "endCursor": None}
            return data(units={"nodes": samples.UNITS, "pageInfo": place})
        if name == "ImportRows":
            return data(changePlan={"__typename": "ChangePlan", "rows": self.rows(**given)})
        if name == "Import":
            missing = {"__typename": "NotFound", "code": "x", "what": "There is no such plan."}
            found = self.plans.get(given["id"], missing | {"remedy": "Look at the list."})
            return data(changePlan=found)
        self.sent.append((name, given["input"]))
        if self.refused:
            return data(**{MEMBERS[name]: self.refused})
        return data(**{MEMBERS[name]: self.changed(name, given["input"])})

    def page(self, after: str | None) -> dict[str, Any]:
        newest = sorted(self.plans.values(), key=lambda plan: plan["createdAt"], reverse=True)
        nodes = newest[2:] if after else newest[:2]
        place = {"hasNextPage": not after, "endCursor": "2"}
        return {
            "__typename": "ChangePlanConnection",
            "nodes": nodes,
            "pageInfo": place,
            "totalCount": len(newest),
        }

    def rows(self, *, id: str, kind: str, after: str | None = None) -> dict[str, Any]:  # noqa: A002
        start = int(after or 0)
        total = self.plans[id]["counts"][kind.lower()]
        nodes = samples.ROWS[kind][:total][start : start + 50]
        end = start + len(nodes)
        place = {"hasNextPage": end < total, "endCursor": str(end)}
        return {"nodes": nodes, "pageInfo": place, "totalCount": total}

    def changed(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name == "CreateImport":
            plan = self.coming
        elif name == "DecideSuspects":
            plan = self.decided(self.plans[given["plan"]], given["decisions"])
        else:
            state = {"ApplyImport": "APPLIED", "DiscardImport": "DISCARDED", "UndoImport": "UNDONE"}
            done = {"decidedAt": "2026-11-22T09:30:00+00:00", "decidedBy": "Hanna Ek"}
            undo = {"undoneAt": "2026-11-22T09:40:00+00:00", "undoneBy": "Hanna Ek"}
            undone = name == "UndoImport"
            plan = self.plans[given["id"]] | (undo if undone else done)
            plan |= {"state": state[name], "canUndo": name == "ApplyImport"}
        self.plans[plan["id"]] = plan
        return plan

    @staticmethod
    def decided(plan: dict[str, Any], decisions: list[dict[str, Any]]) -> dict[str, Any]:
        return plan | {"undecidedCount": plan["undecidedCount"] - len(decisions)}


def data(**members: Any) -> Response:
    return JSONResponse({"data": members})


@pytest.fixture(scope="session")
def _site(bundled: Path) -> Iterator[tuple[str, Imports]]:
    imports = Imports()
    app = gallery(imports, bundled)
    app.router.routes.insert(0, Route("/files/uploads", imports.upload, methods=["POST"]))
    with serve(app) as address:
        yield address, imports


@pytest.fixture
def imports(_site: tuple[str, Imports]) -> Imports:
    """Return the stand-in API with its earlier plans only."""
    _site[1].reset()
    return _site[1]


@pytest.fixture
def show(_site: tuple[str, Imports], imports: Imports) -> Callable[..., Page]:
    """Return a function that opens a page with the element."""

    def go(page: Page, query: str = "", body: str = BODY) -> Page:
        page.goto(f"{_site[0]}/?{query}&body={quote(body)}")
        return page

    return go
