"""The audit log as a file: CSV for people, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from sos_core.content.cells import defused
from sos_core.organizations.audit_queries import AuditView

COLUMNS = ("sequence", "at", "actor", "verb", "subject", "details")
BYTE_ORDER_MARK = "\ufeff"
"""Excel takes a CSV file for UTF-8 only where it begins so."""


def as_csv(entries: Iterable[AuditView]) -> Iterator[bytes]:
    """Yield the lines of a CSV file in UTF-8, no cell of which is ever run as a formula."""
    yield (BYTE_ORDER_MARK + _line(COLUMNS)).encode()
    for entry in entries:
        said = (entry.actor, entry.verb, entry.subject, _json(entry.details))
        yield _line([str(entry.sequence), entry.at.isoformat(), *map(defused, said)]).encode()


def as_json_lines(entries: Iterable[AuditView]) -> Iterator[bytes]:
    """Yield one JSON object a line, in UTF-8."""
    for entry in entries:
        said = {
            "sequence": entry.sequence,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "verb": entry.verb,
            "subject": entry.subject,
            "details": entry.details,
        }
        yield f"{_json(said)}\n".encode()


def _line(cells: Iterable[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow(cells)
    return file.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
