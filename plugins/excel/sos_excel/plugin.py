"""What this plugin brings to SOS: hook implementations, and nothing else."""

from __future__ import annotations

from sos_core.api import PeopleFileFormat, hookimpl
from sos_excel.gateway import ExcelFormat
from sos_excel.settings import ExcelSettings


@hookimpl
def sos_people_formats() -> list[PeopleFileFormat]:
    """Return the one format of this plugin, with its default limits."""
    return [ExcelFormat(ExcelSettings())]
