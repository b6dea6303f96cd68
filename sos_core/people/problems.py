"""What can be wrong with a record, or worth knowing, in English; translations go by the code."""

from __future__ import annotations

from sos_core.content import message
from sos_core.records import Notice, PersonRecord, Rejection


def rejection(code: str, record: PersonRecord, column: str, **values: str | None) -> Rejection:
    """Return the rejection ``code`` of a record, its sentences filled with ``values``."""
    return rejected(code, record.row, record.sheet, column, **values)


def rejected(
    code: str, row: int | None, sheet: str | None, column: str, **values: str | None
) -> Rejection:
    """Return the rejection ``code`` of the row where something stands."""
    filled = {key: _shorten(value or "") for key, value in values.items()}
    what, remedy = message("en", code, filled, "rejection") or (code, "")
    return Rejection(code, what, remedy, row, column, sheet, filled)


def notice(code: str, row: int | None, sheet: str | None, **values: str) -> Notice:
    """Return the notice ``code`` of the row where something stands."""
    filled = {key: _shorten(value) for key, value in values.items()}
    what, _ = message("en", code, filled, "notice") or (code, "")
    return Notice(code, what, row, sheet, filled)


def _shorten(value: str) -> str:
    """Return a value that is safe to show: printable, of a bearable length."""
    shown = "".join(c if c.isprintable() else " " for c in value[:121])
    return shown if len(shown) <= 120 else f"{shown[:119]}…"
