"""Words that must not stand in the project: other names for our terms, and unfinished work."""

from __future__ import annotations

import re

from tests.house.test_budgets import ROOT, sources

UNFINISHED = re.compile(r"\b(TODO|FIXME|NotImplementedError)\b")
FOREIGN_TERMS = re.compile(r"\b(tenant_id|wave_id|wave=)")


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(".py", ".ts", ".js", ".mjs")
        if path.name != "test_words.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line) or FOREIGN_TERMS.search(line)
    ]
    assert found == []
