"""The guide for front-end developers names every element, attribute, event and property, and no other."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from graphql import build_schema, parse, validate

from sos_graphql import limits
from tests.house.test_budgets import ROOT
from tests.house.test_documents import FENCE

TEXT = (ROOT / "docs" / "front-end.md").read_text(encoding="utf-8")
SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "embed/src").rglob("*.ts")}
ALL = "\n".join(SOURCES.values())
PRIVATE_EVENTS = {"sos-context-request", "sos-provider-ready"}
"""How elements find their provider: not for hosts."""


def elements() -> set[str]:
    return {path.stem for path in SOURCES if path.name.startswith("sos-")}


def events() -> set[str]:
    sent = re.findall(r"(?:emit|new CustomEvent|new Event)\(\s*'(sos-[a-z-]+)'", ALL)
    return set(sent) - PRIVATE_EVENTS


def test_every_element_has_its_paragraph() -> None:
    assert set(re.findall(r"^### `<(sos-[a-z-]+)>`$", TEXT, re.MULTILINE)) == elements()


def test_every_event_has_its_row() -> None:
    assert set(re.findall(r"^\| `(sos-[a-z-]+)` \|", TEXT, re.MULTILINE)) == events()


def test_every_attribute_of_all_elements_has_its_row_and_is_read() -> None:
    table = TEXT.partition("### Attributes of all elements")[2].partition("\nProperty")[0]
    named = set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
    base = (ROOT / "embed/src/core/element.ts").read_text(encoding="utf-8")
    declared = base.partition("properties: PropertyDeclarations = {")[2].partition("};")[0]
    known = {
        re.sub(r"^headingLevel$", "heading-level", name)
        for name in re.findall(r"^\s+(\w+): (?:text|\{ attribute: ')", declared, re.MULTILINE)
    }
    assert named == known | {"loading"}


def test_every_property_of_the_theme_has_its_row() -> None:
    sheets = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "embed/src").rglob("*.css")
    )
    used = set(re.findall(r"var\((--sos-[a-z0-9-]+)", sheets))
    first = set(re.findall(r"^\| `(--sos-[a-z0-9-]+)`", TEXT, re.MULTILINE))
    assert first | {f"--sos-div-{number}" for number in range(2, 6)} == used


def test_every_part_is_named() -> None:
    sentence = re.search(r"^Parts to style.*$", TEXT, re.MULTILINE)
    assert sentence
    named = set(re.findall(r"`([a-z]+)`", sentence.group().partition(": ")[2]))
    drawn = {
        word
        for quoted in re.findall(r"part=(\"[a-z -]+\"|\$\{[^}]+\})", ALL)
        for words in re.findall(r"[\"']([a-z -]+)[\"']", quoted)
        for word in words.split()
    }
    assert named == drawn


class Tags(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name for name, _ in attrs}))


def test_the_page_of_the_guide_uses_what_there_is() -> None:
    page = next(block for language, block in FENCE.findall(TEXT) if language == "html")
    tags = Tags()
    tags.feed(page)
    ours = [(tag, names) for tag, names in tags.found if tag.startswith("sos-")]
    assert {tag for tag, _ in ours} <= elements()
    assert {"sos-provider", "sos-areas"} <= {tag for tag, _ in ours}
    for _, names in ours:
        for name in names - {"id"}:
            assert f"`{name}`" in TEXT, name


def test_the_documents_of_the_guide_are_valid() -> None:
    schema = build_schema((ROOT / "sos_graphql" / "schema.graphql").read_text(encoding="utf-8"))
    blocks = [block for language, block in FENCE.findall(TEXT) if language == "graphql"]
    assert blocks
    for block in blocks:
        assert validate(schema, parse(block)) == []


def test_the_limits_of_the_guide_are_those_that_hold() -> None:
    held = (
        f"depth {limits.DEPTH}, {limits.ALIASES} aliases, {limits.FIELDS} fields, "
        f"{limits.BODY_BYTES // 1000} kB"
    )
    assert held in TEXT
