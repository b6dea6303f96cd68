"""How the demonstration's people answer: a stable opinion of each team, which moves over time."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from sos_core.content import Questionnaire
from sos_graphql.demo.comments import COMMENTS

AREA_LEVEL = {
    "direction": 3.6,
    "insight": 3.3,
    "opportunities": 2.9,
    "winning": 3.4,
    "growth": 3.5,
    "leadership": 3.7,
    "skills": 3.2,
    "goals": 3.1,
    "collaboration": 2.8,
}
PROGRESS = {
    "opportunities": 0.25,
    "collaboration": 0.2,
    "leadership": 0.15,
    "skills": 0.1,
    "winning": -0.1,
}
"""How much an area moves from one survey to the next; areas that are not named stay."""
RESPONSE = (0.78, 0.81, 0.55)
"""The share of people who answer in each survey; the last one is still running."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person answers in one survey: keys to options (None: cannot judge), and comments."""

    answers: dict[str, int | None]
    comments: dict[str, str]


def takes_part(email: str, survey: int) -> bool:
    """Return whether a person answers in survey 0, 1 or 2; the last one is still running."""
    return _chance("part", email, survey).random() < RESPONSE[survey]


def opinion(
    email: str, unit: tuple[str, ...], language: str, survey: int, form: Questionnaire
) -> Opinion:
    """Return what a person answers: the area's level, the team's, the person's own, and noise."""
    own = _chance("person", email)
    mood = own.gauss(0, 0.45)
    chance = _chance("answers", email, survey)
    answers: dict[str, int | None] = {}
    for area in form.areas:
        level = AREA_LEVEL[area.key] + PROGRESS.get(area.key, 0.0) * survey + mood
        for depth in range(1, len(unit) + 1):
            level += _chance("unit", *unit[:depth], area.key).gauss(0, 0.28)
        level += _chance("leader", *unit).gauss(0, 0.35) if area.key == "leadership" else 0.0
        for statement in area.statements:
            lean = _chance("statement", statement.key).gauss(0, 0.3)
            value = round(level + lean + chance.gauss(0, 0.75))
            answers[statement.key] = None if chance.random() < 0.03 else min(5, max(1, value))
    for activity in form.activities:
        lean = _chance("activity", activity.key, *unit).gauss(0.1, 0.5)
        middle = (len(activity.bands) + 1) / 2 + lean + chance.gauss(0, 0.9)
        answers[activity.key] = min(len(activity.bands), max(1, round(middle)))
    return Opinion(answers, _comments(chance, language, form))


def _comments(chance: random.Random, language: str, form: Questionnaire) -> dict[str, str]:
    said = {}
    for prompt in form.comments:
        if chance.random() < 0.22:
            fitting = COMMENTS[language][prompt.partition(".")[2]]
            gap = "" if language == "zh-Hans" else " "
            said[prompt] = gap.join(chance.sample(fitting, chance.choice((1, 1, 2))))
    return said


def _chance(*parts: object) -> random.Random:
    """Return a generator that depends on ``parts`` alone, so that every run is the same."""
    seed = hashlib.sha256("|".join(str(part) for part in parts).encode()).digest()
    return random.Random(seed)  # noqa: S311 - a simulation
