"""Every expected failure, sorted by what to do next.

    SosError
    ├── InvalidInput        correct the input and send it again
    ├── NotAllowed          ask somebody with the right to it
    ├── NotFound            look for it elsewhere; foreign and missing things look alike
    ├── Conflict            somebody was first: reload, then decide again
    ├── Unavailable         the system is busy or not ready: the same call works later
    └── ConnectorError      the other system did not do what was asked
        ├── Misconfigured   an administrator mends the settings of the connection
        ├── Rejected        this record is refused for good; mend the record
        └── TryLater        the other system is busy or away: try again after a while

Each error has a stable ``code`` (the key of its translations in ``sos_core/content``), ``what`` went
wrong in a sentence for a sales manager, a ``remedy`` as the next step, and ``values`` that fill both.
"""

from __future__ import annotations

from collections.abc import Mapping


class SosError(Exception):
    """An expected failure: ``str(error)`` is what went wrong and what to do, in English."""

    code = "error"

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        code: str | None = None,
        field: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self.values = {key: str(value) for key, value in (values or {}).items()}
        self.what = what.format_map(self.values) if self.values else what
        self.remedy = remedy.format_map(self.values) if self.values else remedy
        self.field = field
        if code is not None:
            self.code = code
        super().__init__(f"{self.what} {self.remedy}".strip())


class InvalidInput(SosError):
    """The input cannot be used; ``field`` names the part that is wrong."""

    code = "invalid_input"


class NotAllowed(SosError):
    """The caller has no right to this."""

    code = "not_allowed"


class NotFound(SosError):
    """No such thing, or none that the caller may know of."""

    code = "not_found"


class Conflict(SosError):
    """The state has changed since the caller looked at it."""

    code = "conflict"


class Unavailable(SosError):
    """The system cannot do this now; ``retry_after`` is the wait in seconds."""

    code = "unavailable"

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        retry_after: float = 1.0,
        code: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what, remedy, code=code, values=values)
        self.retry_after = retry_after


class ConnectorError(SosError):
    """Another system (directory, CRM, mail server) did not do what was asked."""

    code = "connector_error"


class Misconfigured(ConnectorError):
    """The settings of the connection are wrong; retrying is useless until somebody mends them."""

    code = "misconfigured"


class Rejected(ConnectorError):
    """The other system refuses this record for good."""

    code = "rejected"


class TryLater(ConnectorError):
    """The other system is busy or away; ``after`` is the wait in seconds that it asked for."""

    code = "try_later"

    def __init__(
        self,
        what: str,
        remedy: str = "",
        *,
        after: float = 60.0,
        code: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what, remedy, code=code, values=values)
        self.after = after
