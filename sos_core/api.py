"""The only module that plugins import: records, protocols, errors and the hook marker."""

from sos_core.errors import (
    Conflict,
    ConnectorError,
    InvalidInput,
    Misconfigured,
    NotAllowed,
    NotFound,
    Rejected,
    SosError,
    TryLater,
    Unavailable,
)
from sos_core.hookspecs import hookimpl
from sos_core.records import (
    BenchmarkEdition,
    Happening,
    Notice,
    PeopleFileFormat,
    PeoplePage,
    PeopleSource,
    PersonRecord,
    Rejection,
    SelectivePages,
    UnitPath,
    UserType,
)

__all__ = [
    "BenchmarkEdition",
    "Conflict",
    "ConnectorError",
    "Happening",
    "InvalidInput",
    "Misconfigured",
    "NotAllowed",
    "NotFound",
    "Notice",
    "PeopleFileFormat",
    "PeoplePage",
    "PeopleSource",
    "PersonRecord",
    "Rejected",
    "Rejection",
    "SelectivePages",
    "SosError",
    "TryLater",
    "Unavailable",
    "UnitPath",
    "UserType",
    "hookimpl",
]
