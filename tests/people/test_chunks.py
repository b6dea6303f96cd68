"""Chunks give back exactly the rows that were stored, whichever way they were folded."""

from __future__ import annotations

import zlib
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sos_core.people import chunks

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=5)
    | st.lists(st.integers(0, 3), max_size=2)
    | st.dictionaries(st.text(max_size=2), st.integers(0, 1), max_size=1)
)


def back(rows: list[Any]) -> tuple[list[Any], list[list[Any]]]:
    """Return the rows of a packed chunk, and its columns where it has any."""
    size, body = chunks._pack(rows)
    assert size == len(rows)
    folded = orjson.loads(zlib.decompress(body))
    columns = chunks._columns(folded, size) if isinstance(rows[0], list) else []
    return chunks._rows(folded, size), columns


@given(
    st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=3),
    st.integers(1, 40),
)
def test_rows_of_one_length(rows: list[list[Any]], times: int) -> None:
    found, columns = back(rows * times)
    assert repr(found) == repr(rows * times)
    assert repr([list(row) for row in zip(*columns, strict=True)]) == repr(rows * times)


@given(st.lists(st.lists(VALUES, max_size=2), min_size=1, max_size=30))
def test_rows_of_any_length(rows: list[list[Any]]) -> None:
    size, body = chunks._pack(rows)
    assert repr(chunks._rows(orjson.loads(zlib.decompress(body)), size)) == repr(rows)


@given(st.lists(st.integers(0, 2**40), min_size=1, unique=True).map(sorted))
def test_numbers(numbers: list[int]) -> None:
    assert back(numbers)[0] == numbers
    whole = list(range(numbers[0], numbers[0] + 7))
    assert back(whole)[0] == whole
