"""Which parts of a graph hang on fewer than c edges: contraction, then max-flow stopping at c."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Links = dict[int, dict[int, int]]
Array = NDArray[np.int64]


def weak_sides(
    first: Array, second: Array, weight: Array, marked: Array, fixed: int, c: int
) -> list[frozenset[int]]:
    """Find the least sides of all cuts with 1…c-1 edges that cut off a marked node.

    Edge e joins ``first[e]`` and ``second[e]``, ``weight[e]`` times. Each side lists its marked
    nodes; it never holds ``fixed`` and, where ``fixed`` is not connected, leaves one marked node.
    """
    labels, edges = contract(first, second, weight, c)
    links: Links = {}
    for one, two, times in zip(*(column.tolist() for column in edges), strict=True):
        links.setdefault(one, {})[two] = times
        links.setdefault(two, {})[one] = times
    marked_in: dict[int, list[int]] = {}
    for node in marked.tolist():
        marked_in.setdefault(int(labels[node]), []).append(node)
    anchor = int(labels[fixed]) if fixed < len(labels) else -1
    sides = {
        frozenset(node for label in side for node in marked_in.get(label, ()))
        for part in list(_parts(links))
        for side in _cut_off(links, sorted(part & marked_in.keys()), anchor, part, c)
    }
    return sorted((side for side in sides if not any(other < side for other in sides)), key=min)


def contract(
    first: Array, second: Array, weight: Array, c: int
) -> tuple[Array, tuple[Array, Array, Array]]:
    """Merge nodes joined by at least c edges, again and again: no cut under c separates them.

    Returns the label of each node and the edges (two labels, weight) that are left.
    """
    labels = np.arange(int(max(first.max(initial=0), second.max(initial=0))) + 1)
    while True:
        one, two = labels[first], labels[second]
        keys = np.minimum(one, two) * len(labels) + np.maximum(one, two)
        pairs, which = np.unique(keys[one != two], return_inverse=True)
        total = np.bincount(which, weight[one != two], len(pairs)).astype(np.int64)
        left, right = pairs // len(labels), pairs % len(labels)
        heavy = total >= c
        if not heavy.any():
            return labels, (left, right, total)
        labels = _components(len(labels), left[heavy], right[heavy])[labels]


def _components(size: int, first: Array, second: Array) -> Array:
    """Label each node with the least node that it is connected to."""
    labels = np.arange(size)
    while True:
        one, two = labels[first], labels[second]
        if (one == two).all():
            return labels
        np.minimum.at(labels, np.maximum(one, two), np.minimum(one, two))
        while (labels[labels] != labels).any():
            labels = labels[labels]


def _parts(links: Links) -> Iterator[set[int]]:
    """Yield the connected parts of a graph."""
    seen: set[int] = set()
    for start in links:
        if start in seen:
            continue
        part, waiting = {start}, [start]
        while waiting:
            fresh = links[waiting.pop()].keys() - part
            part |= fresh
            waiting += fresh
        seen |= part
        yield part


def _cut_off(
    links: Links, sources: list[int], anchor: int, part: set[int], c: int
) -> Iterator[set[int]]:
    """Yield the least side of each source that hangs on fewer than c edges from the rest."""
    if anchor not in part:
        anchor, sources = (sources[0], sources[1:]) if sources else (-1, [])
    for source in sources:
        if source == anchor or source not in links:
            continue  # merged into the anchor
        side = _flow_side(links, source, anchor, c)
        if side is None:
            _absorb(links, anchor, source, c)
        else:
            yield side


def _absorb(links: Links, anchor: int, node: int, c: int) -> None:
    """Merge a node into the anchor, and whatever then has at least c edges to the anchor.

    Later searches then end after few steps, as they meet the anchor early.
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        for other, times in links.pop(node, {}).items():
            del links[other][node]
            if other != anchor:
                links[other][anchor] = links[other].get(anchor, 0) + times
                links[anchor][other] = links[other][anchor]
                if links[other][anchor] >= c:
                    waiting.append(other)


def _flow_side(links: Links, source: int, target: int, c: int) -> set[int] | None:
    """Send up to c units of flow; None when they all arrive, else what the source still reaches."""
    flow: dict[tuple[int, int], int] = {}
    for _ in range(c):
        before = {source: source}
        waiting = deque([source])
        while waiting and target not in before:
            node = waiting.popleft()
            for other, times in links[node].items():
                if other not in before and times > flow.get((node, other), 0):
                    before[other] = node
                    waiting.append(other)
        if target not in before:
            return set(before)
        node = target
        while node != source:
            back = before[node]
            flow[back, node] = flow.get((back, node), 0) + 1
            flow[node, back] = flow.get((node, back), 0) - 1
            node = back
    return None
