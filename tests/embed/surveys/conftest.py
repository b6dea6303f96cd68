"""A stand-in API that remembers one respondent's ballot, and pages with the survey widgets."""

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

from sos_core.content import normalize_language
from tests.embed.serving import Api, gallery, serve
from tests.embed.surveys import samples

BODY = '<sos-survey loading="eager" data-token="{token}"></sos-survey>'
PROBLEM = {"remedy": "Ask whoever invited you."}


@dataclass
class Ballots(Api):
    """One respondent's ballot: stored, submitted, and refused in every way that there is."""

    saved: list[Any] = field(default_factory=list)
    submitted: list[Any] = field(default_factory=list)
    draft: Any = None
    done: bool = False
    areas: int = 9
    rate: Any = None
    refusal: Any = None
    """Answered in the place of everything that is sent: a problem, a status, or nothing."""

    def __post_init__(self) -> None:
        super().__init__()

    def reset(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    async def __call__(self, request: Request) -> Response:
        asked = await request.json()
        self.asked.append((dict(request.headers), asked))
        name, given = asked["operationName"], asked["variables"].get("input")
        if name == "ResponseRateOf":
            return _data(
                survey=self.rate and {"title": self.rate["title"], "responseRate": self.rate}
            )
        if name == "BallotFormOf":
            return self.form(normalize_language(asked["variables"].get("language") or "") or "en")
        if name == "StoredBallot":
            return _data(ballotForm=self.stored("en"))
        if isinstance(self.refusal, int):
            return Response(status_code=self.refusal)
        if self.refusal:
            member = {"SaveBallot": "saveBallotDraft", "SubmitBallot": "submitBallot"}[name]
            return _data(**{member: {**PROBLEM, **self.refusal}})
        if name == "SubmitBallot":
            return self.submit(given)
        return self.save(given)

    def form(self, language: str) -> Response:
        if self.refusal == 401:
            return Response(status_code=401)
        return _data(viewer={"personId": None}, ballotForm=self.stored(language))

    def stored(self, language: str) -> Any:
        return samples.form(language, areas=self.areas, draft=self.draft, submitted=self.done)

    def save(self, given: Any) -> Response:
        state, stored = "SAVED", None
        if self.done or self.elsewhere(given):
            state = "ALREADY_SUBMITTED" if self.done else "STALE"
            stored = samples.draft_of(self.draft)
        else:
            self.saved.append(given)
            self.draft = {key: given[key] for key in ("answers", "comments", "sequence")}
        saved = {"__typename": "BallotSaved", "state": state, "stored": stored}
        return _data(saveBallotDraft=saved | {"version": samples.version(self.draft)})

    def submit(self, given: Any) -> Response:
        if self.elsewhere(given):
            refused = {"__typename": "Conflict", "code": "ballot_elsewhere", "what": "Elsewhere."}
            return _data(submitBallot=PROBLEM | refused)
        self.submitted.append(given)
        self.done = True
        self.draft = {key: given[key] for key in ("answers", "comments")} | {"sequence": 0}
        receipt = {"__typename": "BallotReceipt", "code": "K7QX-3M2P-9VTD-4HJR"}
        return _data(submitBallot=receipt | {"version": samples.version(self.draft)})

    def elsewhere(self, given: Any) -> bool:
        """Tell whether other answers are stored than those that a ballot was made upon."""
        return samples.version(self.draft) not in (given["base"], samples.version(given))


def _data(**members: Any) -> Response:
    return JSONResponse({"data": members})


@pytest.fixture(scope="session")
def _survey_site(bundled: Path) -> Iterator[tuple[str, Ballots]]:
    ballots = Ballots()
    with serve(gallery(ballots, bundled)) as address:
        yield address, ballots


@pytest.fixture
def ballots(_survey_site: tuple[str, Ballots]) -> Ballots:
    """Return the stand-in API with an empty ballot."""
    _survey_site[1].reset()
    return _survey_site[1]


@pytest.fixture
def show(_survey_site: tuple[str, Ballots], ballots: Ballots) -> Callable[..., Page]:
    """Return a function that opens a page with the form, or with any other body."""

    def go(page: Page, query: str = "", *, token: str = "1.3.7.9.seal", body: str = BODY) -> Page:
        page.goto(f"{_survey_site[0]}/?{query}&body={quote(body.format(token=token))}")
        return page

    return go
