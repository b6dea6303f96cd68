"""Cells of tables that people open in a spreadsheet: none is ever run as a formula."""

from __future__ import annotations

TRIGGERS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of texts that a spreadsheet takes for formulas."""


def defused(text: str) -> str:
    """Return a text for CSV: what a spreadsheet would run begins with an apostrophe."""
    return f"'{text}" if text.startswith(TRIGGERS) else text
