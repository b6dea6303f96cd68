"""The checklist of ASVS 5.0, levels 1 and 2, is whole, and what it and docs/security.md name exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.house.test_budgets import ROOT

CHECKLIST = ROOT / "docs" / "asvs.md"
SECURITY = ROOT / "docs" / "security.md"
IDS = ROOT / "tests" / "house" / "asvs_5_0_ids.txt"
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
TEST = re.compile(r"`((?:tests|plugins)/[\w/]+\.py)::(test_\w+)`")
SECTION = re.compile(r"\]\(security\.md#([\w-]+)\)")
STATES = {"met", "in part", "not met", "operator", "does not apply"}
LEAST_REASON = 12
"""How many characters a reason has at least: a word alone explains nothing."""


def lines() -> list[tuple[str, str, str, str]]:
    """Return the lines of the checklist: id, state, words, what shows it."""
    found = LINE.findall(CHECKLIST.read_text(encoding="utf-8"))
    return [(each[0], each[1].strip(), each[2].strip(), each[3].strip()) for each in found]


@cache
def functions(name: str) -> frozenset[str]:
    """Return the functions of a test file, none where there is no such file."""
    path = ROOT / name
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def sections() -> set[str]:
    """Return the anchors of the sections of docs/security.md."""
    headings = re.findall(r"^##+ (.+)$", SECURITY.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_requirement_has_one_line_and_no_other_has_one() -> None:
    wanted = IDS.read_text(encoding="utf-8").split()
    assert len(wanted) == len(set(wanted)) == 253
    assert [each[0] for each in lines()] == wanted
    rows = re.findall(r"^\| \d", CHECKLIST.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(wanted), "a line has another form than the others"


def test_every_line_names_what_shows_it_or_a_reason() -> None:
    wrong = []
    for number, state, words, shown in lines():
        proved = bool(TEST.search(shown) or SECTION.search(shown))
        reasoned = len(words) >= LEAST_REASON
        good = state in STATES and reasoned and (proved or state != "met")
        if not good or (state in {"does not apply", "operator", "not met"} and shown):
            wrong.append(number)
    assert wrong == []


@pytest.mark.parametrize("path", [CHECKLIST, SECURITY], ids=lambda path: path.name)
def test_every_test_that_is_named_exists(path) -> None:  # type: ignore[no-untyped-def]
    named = TEST.findall(path.read_text(encoding="utf-8"))
    assert len(named) > 40
    assert [pair for pair in named if pair[1] not in functions(pair[0])] == []
    spans = re.findall(r"`[^`\n]*::[^`\n]*`", path.read_text(encoding="utf-8"))
    assert len(spans) == len(named), "a name of a test has another form than the others"


def test_every_section_that_is_named_exists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (CHECKLIST, SECURITY)]
    named = SECTION.findall(texts[0]) + re.findall(r"\]\(#([\w-]+)\)", texts[1])
    assert len(named) > 10
    assert set(named) - sections() == set()


def test_the_summary_counts_the_lines() -> None:
    counted = Counter(state for _, state, _, _ in lines())
    told = re.findall(r"^\| \*([a-z ]+)\* \| (\d+) \|", CHECKLIST.read_text("utf-8"), re.MULTILINE)
    assert {state: int(number) for state, number in told} == counted
