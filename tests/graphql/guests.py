"""A host's site beside the world: an embedding, a key of its server, and guests with its tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sos_graphql import documents
from tests.graphql.conftest import World

ORIGIN = "https://intranet.example"
CREATE_KEY = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
  ... on NewApiKey { token key { id hint scopes works } } ... on Problem { code } } }"""
CREATE = """mutation ($input: CreateEmbeddingInput!) { createEmbedding(input: $input) { __typename
  ... on Embedding { id origins widgets surveyId unitId mintedCount } ... on Problem { code } } }"""
MINT = """mutation ($input: MintGuestTokenInput!) { mintGuestToken(input: $input) { __typename
  ... on GuestToken { token expiresAt } ... on Problem { code } } }"""
AREAS = """query Areas($survey: ID, $unit: ID) { survey(id: $survey) { id title previous { id }
  responseRate { __typename ... on Problem { code } }
  results(unit: $unit) { __typename ... on UnitResults { unitId name overall { value }
    breadcrumb { name visible overall } children { name }
    comments { __typename ... on Problem { code } } } ... on Problem { code } } } }"""
DIGEST = hashlib.sha256(AREAS.encode()).hexdigest()


@dataclass
class HostSite:
    """The site; ``key`` is what its server asks with."""

    world: World
    embedding: str
    key: str
    survey: str
    unit: str

    def mint(self, **more: Any) -> dict[str, Any]:
        """Return what comes of minting a token for the unit; ``more`` stands for its parts."""
        usual = {
            "embedding": self.embedding,
            "survey": self.survey,
            "unit": self.unit,
            "widgets": ["AREAS"],
            "language": "en",
            "origin": ORIGIN,
        }
        self.world.tokens["key"] = self.key
        found: dict[str, Any] = self.world.data("key", MINT, {"input": {**usual, **more}})
        return dict(found["mintGuestToken"])

    def ask(self, token: str, body: Any = None, /, **headers: str) -> httpx.Response:
        """Ask as a guest, by default for the areas of the token's own unit."""
        named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}}
        given = {"Authorization": f"Bearer {token}", "Origin": ORIGIN, **headers}
        return self.world.send(
            "POST",
            "/graphql",
            json=named if body is None else body,
            headers={name: value for name, value in given.items() if value},
        )

    def results(self, token: str, **variables: Any) -> Any:
        """Return what a guest gets of a survey."""
        named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}}
        answer = self.ask(token, {**named, "variables": variables}).json()
        assert "errors" not in answer, answer
        return answer["data"]["survey"]


def make_key(world: World, *scopes: str, role: str = "admin") -> str:
    """Create a key as an administrator, and return it."""
    given = {"name": "Payroll", "scopes": list(scopes)}
    made = world.data(role, CREATE_KEY, {"input": given})["createApiKey"]
    return str(made["token"])


@pytest.fixture
def host(world: World, published: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostSite]:
    """Return a site that may show the areas of the survey, whose document is the only stored one."""
    monkeypatch.setattr(documents, "stored_documents", lambda: {DIGEST: AREAS})
    documents.guest_documents.cache_clear()
    given = {"name": "Intranet", "origins": [ORIGIN], "widgets": ["AREAS", "SUMMARY"]}
    made = world.data("admin", CREATE, {"input": given})["createEmbedding"]
    key = make_key(world, "GUESTS_MINT")
    yield HostSite(world, made["id"], key, published, world.unit("Alpha"))
    documents.guest_documents.cache_clear()
