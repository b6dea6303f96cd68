"""An account, a vault, an embedding, and a program that may mint guest tokens for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sos_core.access.api_keys import create_api_key
from sos_core.access.continuation import Holder
from sos_core.access.embeddings import EmbeddingSettings, create_embedding
from sos_core.access.guest_tokens import GuestRequest, mint_guest_token
from sos_core.clock import ManualClock
from sos_core.database import Database
from sos_core.organizations.commands import create_organization
from sos_core.organizations.key_ring import KeyFile
from sos_core.organizations.secrets import Vault
from tests.access.making import make_account

ISSUER = "https://sos.example"
ORIGIN = "https://intranet.example"
WIDGETS = ("sos-areas", "sos-summary")


@dataclass
class Host:
    """Somebody's site with an embedding, and a key of its server."""

    database: Database
    vault: Vault
    clock: ManualClock
    organization_id: int
    embedding_id: int
    key_id: int

    def mint(self, **more: object) -> str:
        """Return a guest token; ``more`` stands for parts of the request."""
        usual = {
            "embedding_id": self.embedding_id,
            "survey_id": 7,
            "unit_id": None,
            "widgets": ("sos-areas",),
            "language": "sv",
            "origin": ORIGIN,
        }
        wanted = GuestRequest(**{**usual, **more})
        with self.database.write(self.organization_id) as session:
            return mint_guest_token(
                session,
                self.vault,
                wanted,
                issuer=ISSUER,
                key_id=self.key_id,
                now=self.clock(),
            ).token


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(KeyFile(tmp_path / "encryption.key"))


@pytest.fixture
def ada(database: Database, organization_id: int, clock: ManualClock) -> Holder:
    """Return an administrator with a password."""
    return make_account(database, organization_id, clock, "ada", administrator=True)


@pytest.fixture
def make_host(vault: Vault, clock: ManualClock) -> Callable[..., Host]:
    """Return a function that makes a host of an organization."""

    def make(database: Database, organization_id: int, **more: object) -> Host:
        usual = {"name": "Intranet", "origins": [ORIGIN], "widgets": WIDGETS, **more}
        with database.write(organization_id) as session:
            number = create_embedding(
                session, EmbeddingSettings(**usual), actor="account:1", now=clock()
            )
            key = create_api_key(
                session, name="Host", scopes=["guests:mint"], actor="account:1", now=clock()
            )
        return Host(database, vault, clock, organization_id, number, key.id)

    return make


@pytest.fixture
def host(database: Database, organization_id: int, make_host: Callable[..., Host]) -> Host:
    return make_host(database, organization_id)


@pytest.fixture
def sqlite_host(
    sqlite_database: Database, clock: ManualClock, make_host: Callable[..., Host]
) -> Host:
    with sqlite_database.write(None) as session:
        number = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=clock()
        )
    return make_host(sqlite_database, number)
