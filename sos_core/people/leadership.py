"""Who leads a unit where no source says so; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

SAID = "said"
INFERRED = "inferred"
Leaders = dict[tuple[int, int], str]
"""The origin of each leadership by (unit, person)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who leads a unit: one person, or nobody; ``ambiguous`` where managers were named in vain."""

    leader: int = 0
    ambiguous: bool = False


def infer_leader(members: Mapping[int, int]) -> Verdict:
    """Return the one manager whom most direct members share (member to manager, 0 for none).

    The candidate's own manager does not count. A manager who sits elsewhere needs two members:
    else the leader of an area would lead each region in which a lone region leader sits.
    """
    votes = Counter(members.values())
    votes.pop(0, None)
    chosen = [
        manager
        for manager, count in votes.items()
        if count * 2 > len(members) - (manager in members) and (manager in members or count > 1)
    ]
    if len(chosen) == 1:
        return Verdict(chosen[0])
    return Verdict(ambiguous=bool(votes))


def settle(
    before: Leaders,
    *,
    said: Mapping[int, Collection[int]],
    gone: Collection[int],
    members: Mapping[int, Mapping[int, int]] | None,
) -> tuple[Leaders, list[int]]:
    """Return the leaders after a plan, and the units whose leader could not be told.

    ``said`` gives the units that people lead by their own rows; ``gone`` are people who become
    inactive; ``members`` gives, for each unit that the plan touches, its direct members and their
    managers, None where the source has a column of leaders and nothing is to be inferred.
    """
    after = {
        (unit, person): origin
        for (unit, person), origin in before.items()
        if person not in gone
        and not (origin == SAID and person in said and unit not in said[person])
    }
    after.update(((unit, person), SAID) for person, units in said.items() for unit in units)
    has_said = {unit for (unit, _), origin in after.items() if origin == SAID}
    newly_said = {unit for units in said.values() for unit in units}
    after = {
        key: origin for key, origin in after.items() if origin == SAID or key[0] not in newly_said
    }
    ambiguous: list[int] = []
    if members is not None:
        open_units = {unit: who for unit, who in members.items() if unit not in has_said}
        after = {key: o for key, o in after.items() if o == SAID or key[0] not in open_units}
        for unit, who in open_units.items():
            verdict = infer_leader(who)
            if verdict.leader:
                after[unit, verdict.leader] = INFERRED
            elif verdict.ambiguous:
                ambiguous.append(unit)
    return after, ambiguous


def by_unit(people: Iterable[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
    """Return member to manager for each unit, of (person, home, manager) triples."""
    grouped: dict[int, dict[int, int]] = defaultdict(dict)
    for person, home, manager in people:
        grouped[home][person] = manager
    return grouped
