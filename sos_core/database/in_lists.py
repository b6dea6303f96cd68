"""IN lists of the hottest statements: of few lengths, so that prepared statements are found again."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

T = TypeVar("T")
STEP = 10


def padded(values: Collection[T]) -> list[T]:
    """Return ``values`` with the last one repeated until their number is a multiple of ten.

    Drivers and databases keep what they have prepared by the text of a statement.

    >>> padded([1, 2])
    [1, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    """
    ordered = list(values)
    return ordered + ordered[-1:] * (-len(ordered) % STEP)
