"""When a benchmark edition may be frozen, and when it may still be compared with (R10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sos_core.benchmarks.percentiles import LARGEST_WEIGHT, MARKS
from sos_core.errors import Conflict
from sos_core.records import BenchmarkEdition

LEAST_ORGANIZATIONS = min(least for _, least in MARKS)
LEAST_CHANGE = 5
"""Organizations that any two editions in force must differ by, where they differ at all."""
MONTHS = 24
"""How old a measurement may be, in an edition and when it is compared with."""

Fault = Literal[
    "too_few", "one_too_heavy", "other_instrument", "too_old", "incomplete", "twice", "small_change"
]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one organization gives to an edition: the released figures of one survey's root."""

    organization_id: int
    instrument: str
    measured_at: datetime
    scores: Mapping[str, float]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an edition cannot be frozen; ``organizations`` are those concerned, for the operator."""

    fault: Fault
    organizations: tuple[int, ...] = ()


def refusals(
    candidates: Sequence[Contribution],
    in_force: Iterable[Collection[int]],
    *,
    instrument: str,
    keys: Collection[str],
    now: datetime,
) -> tuple[Refusal, ...]:
    """Return every reason against an edition of ``candidates``; none means that it may be frozen.

    ``in_force`` are the organizations of each edition that can still be seen; ``keys`` are the
    variables that it must hold for every organization, since a gap would make a group of its own.
    """
    ids = [item.organization_id for item in candidates]
    total = sum(item.weight for item in candidates)
    concerned: dict[Fault, list[int]] = {
        "one_too_heavy": [
            c.organization_id for c in candidates if c.weight > LARGEST_WEIGHT * total
        ],
        "other_instrument": [c.organization_id for c in candidates if c.instrument != instrument],
        "too_old": [c.organization_id for c in candidates if not recent(c.measured_at, now)],
        "incomplete": [c.organization_id for c in candidates if not set(keys) <= set(c.scores)],
        "twice": [key for key, count in Counter(ids).items() if count > 1],
        "small_change": small_atoms([*in_force, ids]),
    }
    found = [Refusal(fault, tuple(sorted(who))) for fault, who in concerned.items() if who]
    if len(set(ids)) < LEAST_ORGANIZATIONS:
        found.insert(0, Refusal("too_few"))
    return tuple(found)


def small_atoms(editions: Iterable[Collection[int]]) -> list[int]:
    """Return the organizations in atoms of 1–4: those that the same editions hold, and no other.

    That entering and leaving ones are 0 or at least five follows, for each pair of editions.
    """
    seen: dict[int, list[int]] = {}
    for number, edition in enumerate(editions):
        for organization in set(edition):
            seen.setdefault(organization, []).append(number)
    atoms: dict[tuple[int, ...], list[int]] = {}
    for organization, numbers in seen.items():
        atoms.setdefault(tuple(numbers), []).append(organization)
    return [item for atom in atoms.values() if len(atom) < LEAST_CHANGE for item in atom]


def freeze(
    candidates: Sequence[Contribution],
    in_force: Iterable[Collection[int]],
    *,
    key: str,
    title: str,
    instrument: str,
    keys: Sequence[str],
    now: datetime,
) -> BenchmarkEdition:
    """Return the edition of ``candidates`` in the order of their ids; raise Conflict if refused."""
    against = refusals(candidates, in_force, instrument=instrument, keys=keys, now=now)
    if against:
        raise Conflict(
            "This benchmark edition cannot be made: {reasons}.",
            "Wait until more organizations take part or leave together, then try again.",
            code="edition_refused",
            values={"reasons": ", ".join(refusal.fault for refusal in against)},
        )
    ordered = sorted(candidates, key=lambda item: item.organization_id)
    scores = {variable: tuple(item.scores[variable] for item in ordered) for variable in keys}
    return BenchmarkEdition(key, title, instrument, now, synthetic=False, scores=scores)


def usable(edition: BenchmarkEdition, instrument: str, now: datetime) -> bool:
    """Tell whether an edition may be compared with: same instrument, not older than 24 months.

    A synthetic edition measured nobody at any time, hence does not age.
    """
    fresh = edition.synthetic or recent(edition.frozen_at, now)
    return edition.instrument == instrument and fresh


def choose(
    editions: Iterable[BenchmarkEdition], instrument: str, now: datetime
) -> BenchmarkEdition | None:
    """Return the edition to compare with: the newest usable one, a measured before a synthetic."""
    fit = [edition for edition in editions if usable(edition, instrument, now)]
    return max(fit, key=lambda item: (not item.synthetic, item.frozen_at, item.key), default=None)


def recent(moment: datetime, now: datetime) -> bool:
    """Tell whether ``moment`` lies at most 24 months before ``now``, by the calendar in UTC."""
    then, today = moment.astimezone(UTC), now.astimezone(UTC)
    months = (today.year - then.year) * 12 + today.month - then.month
    if months != MONTHS:
        return months < MONTHS
    return (today.day, today.time()) <= (then.day, then.time())
