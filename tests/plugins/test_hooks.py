"""Every hook is called by the product, with a test that is named after it."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from sos_core import hookspecs
from sos_core.api import Happening, hookimpl
from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.errors import InvalidInput
from sos_core.jobs import enqueue
from sos_core.organizations.commands import create_organization
from sos_core.settings import Settings
from tests.house.test_budgets import ROOT, sources

HOOKS = sorted(
    name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name[:4] == "sos_"
)


class Observer:
    """A plugin that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Happening] = []

    @hookimpl
    def sos_happened(self, happenings: list[Happening]) -> None:
        self.told += happenings


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_called_and_has_a_test_of_its_name(hook: str) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in sources(".py")}
    product = [text for path, text in texts.items() if path.is_relative_to(ROOT / "sos_core")]
    assert any(f".hook.{hook}(" in text for text in product)
    assert any(f"def test_hook_{hook}_" in text for text in texts.values())


def test_hook_sos_people_formats_lets_the_application_find_the_reader(tmp_path: Path) -> None:
    application = Application(Settings(data_dir=tmp_path))
    assert application.people_format("People.XLSX") is not None
    with pytest.raises(InvalidInput, match="cannot read"):
        application.people_format("people.pdf")
    application.stop()


def test_hook_sos_happened_tells_observers_after_the_commit(
    tmp_path: Path, clock: ManualClock
) -> None:
    observer = Observer()
    application = Application(Settings(data_dir=tmp_path), clock=clock, plugins=[observer])
    application.migrate()
    with application.database.write(None) as session:
        organization_id = create_organization(
            session, name="Acme", language="en", time_zone="UTC", now=clock()
        )
    with application.database.write(organization_id) as session:
        at = clock().isoformat()
        enqueue(session, "results.happened", organization_id, 7, "survey_closed", at)
        assert observer.told == []
    application.jobs.drain(clock())
    assert observer.told == [Happening("survey_closed", organization_id, 7, clock())]
    application.stop()
