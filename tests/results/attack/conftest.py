"""Installations under attack, each built once a module: whoever looks at one changes nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from sos_core.clock import ManualClock
from tests.conftest import START
from tests.results.attack.installation import Installation

Build = Callable[..., Installation]


@pytest.fixture(scope="module")
def build(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Return what builds an installation from a seed, or gives the one that was built before."""
    made: dict[tuple[int, int], Installation] = {}
    with start_blocking_portal() as portal:

        def go(seed: int, *, mood: int = 0) -> Installation:
            if (seed, mood) not in made:
                folder = tmp_path_factory.mktemp("attack") / "data"
                clock = ManualClock(START)
                made[seed, mood] = Installation.build(
                    seed, folder, sqlite_template, clock, portal, mood=mood
                )
            made[seed, mood].serve()
            return made[seed, mood]

        yield go
        for each in made.values():
            each.stop()
