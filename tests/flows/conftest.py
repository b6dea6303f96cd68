"""Fixtures of the flows: a small demonstration, built on the real roads and served for real."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from sos_core.application import Application
from sos_core.clock import ManualClock
from sos_core.clock import now as time_of_day
from sos_graphql.demo.build import build
from sos_graphql.demo.people import DemoPerson, Regions, cast, workbook
from sos_graphql.demo.scenario import Scenario
from sos_graphql.demo.sign_ins import save_sign_ins
from tests.embed.conftest import axe, expected_faults, open_page, page
from tests.flows.house import House, built

__all__ = ["axe", "expected_faults", "open_page", "page"]
REGIONS: Regions = {"Industry": {"Nordics": ("sv", "nb", "en"), "Overseas": ("sw", "zh-Hans")}}
TEAMS = ("Key Accounts", "New Business", "Field Sales")


def small_cast() -> list[DemoPerson]:
    """Return some sixty people: a business area, two regions and three teams in each."""
    return [
        person
        for person in cast(REGIONS)
        if len(person.unit) < 3 or person.unit[-1].startswith(TEAMS)
    ]


@pytest.fixture(scope="session")
def people() -> list[DemoPerson]:
    """Return who is in the small demonstration."""
    return small_cast()


@pytest.fixture(scope="session")
def demo(people: list[DemoPerson], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Serve the small demonstration: two surveys published, one open since three days.

    Tests share it, so they leave its clock alone and answer each as somebody else.
    """
    # Today, as everywhere else in this house the clock of browsers and of `sos token` is the real one.
    now = time_of_day()
    folder, clock = tmp_path_factory.mktemp("demo"), ManualClock(now)
    scenario = Scenario(people, workbook(people), started_days_ago=(75, 38, 3), days_open=4)
    sign_ins = []

    def fill(application: Application) -> None:
        told: list[str] = []
        sign_ins.extend(
            asyncio.run(
                build(
                    application,
                    clock,
                    now=now,
                    tell=lambda what, _done, _of: told.append(what),
                    scenario=scenario,
                )
            )
        )
        save_sign_ins(folder, sign_ins)

    with built(folder, clock, fill) as house:
        house.passwords = {account.role: (account.email, account.password) for account in sign_ins}
        yield house
