"""A plugin with the simplest format of files that people can be read from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sos_core.hookspecs import hookimpl
from sos_core.records import PeoplePage, PersonRecord


class Lines:
    """A format of files with one ``name,address,area,region,team`` a line."""

    name = "lines"
    suffixes = (".txt",)

    def open(self, path: Path, levels: Any) -> LinesSource:
        return LinesSource(path)

    def template(self, levels: Any, language: str, suffix: str) -> bytes:
        return b""


class LinesSource:
    """The people of such a file."""

    name = "lines"

    def __init__(self, path: Path) -> None:
        self.path = path

    def pull(self, cursor: str | None) -> Iterator[PeoplePage]:
        rows = [line.split(",") for line in self.path.read_text().splitlines()]
        yield PeoplePage(
            [
                PersonRecord(name, email, memberships=(tuple(unit),), row=number)
                for number, (name, email, *unit) in enumerate(rows, 1)
            ]
        )


class LinesPlugin:
    """Brings the format."""

    @hookimpl
    def sos_people_formats(self) -> list[Any]:
        return [Lines()]
