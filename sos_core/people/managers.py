"""Who manages whom: addresses become people, and no chain may bite its tail; pure."""

from __future__ import annotations

from collections.abc import Mapping


def edges_on_cycles(proposed: Mapping[int, int], known: Mapping[int, int]) -> set[int]:
    """Return the people whose proposed manager has to be left out, so that no cycle remains.

    ``proposed`` overrides ``known`` (person to manager, acyclic, 0 for none). A person on a cycle
    keeps the known manager; every proposed edge of a cycle goes, whatever the order of the rows.
    """
    dropped: set[int] = set()
    while True:
        edges = {**known, **{p: m for p, m in proposed.items() if p not in dropped}}
        # Nobody is on a cycle who is no manager, and managers are few.
        managers = set(edges.values())
        edges = {person: manager for person, manager in edges.items() if person in managers}
        found = {p for p in _on_cycles(edges) if p in proposed and p not in dropped}
        if not found:
            return dropped
        dropped |= found


def _on_cycles(edges: Mapping[int, int]) -> set[int]:
    """Return everybody who is reached again by following the edges."""
    on_cycles: set[int] = set()
    walk_of: dict[int, int] = {}
    for walk, start in enumerate(edges):
        line: list[int] = []
        person = start
        while person and person not in walk_of:
            walk_of[person] = walk
            line.append(person)
            person = edges.get(person, 0)
        if person and walk_of[person] == walk:
            on_cycles.update(line[line.index(person) :])
    return on_cycles
