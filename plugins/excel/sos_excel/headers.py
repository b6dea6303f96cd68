"""Which row holds the headings, and which column means what; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sos_excel.messages import RawNotice, refusal
from sos_excel.vocabulary import (
    LANGUAGES,
    field_names,
    folded,
    level_kinds,
    texts,
    unit_words,
)

BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]|[*:：]")
LONGEST_HEADING = 200
LEVEL = "level:"


@dataclass(frozen=True)
class Layout:
    """Where everything stands in a table: indexes count from 0 within a raw row.

    ``columns`` maps a field (name, email ..., ``level:0`` for the top level) to its index.
    """

    header_index: int
    columns: dict[str, int]
    headings: dict[str, str]
    notices: list[RawNotice] = field(default_factory=list)

    @property
    def level_fields(self) -> list[str]:
        """Return the fields of the levels that the table has, from the top."""
        return sorted(
            (key for key in self.columns if key.startswith(LEVEL)),
            key=lambda key: int(key.removeprefix(LEVEL)),
        )


def find_layout(rows: Sequence[Sequence[object]], levels: Sequence[str]) -> Layout:
    """Return the layout of the first row that has all the headings that are needed.

    Titles and notes above it are passed over. Raises InvalidInput that names what is missing in
    the row that comes nearest, or that no headings were found.
    """
    meanings = heading_meanings(levels)
    nearest: tuple[int, list[str]] = (1, [])
    for index, row in enumerate(rows):
        layout = _read_headings(index, row, meanings, len(levels))
        missing = _missing(layout.columns, levels)
        if not missing:
            return layout
        if len(layout.columns) > nearest[0]:
            nearest = len(layout.columns), missing
    if nearest[1]:
        raise refusal("file_columns_missing", columns=", ".join(nearest[1]))
    raise refusal("file_header_missing")


def heading_meanings(levels: Sequence[str]) -> dict[str, str]:
    """Return every heading, folded, with its field; the organization's own level names go first."""
    kinds = [level_kinds().get(folded(level)) for level in levels]
    meanings = dict(field_names())
    meanings.update((word, f"{LEVEL}{len(levels) - 1}") for word in unit_words())
    if "team" not in kinds and "department" in kinds:
        meanings.update(_words_of("team", kinds.index("department")))
    if "department" not in kinds and "team" in kinds:
        meanings.update(_words_of("department", kinds.index("team")))
    for position, kind in enumerate(kinds):
        if kind is not None and kinds.count(kind) == 1:
            meanings.update(_words_of(kind, position))
    for position, level in enumerate(levels):
        for name in LANGUAGES:
            numbered = str(texts(name)["level_number"]).format(n=position + 1)
            meanings[folded(numbered)] = f"{LEVEL}{position}"
        meanings[folded(level)] = f"{LEVEL}{position}"
    return meanings


def _words_of(kind: str, position: int) -> list[tuple[str, str]]:
    return [(word, f"{LEVEL}{position}") for word, of in level_kinds().items() if of == kind]


def _read_headings(
    index: int, row: Sequence[object], meanings: dict[str, str], depth: int
) -> Layout:
    layout = Layout(index, {}, {})
    ignored: list[str] = []
    generic = unit_words()
    for position, cell in enumerate(row):
        heading = cell.strip() if isinstance(cell, str) else ""
        if not heading or len(heading) > LONGEST_HEADING:
            continue
        key = meanings.get(folded(heading)) or meanings.get(folded(BRACKETS.sub("", heading)))
        if key is None:
            ignored.append(heading)
        elif key not in layout.columns:
            layout.columns[key], layout.headings[key] = position, heading
        elif key == f"{LEVEL}{depth - 1}" and folded(layout.headings[key]) in generic:
            ignored.append(layout.headings[key])
            layout.columns[key], layout.headings[key] = position, heading
        else:
            values = {"used": layout.headings[key], "ignored": heading}
            layout.notices.append(("file_column_twice", index + 1, None, values))
    if ignored:
        values = {"columns": ", ".join(ignored[:20])}
        layout.notices.append(("file_columns_ignored", index + 1, None, values))
    return layout


def _missing(columns: dict[str, int], levels: Sequence[str]) -> list[str]:
    """Return what a row of headings lacks: a name, an identity, a level above one that is there."""
    missing = []
    if "name" not in columns and not {"first_name", "last_name"} <= columns.keys():
        missing.append("Name")
    if not {"email", "employee_id"} & columns.keys():
        missing.append("Email")
    present = [position for position in range(len(levels)) if f"{LEVEL}{position}" in columns]
    deepest = present[-1] if present else -1
    missing.extend(levels[position] for position in range(deepest) if position not in present)
    return missing
