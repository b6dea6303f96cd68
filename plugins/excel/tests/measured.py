"""Reads files in confined processes, and tells what each came to and what memory they had at most.

Run as a program, files as arguments: a process counts as the memory of its children what it had
itself when it made them, so that only a small one, made for nothing else, can measure theirs.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from sos_excel.gateway import ExcelFormat
from sos_excel.settings import ExcelSettings

from sos_core.api import InvalidInput

LEVELS = ("business_area", "region", "team")


def outcome(excel: ExcelFormat, path: Path) -> list[str] | int:
    """Return how many people are in a file, or code and remedy of the refusal."""
    try:
        return sum(len(page.records) for page in excel.open(path, LEVELS).pull(None))
    except InvalidInput as error:
        return [error.code, error.remedy]


def main(paths: list[Path]) -> None:
    """Print the outcomes and the highest memory of any reading process, in bytes, as JSON."""
    excel = ExcelFormat(ExcelSettings())
    outcomes = [outcome(excel, path) for path in paths]
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    json.dump({"outcomes": outcomes, "memory": most}, sys.stdout)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
