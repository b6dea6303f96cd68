"""The frozen questionnaire: nine areas, 36 statements, activity questions, comment prompts, scales.

``questionnaire.json`` holds the structure, the language files hold the wording. A version never
changes once a survey has used it, since benchmarks and trends rest on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from sos_core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Statement:
    """One Likert question; ``key`` is for example ``direction.target_customers``."""

    key: str
    area: str

    @property
    def text_key(self) -> str:
        """Return the catalog key of the wording."""
        return f"statement.{self.key}"


@dataclass(frozen=True, slots=True)
class Area:
    """One of the nine areas; its comment prompt has the key ``comment.<area>``."""

    key: str
    statements: tuple[Statement, ...]

    @property
    def comment_key(self) -> str:
        """Return the key of the comment prompt, which is also its catalog key."""
        return f"comment.{self.key}"

    @property
    def name_key(self) -> str:
        """Return the catalog key of the name."""
        return f"area.{self.key}.name"

    @property
    def description_key(self) -> str:
        """Return the catalog key of the one-sentence description."""
        return f"area.{self.key}.description"


@dataclass(frozen=True, slots=True)
class Band:
    """One answer to an activity question: ``low``–``high`` (None: or more), worth ``midpoint``."""

    low: int
    high: int | None
    midpoint: float
    text_key: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity question about a typical recent week; ``unit`` is ``times`` or ``hours``."""

    key: str
    unit: str
    bands: tuple[Band, ...]

    @property
    def text_key(self) -> str:
        """Return the catalog key of the question."""
        return f"{self.key}.question"

    @property
    def name_key(self) -> str:
        """Return the catalog key of the short name, for tables and charts."""
        return f"{self.key}.name"

    @property
    def midpoints(self) -> tuple[float, ...]:
        """Return the value of each band in order; option ``i`` (1-based) is item ``i - 1``."""
        return tuple(band.midpoint for band in self.bands)


@dataclass(frozen=True)
class Questionnaire:
    """A frozen version of the instrument; the order of everything is the order of asking."""

    version: str
    areas: tuple[Area, ...]
    activities: tuple[Activity, ...]
    scale: tuple[int, ...]
    favorable_from: int
    statements_needed: int
    score_bands: tuple[tuple[str, int], ...]

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Return all statements in order."""
        return tuple(statement for area in self.areas for statement in area.statements)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Return the keys of all questions with figures: statements, then activities."""
        return (*(item.key for item in self.statements), *(item.key for item in self.activities))

    @cached_property
    def options(self) -> Mapping[str, int]:
        """Return how many options each of these questions has, by key."""
        likert = {item.key: len(self.scale) for item in self.statements}
        return likert | {item.key: len(item.bands) for item in self.activities}

    @cached_property
    def judged(self) -> frozenset[str]:
        """Return the keys of the questions that one may be unable to judge."""
        return frozenset(item.key for item in self.statements)

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """Return the keys of the comment prompts in order."""
        return tuple(area.comment_key for area in self.areas)

    def area(self, key: str) -> Area:
        """Return the area ``key``; raise NotFound where there is none."""
        for area in self.areas:
            if area.key == key:
                return area
        raise NotFound(
            "There is no area {area}.",
            "Choose one of the nine areas.",
            code="unknown_area",
            values={"area": key},
        )

    def score_band(self, score: int) -> str:
        """Return the band (``build``, ``strengthen``, ``sustain``) of a displayed score 0–100."""
        return next(key for key, start in reversed(self.score_bands) if score >= start)


def questionnaire(version: str = "1.0") -> Questionnaire:
    """Return a version of the questionnaire, validated; raise NotFound for an unknown one."""
    return _read(version)


@cache
def _read(version: str) -> Questionnaire:
    path = Path(__file__).with_name("questionnaire.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["version"] != version:
        raise NotFound(
            "There is no questionnaire version {version}.",
            "Choose a version that this installation has.",
            code="unknown_questionnaire",
            values={"version": version},
        )
    return build(data)


def build(data: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire in ``data``; raise ValueError where it is inconsistent."""
    scale = data["scale"]
    made = Questionnaire(
        version=data["version"],
        areas=tuple(_area(item["key"], item["statements"]) for item in data["areas"]),
        activities=tuple(
            _activity(item["key"], item["bands"], data["bands"]) for item in data["activities"]
        ),
        scale=tuple(range(scale["low"], scale["high"] + 1)),
        favorable_from=scale["favorable_from"],
        statements_needed=data["statements_needed_for_an_area"],
        score_bands=tuple((item["key"], item["from"]) for item in data["score_bands"]),
    )
    _validate(made)
    return made


def _area(key: str, statements: Sequence[str]) -> Area:
    return Area(key, tuple(Statement(f"{key}.{name}", key) for name in statements))


def _activity(key: str, bands: str, sets: Mapping[str, Any]) -> Activity:
    made = tuple(
        Band(band["low"], band["high"], float(band["midpoint"]), f"activity_band.{bands}.{number}")
        for number, band in enumerate(sets[bands], start=1)
    )
    return Activity(f"activity.{key}", "hours" if bands == "hours" else "times", made)


def _validate(made: Questionnaire) -> None:
    """Raise ValueError unless keys are unique, bands are gapless and score bands cover 0–100."""
    keys = (*(area.key for area in made.areas), *made.variables, *made.comments)
    starts = [start for _, start in made.score_bands]
    faults = [
        ("keys stand twice", len(set(keys)) != len(keys)),
        ("an area has too few statements",
         any(len(area.statements) < made.statements_needed for area in made.areas)),
        ("the favorable answers lie outside the scale", made.favorable_from not in made.scale),
        ("the score bands do not rise from 0", starts[:1] != [0] or starts != sorted(set(starts))),
        *((f"the bands of {item.key} have gaps", not _gapless(item)) for item in made.activities),
    ]  # fmt: skip
    for fault, found in faults:
        if found:
            raise ValueError(f"questionnaire {made.version} cannot be used: {fault}")


def _gapless(activity: Activity) -> bool:
    """Tell whether the bands start at 0, follow each other, end open and hold their midpoints."""
    bands = activity.bands
    follows = all(a.high is not None and b.low == a.high + 1 for a, b in pairwise(bands))
    holds = all(b.low <= b.midpoint <= (b.midpoint if b.high is None else b.high) for b in bands)
    return follows and holds and bands[0].low == 0 and bands[-1].high is None
