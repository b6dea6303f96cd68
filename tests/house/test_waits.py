"""Tests wait for what they want to see: never for a time, and never by a wait that fails by chance."""

from __future__ import annotations

import re

import pytest

from tests.house.test_budgets import ROOT, sources

BY_CHANCE = {
    # Makes code of text at each look but the first, which a content security policy forbids.
    "wait_for_function": re.compile(r"\.wait_for_function\("),
    "wait_for_timeout": re.compile(r"\.wait_for_timeout\("),
}


def found(text: str) -> list[str]:
    return [what for what, pattern in BY_CHANCE.items() if pattern.search(text)]


def test_no_test_waits_by_chance() -> None:
    tests = [p for p in sources(".py") if "tests" in p.relative_to(ROOT).parts]
    tests.remove(ROOT / "tests/house/test_waits.py")
    assert len(tests) > 100
    assert [(path, found(text)) for path in tests if found(text := path.read_text("utf-8"))] == []


@pytest.mark.parametrize("line", ["page.wait_for_function('true')", "page.wait_for_timeout(10)"])
def test_the_search_finds_what_it_is_for(line: str) -> None:
    assert found(line)
