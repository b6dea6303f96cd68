"""The people of the demonstration, drawn from a fixed seed, and the workbook that HR would send.

python -m sos_graphql.demo.people examples/demo-people.xlsx
"""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sos_graphql.demo.companies import NORDVIK, SOLMARK, Company
from sos_graphql.demo.names import FAMILY_NAME_FIRST, NAMES

SEED = 2026
BEFORE_UNIT = ("Employee ID", "Name", "E-mail")
AFTER_UNIT = ("Language", "User type", "Manager e-mail", "Leads")
Regions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Business area to region to the languages spoken there, the leaders' first."""
REGIONS: Regions = {
    "Industry": {
        "Nordics": ("sv", "nb"),
        "East Africa": ("sw", "en"),
        "Greater China": ("zh-Hans",),
    },
    "Energy": {"Nordics": ("nb", "sv"), "East Africa": ("sw",), "Greater China": ("zh-Hans", "en")},
    "Services": {
        "Nordics": ("sv", "en"),
        "East Africa": ("en", "sw"),
        "Greater China": ("zh-Hans",),
    },
}
TEAMS = (
    "Key Accounts",
    "New Business",
    "Channel Partners",
    "Field Sales",
    "Inside Sales",
    "Aftermarket",
)
SHOPS = {"Norge": ("nb", ("Bergen", "Tromsø")), "Sverige": ("sv", ("Malmö",))}
LANGUAGE_NAMES = {
    "sv": "Svenska",
    "nb": "Norsk",
    "en": "English",
    "zh-Hans": "中文",
    "sw": "Kiswahili",
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One row of the workbook; ``unit`` holds the names from the top level down."""

    employee_id: str
    name: str
    email: str
    unit: tuple[str, ...]
    language: str
    user_type: str
    manager_email: str
    leads: bool

    def cells(self, depth: int = 3) -> tuple[str, ...]:
        """Return the row of a workbook whose tree has ``depth`` levels."""
        levels = (*self.unit, *[""] * depth)[:depth]
        return (
            self.employee_id,
            self.name,
            self.email,
            *levels,
            LANGUAGE_NAMES[self.language],
            self.user_type,
            self.manager_email,
            "yes" if self.leads else "",
        )


class Cast:
    """Draws people with unique addresses."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.chance = random.Random(SEED)  # noqa: S311 - a fixed cast, not a secret
        self.people: list[DemoPerson] = []
        self._taken: set[str] = set()

    def add(
        self,
        unit: tuple[str, ...],
        language: str,
        manager: str,
        *,
        leads: bool = False,
        user_type: str = "participant",
    ) -> DemoPerson:
        """Draw one more person and return them."""
        number = len(self.people) + 1
        first, last = (self.chance.choice(part) for part in NAMES[language])
        name = f"{last}{first}" if language in FAMILY_NAME_FIRST else f"{first} {last}"
        person = DemoPerson(
            employee_id=str(10_000 + number),
            name=name,
            email=self._address(first, last, number),
            unit=unit,
            language=language,
            user_type=user_type,
            manager_email=manager,
            leads=leads,
        )
        self.people.append(person)
        return person

    def _address(self, first: str, last: str, number: int) -> str:
        plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower())
        plain = plain.replace("ø", "o").replace("æ", "ae").encode("ascii", "ignore").decode()
        local = plain if plain.strip(".") else f"sales{number}"
        if local in self._taken:
            local = f"{local}{number}"
        self._taken.add(local)
        return f"{local}@{self.company.domain}"


def cast(areas: Regions = REGIONS) -> list[DemoPerson]:
    """Return everybody: leaders and staff on every level, five or six teams a region; 48 in all."""
    drawn = Cast(NORDVIK)
    for area_number, (area, regions) in enumerate(areas.items()):
        head = drawn.add((area,), "sv" if area != "Energy" else "nb", "", leads=True)
        for _ in range(drawn.chance.randint(5, 7)):
            drawn.add((area,), drawn.chance.choice(["sv", "en", "nb"]), head.email)
        for region_number, (region, languages) in enumerate(regions.items()):
            _add_region(drawn, (area, region), languages, head.email, area_number + region_number)
    drawn.add((list(areas)[-1],), "en", "", user_type="viewer")
    return drawn.people


def neighbors() -> list[DemoPerson]:
    """Return everybody of the small organization: three shops in two countries, and a head office."""
    drawn = Cast(SOLMARK)
    for country, (language, shops) in SHOPS.items():
        head = drawn.add((country,), language, "", leads=True)
        for shop in shops:
            boss = drawn.add((country, shop), language, head.email, leads=True)
            for _ in range(7):
                drawn.add((country, shop), language, boss.email)
    return drawn.people


def _add_region(
    drawn: Cast, unit: tuple[str, ...], languages: tuple[str, ...], above: str, turn: int
) -> None:
    """Add a region's leader, its staff, and five or six teams."""
    leader = drawn.add(unit, languages[0], above, leads=True)
    for _ in range(drawn.chance.randint(4, 5)):
        drawn.add(unit, drawn.chance.choice(languages), leader.email)
    teams = 6 if turn % 3 == 0 else 5
    for name in TEAMS[:teams]:
        team = (*unit, f"{name} {unit[1]}")
        boss = drawn.add(team, languages[0], leader.email, leads=True)
        for _ in range(drawn.chance.randint(6, 7)):
            drawn.add(team, drawn.chance.choice(languages), boss.email)


def workbook(people: Iterable[DemoPerson], company: Company = NORDVIK) -> bytes:
    """Return the people as an .xlsx file, as an HR system would export it."""
    from io import BytesIO

    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    sheet.freeze_panes = "A2"
    depth = len(company.levels)
    widths = (12, 26, 34, *[16] * (depth - 1), 42, 12, 13, 34, 8)
    for letter, width in zip("ABCDEFGHIJ", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    from openpyxl.cell import WriteOnlyCell

    heads = (*BEFORE_UNIT, *company.levels, *AFTER_UNIT)
    header = [WriteOnlyCell(sheet, value=title) for title in heads]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for person in people:
        sheet.append(person.cells(depth))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(workbook(cast()))
