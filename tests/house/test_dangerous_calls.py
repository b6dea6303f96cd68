"""Calls that must not stand in the product: weak hashes, guessable numbers, code made of text."""

from __future__ import annotations

import re

import pytest

from tests.house.test_budgets import ROOT, sources

DANGEROUS = {
    "a weak hash": re.compile(r"\b(md5|sha1)\b", re.IGNORECASE),
    "a cipher without authentication": re.compile(r"\bmodes\.(ECB|CBC|CTR)\b|\bPKCS1v15\b"),
    "code made of text": re.compile(r"(?<![\w.])(eval|exec|compile)\("),
    "objects made of bytes": re.compile(
        r"^\s*(import|from) (pickle|marshal|shelve|yaml)\b", re.MULTILINE
    ),
    "a shell": re.compile(r"shell=True|\bos\.(system|popen)\("),
    "an unchecked certificate": re.compile(r"CERT_NONE|_create_unverified|verify=False"),
    "guessable numbers": re.compile(r"^\s*(import random|from random import)\b", re.MULTILINE),
}
ALLOWED = {
    # Waits are spread and a demonstration is invented: nobody gains by guessing either.
    ("guessable numbers", "sos_core/jobs/broker.py"),
    ("guessable numbers", "sos_core/jobs/leases.py"),
    ("guessable numbers", "sos_core/benchmarks/built_in.py"),
    ("guessable numbers", "sos_graphql/demo/people.py"),
    ("guessable numbers", "sos_graphql/demo/respondents.py"),
    # Rows from the reading process, which is our own: data without code.
    ("objects made of bytes", "plugins/excel/sos_excel/gateway.py"),
    ("objects made of bytes", "plugins/excel/sos_excel/reader.py"),
}


def found() -> set[tuple[str, str]]:
    product = [
        path.relative_to(ROOT).as_posix()
        for path in sources(".py")
        if path.relative_to(ROOT).parts[0] in {"sos_core", "sos_graphql", "plugins"}
        and "tests" not in path.relative_to(ROOT).parts
    ]
    assert len(product) > 100
    return {
        (what, name)
        for name in product
        for what, pattern in DANGEROUS.items()
        if pattern.search((ROOT / name).read_text(encoding="utf-8"))
    }


def test_no_dangerous_call_stands_in_the_product() -> None:
    assert found() == ALLOWED


@pytest.mark.parametrize(
    "line",
    [
        "hashlib.md5(b'')",
        "modes.ECB()",
        "eval(text)",
        "    import pickle",
        "run(command, shell=True)",
        "context.verify_mode = ssl.CERT_NONE",
        "from random import choice",
    ],
)
def test_the_search_finds_what_it_is_for(line: str) -> None:
    assert [what for what, pattern in DANGEROUS.items() if pattern.search(line)]
