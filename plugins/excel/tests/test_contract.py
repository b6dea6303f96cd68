from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sos_excel.plugin import sos_people_formats

from sos_core.api import PeopleFileFormat, PersonRecord
from sos_core.testing import PeopleFormatContract

HEADINGS = ("Name", "Email", "Employee ID", "Language", "User type", "Manager email", "Leads")


class TestExcel(PeopleFormatContract):
    def people_format(self) -> PeopleFileFormat:
        (people_format,) = sos_people_formats()
        return people_format

    def write(self, path: Path, people: Sequence[PersonRecord], levels: Sequence[str]) -> None:
        rows = [(*levels, *HEADINGS), *(row_of(person) for person in people)]
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            return
        import openpyxl

        workbook = openpyxl.Workbook(write_only=True)
        sheet: Any = workbook.create_sheet("People")
        for row in rows:
            sheet.append(row)
        workbook.save(path)


def row_of(person: PersonRecord) -> tuple[str | None, ...]:
    return (
        *person.memberships[0],
        person.name,
        person.email,
        person.employee_id,
        person.language,
        person.user_type,
        person.manager_email,
        "yes" if person.leads else "no",
    )
