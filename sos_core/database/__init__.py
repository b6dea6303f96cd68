"""The database: engine, sessions bound to one organization, the write gate, and migrations."""

from sos_core.database.base import (
    GLOBAL_TABLES,
    Base,
    OfOrganization,
    Owned,
    owned_reference,
)
from sos_core.database.database import Database
from sos_core.database.types import Json, UtcDateTime

__all__ = [
    "GLOBAL_TABLES",
    "Base",
    "Database",
    "Json",
    "OfOrganization",
    "Owned",
    "UtcDateTime",
    "owned_reference",
]
