"""A client of the public API in process: what the demonstration does, anybody could do."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.types import ASGIApp


class DemoFailed(RuntimeError):
    """The demonstration met an answer that it did not expect: a fault of the program."""


class DemoClient:
    """Sends documents and files to the app as one caller, with a bearer token or with none."""

    def __init__(self, app: ASGIApp, base_url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=base_url, headers=headers, timeout=60
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    def sign_in(self, token: str) -> None:
        """Go on as the account that ``token`` belongs to."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    async def run(
        self, document: str, variables: Mapping[str, Any] | None = None, *, token: str | None = None
    ) -> dict[str, Any]:
        """Return the data of a document; raise DemoFailed on errors and on every refusal."""
        response = await self._http.post(
            "/graphql",
            json={"query": document, "variables": dict(variables or {})},
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        answer = response.json()
        if response.status_code != 200 or answer.get("errors"):
            raise DemoFailed(f"{response.status_code}: {answer}")
        data: dict[str, Any] = answer["data"]
        for name, value in data.items():
            if isinstance(value, dict) and "what" in value:
                raise DemoFailed(f"{name} was refused: {value['what']} {value.get('remedy', '')}")
        return data

    async def upload(self, name: str, body: bytes) -> str:
        """Upload a file and return its id."""
        response = await self._http.post("/files/uploads", files={"file": (name, body)})
        if response.status_code not in (200, 201):
            raise DemoFailed(f"{response.status_code}: {response.text}")
        return str(response.json()["id"])
