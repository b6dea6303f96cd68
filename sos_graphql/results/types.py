"""The published figures of one unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum

import strawberry

from sos_graphql.benchmarks import Percentile
from sos_graphql.describing import described, described_enum, resolved, told
from sos_graphql.errors import Problem
from sos_graphql.scalars import LocalDateTime


@described_enum(
    BUILD="There is much to gain.",
    STRENGTHEN="It works and can be strengthened.",
    SUSTAIN="It is strong and worth keeping so.",
)
class Band(Enum):
    """How a score is to be read; the bounds are provisional."""

    BUILD = "build"
    STRENGTHEN = "strengthen"
    SUSTAIN = "sustain"


@described
class NotPublished(Problem):
    """The results of this survey are not visible yet, to anybody."""

    publishes_at: datetime | None = told(
        "From when they are visible; null for a draft and for a canceled survey."
    )
    publishes_local: LocalDateTime | None = told(
        "The same as wall time in the survey's zone; null where there is no such date."
    )
    time_zone: str | None = told(
        "Time zone of the survey, such as Europe/Stockholm; null where there is no such date."
    )


@described
class ResultGroup:
    """The people behind a figure: a unit, or several units combined to protect answers."""

    key: str = told("Key of the group, the same wherever it is shown in this survey.")
    name: str = told("Name of the unit, or of the combination made from its parts.")
    exact: bool = told("Whether it is exactly the unit that was asked for.")
    people_count: int = told("How many people of it were invited.")
    parts: list[str] = told("Names of the units that it is made of.")
    unit_id: strawberry.ID | None = told(
        "The unit that it is exactly; null for a combination, and for the organization."
    )


@described
class Difference:
    """How a figure differs from another published one, on the same statements."""

    value: float = told("The figure minus the other one, on the figure's own scale.")
    reference: float = told("The other figure.")
    significant: bool = told("Whether the difference is larger than chance can explain.")
    name: str = told("What it is compared with: a unit, or the title of an earlier survey.")
    note: str | None = told("What the comparison leaves out, in words; null: nothing.")


@described
class Score:
    """A score from 0 to 100 with everything that it is compared with."""

    value: int | None = told("From 0 to 100; null where it may not be shown.")
    interval: float | None = told(
        "Half-width of its 95 % interval, in points; null without a score."
    )
    answer_count: int | None = told(
        "How many people answered what it rests on; null where that may not be shown."
    )
    band: Band | None = told("How it is to be read; null without a score.")
    band_name: str | None = told("The same in the caller's language; null without a score.")
    missing: list[str] = told("Keys of statements that it is computed without.")
    parent: Difference | None = told(
        "Compared with the unit above; null where they cannot be compared."
    )
    previous: Difference | None = told(
        "Compared with the survey before; null where they cannot be compared."
    )
    benchmark: Percentile | None = told(
        "Where it stands among sales organizations; null where that cannot be told."
    )
    group: ResultGroup | None = told(
        "The larger group whose score it is; null where none stands in."
    )
    hidden: str | None = told(
        "Why there is no own score, or what it lacks, in words; null: nothing to say."
    )


@described
class OptionShare:
    """The share of one option among the answers to a question."""

    option: int = told("Number of the option, from 1.")
    label: str = told("The option in the caller's language.")
    percent: int = told("Its share of the answers, from 0 to 100.")


@described
class StatementFigures:
    """The figures of one statement, answered on a scale from 1 to 5."""

    key: str = told("Stable key of the statement.")
    area_key: str = told("Stable key of the area that it belongs to.")
    text: str = told("The statement in the caller's language.")
    mean: float | None = told(
        "Mean of the answers, from 1 to 5, to one decimal; null where it may not be shown."
    )
    interval: float | None = told(
        "Half-width of the mean's 95 % interval, on the scale of the answers; null without a mean."
    )
    answer_count: int | None = told(
        "How many people answered it; null where that may not be shown."
    )
    favorable: int | None = told(
        "How many of the answers are the two best, in percent; null where not shown."
    )
    distribution: list[OptionShare] | None = told("Shares of the options; null where not shown.")
    group: ResultGroup | None = told(
        "The larger group that its figures are of; null where none stands in."
    )
    parent: Difference | None = told(
        "Mean compared with the unit above; null where they cannot be compared."
    )
    previous: Difference | None = told(
        "Mean compared with the survey before; null where they cannot be compared."
    )
    benchmark: Percentile | None = told(
        "Where the mean stands among sales organizations; null where that cannot be told."
    )
    hidden: str | None = told("What is not shown and why, in words; null: nothing to say.")


@described
class AreaFigures:
    """The figures of one of the nine areas."""

    key: str = told("Stable key of the area.")
    name: str = told("Name of the area in the caller's language.")
    description: str = told("What the area is about, in one sentence.")
    score: Score = told("How it stands, from 0 to 100, with what it is compared with.")
    make_statements: strawberry.Private[Callable[[], list[StatementFigures]]]

    @resolved
    def statements(self) -> list[StatementFigures]:
        """The figures of its statements, in the order of the questionnaire."""
        return self.make_statements()


@described
class ActivityFigures:
    """The figures of one activity question about a typical recent week."""

    key: str = told("Stable key of the question.")
    name: str = told("Short name in the caller's language.")
    text: str = told("The question in the caller's language.")
    value: float | None = told("Mean a week, in times or hours; null where it may not be shown.")
    display: str | None = told("The mean in words; null where it may not be shown.")
    interval: float | None = told(
        "Half-width of the mean's 95 % interval, in times or hours; null without a mean."
    )
    answer_count: int | None = told(
        "How many people answered it; null where that may not be shown."
    )
    distribution: list[OptionShare] | None = told("Shares of the bands; null where not shown.")
    group: ResultGroup | None = told(
        "The larger group that its figures are of; null where none stands in."
    )
    parent: Difference | None = told(
        "Mean compared with the unit above; null where they cannot be compared."
    )
    previous: Difference | None = told(
        "Mean compared with the survey before; null where they cannot be compared."
    )
    benchmark: Percentile | None = told(
        "Where the mean stands among sales organizations; null where that cannot be told."
    )
    hidden: str | None = told("What is not shown and why, in words; null: nothing to say.")


@described
class ResultPlace:
    """A unit on the way down through the results."""

    unit_id: strawberry.ID | None = told("The unit; null for the organization.")
    name: str = told("Name of the unit when the survey opened.")
    level: str = told("Name of the unit's level, such as team.")
    group: ResultGroup = told("The group that is shown for it.")
    overall: int | None = told("Its overall score, from 0 to 100; null where it may not be shown.")
    drillable: bool = told("Whether there are units below it that the caller may see.")
    visible: bool = told("Whether the caller may see its results.")


@described
class HiddenNote:
    """Something that is not shown, and why."""

    subject: str = told(
        "What it is about: a key of an area or question, overall, or a word such as rate or shares."
    )
    text: str = told("What is not shown and why, in words.")
