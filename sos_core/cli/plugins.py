"""`sos plugins`: which plugins are installed, what each does, and which one does not load."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

import typer

from sos_core.cli.failures import ATTENTION
from sos_core.cli.output import print_table


@dataclass(frozen=True, slots=True)
class Installed:
    """One plugin: its version, and the hooks that it implements or why it does not load."""

    name: str
    version: str
    hooks: tuple[str, ...]
    fault: str = ""


def run() -> None:
    """List the installed plugins and their hooks; exit with 3 where one cannot be loaded."""
    found = list(installed())
    print_table(
        ["Plugin", "Version", "Hooks"],
        [(one.name, one.version, one.fault or ", ".join(one.hooks)) for one in found],
    )
    if any(one.fault for one in found):
        raise typer.Exit(ATTENTION)


def installed() -> Iterator[Installed]:
    """Yield the built-in plugins, then those that were installed beside SOS."""
    from sos_core import __version__
    from sos_core.plugins import BUILT_IN, ENTRY_POINT_GROUP

    for name in BUILT_IN:
        yield Installed("built in", __version__, hooks_of(importlib.import_module(name)))
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        yield _loaded(point)


def hooks_of(plugin: object) -> tuple[str, ...]:
    """Return the names of the hooks that a plugin's module implements."""
    from sos_core import hookspecs

    known = {name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction)}
    return tuple(sorted(known & set(dir(plugin))))


def _loaded(point: EntryPoint) -> Installed:
    version = point.dist.version if point.dist else "?"
    try:
        return Installed(point.name, version, hooks_of(point.load()))
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises while it is imported
        fault = f"cannot be loaded ({type(error).__name__}): update or uninstall it."
        return Installed(point.name, version, (), fault)
