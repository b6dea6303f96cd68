"""What the demonstration builds: organizations, the workbooks of their people, and when they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sos_graphql.demo.companies import NORDVIK, SOLMARK, Company
from sos_graphql.demo.people import DemoPerson, neighbors
from sos_graphql.demo.people import workbook as workbook_of

WORKBOOK = "demo-people.xlsx"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who takes part and when surveys began, oldest first; one that has not ended is open."""

    people: Sequence[DemoPerson]
    workbook: bytes
    started_days_ago: tuple[int, ...] = (372, 190, 5)
    days_open: int = 14
    company: Company = NORDVIK


def neighbor_scenario() -> Scenario:
    """Return the small organization beside, with one survey that was published."""
    people = neighbors()
    return Scenario(people, workbook_of(people, SOLMARK), (60,), company=SOLMARK)


def workbook() -> bytes:
    """Return the workbook that HR sent: the one in ``examples``, which a wheel carries too."""
    packaged = files("sos_graphql.demo").joinpath(WORKBOOK)
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).resolve().parents[2] / "examples" / WORKBOOK).read_bytes()
