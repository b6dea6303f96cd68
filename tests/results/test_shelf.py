"""Releases that lie in memory: bounded, and never with less in them than was read before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sos_core.results.stored import Shelf


def release(*, whole: bool, size: int = 1) -> Any:
    """Return what the shelf looks at of a release in memory."""
    return SimpleNamespace(whole=whole, size=size)


def test_scores_alone_never_take_the_place_of_a_whole_release() -> None:
    """Two threads may read one release at once, and the one with the scores may come last."""
    shelf, key = Shelf(), (1, 2, "digest")
    scores, whole = release(whole=False), release(whole=True)
    shelf.put(key, scores)
    assert shelf.get(key, whole=False) is scores
    assert shelf.get(key, whole=True) is None
    shelf.put(key, whole)
    shelf.put(key, scores)
    assert shelf.get(key, whole=True) is whole
    assert shelf.get(key, whole=False) is whole


def test_what_was_not_read_for_longest_goes_first() -> None:
    shelf = Shelf(most_bytes=10)
    kept = [release(whole=True, size=4) for _ in range(3)]
    for number, one in enumerate(kept[:2]):
        shelf.put((1, number, ""), one)
    assert shelf.get((1, 0, ""), whole=True) is kept[0]
    shelf.put((1, 2, ""), kept[2])
    assert shelf.get((1, 1, ""), whole=True) is None
    assert shelf.get((1, 0, ""), whole=True) is kept[0]
    huge = release(whole=True, size=99)
    shelf.put((1, 3, ""), huge)
    assert shelf.get((1, 3, ""), whole=True) is huge, "the one that is being read is always kept"
    assert shelf.get((1, 0, ""), whole=True) is None
