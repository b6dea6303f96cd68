"""Every hook of SOS. A hook returns a list, so that one plugin can bring several things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from sos_core.records import BenchmarkEdition, Happening, PeopleFileFormat, SignInProvider

hookspec = pluggy.HookspecMarker("sos")
hookimpl = pluggy.HookimplMarker("sos")


@hookspec
def sos_people_formats() -> list[PeopleFileFormat]:  # type: ignore[empty-body]
    """Return the kinds of file that people can be imported from; called once at start."""


@hookspec
def sos_benchmark_sources() -> list[BenchmarkEdition]:  # type: ignore[empty-body]
    """Return the benchmark editions that the plugin brings; called when benchmarks are refreshed."""


@hookspec
def sos_happened(happenings: list[Happening]) -> None:
    """Observe what has happened; called by a job after the cause was committed, perhaps twice."""


@hookspec
def sos_sign_in() -> list[SignInProvider]:  # type: ignore[empty-body]
    """Return the systems through which people may sign in; called once at start."""
