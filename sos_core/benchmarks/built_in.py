"""The demonstration edition: sixty invented organizations, the same on every machine.

It comes through the hook that any plugin uses. It is marked synthetic, and named so wherever it is
shown; the numbers are drawn from a fixed seed and say nothing about any real organization.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from random import Random
from statistics import NormalDist, fmean

from sos_core.benchmarks.rounding import half_up
from sos_core.content import Area, Questionnaire, questionnaire
from sos_core.hookspecs import hookimpl
from sos_core.records import BenchmarkEdition

ORGANIZATIONS = 60
SEED = 20260101
AREA_LEVELS = {
    "direction": 66, "insight": 58, "opportunities": 52, "winning": 60, "growth": 61,
    "leadership": 63, "skills": 57, "goals": 59, "collaboration": 54,
}  # fmt: skip
ACTIVITY_LEVELS = {
    "activity.first_contacts": 8.5,
    "activity.conversations": 19,
    "activity.meetings": 4.6,
    "activity.proposals": 2.7,
    "activity.proactive_contacts": 11,
    "activity.customer_hours": 9.5,
    "activity.preparation_hours": 3.8,
}
_MIDDLE = 58.0
_BELL = NormalDist()


@hookimpl
def sos_benchmark_sources() -> list[BenchmarkEdition]:
    """Return the demonstration edition for the current questionnaire."""
    return [demonstration_edition()]


@cache
def demonstration_edition() -> BenchmarkEdition:
    """Return sixty synthetic organizations' scores, computed as a real release computes them."""
    instrument = questionnaire()
    draw = Random(SEED)  # noqa: S311 -- invented numbers, no secret
    difficulty: dict[str, float] = {}
    for area in instrument.areas:
        difficulty |= _difficulties(area, draw)
    rows = [_organization(instrument, draw, difficulty) for _ in range(ORGANIZATIONS)]
    return BenchmarkEdition(
        key="demonstration",
        title="Synthetic demonstration benchmark",
        instrument=instrument.version,
        frozen_at=datetime(2025, 1, 1, tzinfo=UTC),
        synthetic=True,
        scores={key: tuple(row[key] for row in rows) for key in rows[0]},
    )


def _difficulties(area: Area, draw: Random) -> dict[str, float]:
    """Return how much easier than its area's mean each statement is answered; they sum to zero."""
    drawn = [0.28 * _normal(draw) for _ in area.statements]
    return {item.key: one - fmean(drawn) for item, one in zip(area.statements, drawn, strict=True)}


def _organization(
    instrument: Questionnaire, draw: Random, difficulty: dict[str, float]
) -> dict[str, float]:
    """Return one invented organization's scores: a level of its own, then areas, then noise."""
    row: dict[str, float] = {}
    level = 5.5 * _normal(draw)
    areas: list[float] = []
    for area in instrument.areas:
        score = AREA_LEVELS.get(area.key, _MIDDLE) + level + 4.5 * _normal(draw)
        means = [
            min(max(1 + score / 25 + difficulty[item.key] + 0.16 * _normal(draw), 1.4), 4.8)
            for item in area.statements
        ]
        row |= {
            item.key: half_up(mean, 1) for item, mean in zip(area.statements, means, strict=True)
        }
        areas.append(fmean((mean - 1) * 25 for mean in means))
        row[area.key] = half_up(areas[-1])
    row["overall"] = half_up(fmean(areas))
    energy = math.exp(0.02 * level)
    for activity in instrument.activities:
        typical = ACTIVITY_LEVELS.get(activity.key, activity.midpoints[2])
        drawn = typical * energy * math.exp(0.24 * _normal(draw))
        row[activity.key] = half_up(min(drawn, activity.midpoints[-1]), 1)
    return row


def _normal(draw: Random) -> float:
    """Return a standard normal number from one uniform draw, whose sequence Python guarantees."""
    return _BELL.inv_cdf(min(max(draw.random(), 1e-9), 1 - 1e-9))
