"""Everybody who may ask, before the real application on a loopback port, with an ear for its faults."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from sos_core.database import Database
from tests.access_policy.cast import Cast, assemble
from tests.conftest import SUPERUSER, as_role
from tests.embed.serving import serve, toolchain
from tests.hostile.fingerprint import Fingerprint, fingerprint
from tests.hostile.wire import Wire

FOREIGN_MARKS = ("Zephyr", "Elsewhere")
"""What only the other organization's things are called."""
COUNTED = re.compile(r"^sos_unexpected_errors_total\{.*\} ([\d.]+)$", re.MULTILINE)


@dataclass
class Stage:
    """The cast, the address where the application is served, and the whole database behind it."""

    cast: Cast
    wire: Wire
    whole: Database
    alarms: list[str] = field(default_factory=list)

    def fingerprint(self, whose: int | None = None) -> Fingerprint:
        """Return the digest of each table: of everything, or of one organization's rows."""
        return fingerprint(self.whole, whose)

    def headers(self, role: str) -> dict[str, str]:
        """Return what a role sends with every request."""
        return self.cast.headers(role)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note in ``alarms`` every error that is logged, and that is counted, while the block runs."""
        heard, before = _Ear(self.alarms), self._counted()
        processors = structlog.get_config()["processors"]
        kept = processors[:]
        processors[:] = [heard.take]
        root = logging.getLogger()
        root.addHandler(heard)
        try:
            yield
        finally:
            root.removeHandler(heard)
            processors[:] = kept
            if self._counted() > before:
                self.alarms.append(f"{self._counted() - before:.0f} unexpected errors were counted")

    def told(self) -> list[str]:
        """Return what was noted since it was asked last."""
        heard, self.alarms[:] = list(self.alarms), []
        return heard

    def _counted(self) -> float:
        told = self.cast.application.telemetry.render().decode()
        return sum(float(number) for number in COUNTED.findall(told))


class _Ear(logging.Handler):
    """Notes what is logged as an error, and drops everything else, so that logs stay short."""

    def __init__(self, alarms: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.alarms = alarms

    def emit(self, record: logging.LogRecord) -> None:
        """Note a line of the standard library's logs."""
        self.alarms.append(f"{record.name}: {record.getMessage()} {record.exc_info or ''}")

    def take(self, _logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        """Note a line of our own logs."""
        if method in ("error", "exception", "critical"):
            self.alarms.append(repr(dict(event)))
        raise structlog.DropEvent


def stage(folder: Path, url: str, stack: ExitStack) -> Stage:
    """Return the stage on a migrated database; ``stack`` closes it."""
    toolchain.build()  # guests run the widgets' documents
    cast = assemble(folder, url, stack)
    address = stack.enter_context(serve(cast.app))
    whole = Database(as_role(url, SUPERUSER))
    stack.callback(whole.close)
    host, _, port = address.removeprefix("http://").partition(":")
    wire = Wire(host, int(port))
    stack.callback(wire.close)
    mark_foreign(cast)
    return Stage(cast, wire, whole)


def mark_foreign(cast: Cast) -> None:
    """Give a person of the other organization a name that nobody else has."""
    renamed = cast.do(
        "changePerson", {"id": cast.id("Person", mine=False), "name": "Zephyr Person"}, "foreign"
    )
    assert renamed["name"] == "Zephyr Person", renamed
