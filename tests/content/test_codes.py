"""Every code of an error, a rejection or a notice has its texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from sos_core.content import catalog
from sos_core.content.catalogs import GENERAL_CODES, MESSAGE_KINDS, PLACEHOLDER
from tests.house.test_budgets import ROOT

ERRORS = {
    "Conflict", "ConnectorError", "InvalidInput", "Misconfigured", "NotAllowed", "NotFound",
    "Rejected", "SosError", "TryLater", "Unavailable",
}  # fmt: skip
RECORDS = {"Rejection": "rejection", "Notice": "notice"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield the name of the class and the call, for each error or record made in the product."""
    folders = [ROOT / "sos_core", ROOT / "sos_graphql"]
    for path in (found for folder in folders for found in sorted(folder.rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ERRORS or name in RECORDS:
                    yield name, node


def code_of(name: str, call: ast.Call) -> str | None:
    given = [word.value for word in call.keywords if word.arg == "code"]
    if name in RECORDS:
        given += call.args[:1]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    return None


def test_every_code_in_the_program_has_its_texts() -> None:
    missing = set()
    for name, call in calls():
        code = code_of(name, call)
        if code is not None:
            kind = RECORDS.get(name, "error")
            wanted = {f"{kind}.{code}.what"}
            wanted |= {f"{kind}.{code}.remedy"} if kind == "rejection" else set()
            missing |= wanted - set(catalog("en"))
    assert missing == set()


def test_no_code_means_two_things() -> None:
    """What a row is rejected for is the error of the same code where it is changed by hand."""
    parts = [key.split(".") for key in catalog("en") if key.endswith(".what")]
    codes = [code for kind, code, *_ in parts if kind in MESSAGE_KINDS]
    assert [code for code in codes if codes.count(code) > 1] == []


@pytest.mark.parametrize("code", sorted(GENERAL_CODES))
def test_every_class_of_error_has_its_texts(code: str) -> None:
    assert {f"error.{code}.what", f"error.{code}.remedy"} <= set(catalog("en"))


def test_texts_ask_only_for_values_that_the_error_brings() -> None:
    unfilled = []
    for name, call in calls():
        code = code_of(name, call)
        values = next((word.value for word in call.keywords if word.arg == "values"), None)
        if code is None or name in RECORDS or not isinstance(values, ast.Dict | None):
            continue
        keys = [] if values is None else values.keys
        brought = {key.value for key in keys if isinstance(key, ast.Constant)}
        for part in ("what", "remedy"):
            asked = set(PLACEHOLDER.findall(str(catalog("en").get(f"error.{code}.{part}", ""))))
            if asked - brought:
                unfilled.append(f"error.{code}.{part}: {sorted(asked - brought)}")
    assert unfilled == []
