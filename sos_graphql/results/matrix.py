"""The heatmap: many units in columns, since an object for each number would cost thirty times more."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from sos_graphql.describing import described, described_enum, told
from sos_graphql.errors import AnyProblem
from sos_graphql.results.types import NotPublished, ResultGroup
from sos_graphql.scalars import Flags, Texts, Vector


@described_enum(
    NONE="No comparison.",
    PARENT="With the unit above.",
    PREVIOUS="With the survey before.",
    BENCHMARK="With the median of the benchmark.",
)
class Comparison(Enum):
    """What scores are compared with."""

    NONE = "none"
    PARENT = "parent"
    PREVIOUS = "previous"
    BENCHMARK = "benchmark"


@described
class MatrixColumn:
    """One score of all units: item i of each vector belongs to row i."""

    key: str = told("Key of the area, or overall.")
    name: str = told("Name in the caller's language.")
    scores: Vector = told("Scores from 0 to 100; null where none may be shown.")
    groups: Vector | None = told(
        "Where a score is a larger group's: its position in standIns. Null where no score is."
    )
    deltas: Vector | None = told(
        "Differences to what is compared with, in points; null without comparison."
    )
    significant: Flags | None = told(
        "Whether each difference is larger than chance can explain; null without comparison."
    )


@described
class MatrixRows:
    """The units of the rows, in columns: item i of each belongs to row i."""

    unit_ids: Texts = told("Ids of the units; null for the organization.")
    names: Texts = told("Names of the units when the survey opened.")
    levels: Texts = told("Names of their levels.")
    group_keys: Texts = told("Keys of the groups that are shown for them.")
    group_names: Texts = told("Names of these groups.")
    exact: Flags = told("Whether the group is exactly the unit.")
    people_counts: Vector = told("How many people of the group were invited.")
    drillable: Flags = told("Whether there are units below that the caller may see.")


@described
class ResultMatrix:
    """Scores of many units."""

    row_count: int = told("How many rows there are.")
    rows: MatrixRows = told("The units.")
    columns: list[MatrixColumn] = told("The overall score, then the nine areas.")
    stand_ins: list[ResultGroup] = told("Larger groups whose scores stand in for hidden ones.")
    compare: Comparison = told("What the scores are compared with.")
    reference: str | None = told(
        "Name of what they are compared with; null where that is nothing, or not one thing."
    )
    note: str | None = told(
        "Why a comparison that was asked for is not shown, in words; null where none is missing."
    )


MatrixAnswer = Annotated[
    ResultMatrix | NotPublished | AnyProblem,
    strawberry.union("MatrixAnswer", description="Scores of many units, or why there are none."),
]
