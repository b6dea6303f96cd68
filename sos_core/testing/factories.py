"""Made-up people and organizations for tests."""

from __future__ import annotations

from typing import Any

from sos_core.api import PersonRecord

LEVELS = ("business_area", "region", "team")
LANGUAGES = ("en", "sv", "nb", "zh-Hans", "sw")
NAMES = ("Asha Mushi", "Åsa Öberg", "Kåre Sæther", "王小明", "José Ñúñez", "ליאור כהן", "سارة حداد")


def person_record(number: int = 1, **said: Any) -> PersonRecord:
    """Return a person who differs by ``number``; ``said`` replaces single fields."""
    team = ("Industry", f"Region {number % 3 + 1}", f"Team {number % 9 + 1}")
    fields: dict[str, Any] = {
        "name": f"{NAMES[number % len(NAMES)]} {number}",
        "email": f"person{number}@company.example",
        "employee_id": f"{number:06d}",
        "language": LANGUAGES[number % len(LANGUAGES)],
        "user_type": "viewer" if number % 10 == 0 else "participant",
        "manager_email": f"manager{number % 9 + 1}@company.example",
        "memberships": (team,),
        "leads": (team,) if number % 9 == 4 else (),
    }
    return PersonRecord(**{**fields, **said})


def sales_organization(count: int) -> list[PersonRecord]:
    """Return ``count`` people in nine teams of three regions, some of them leading their team."""
    return [person_record(number) for number in range(1, count + 1)]
