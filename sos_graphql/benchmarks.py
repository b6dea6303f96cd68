"""Benchmarks in the schema: what a score is compared with, and where it stands."""

from __future__ import annotations

from enum import Enum

from sos_graphql.describing import described, described_enum, told


@described_enum(
    BELOW="Below the lowest mark: the percentile is that mark's.",
    WITHIN="Between the marks.",
    ABOVE="Above the highest mark: the percentile is that mark's.",
)
class PercentileSide(Enum):
    """Where a percentile lies among the marks that may be told."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@described
class BenchmarkMark:
    """A value that so many percent of the organizations stay below."""

    percent: int = told("Share of organizations below the value, in percent.")
    value: float = told("The value, on the scale of the figure that is compared.")


@described
class Percentile:
    """Where a figure stands among the sales organizations of a benchmark."""

    percentile: int = told("Share of organizations below it, in steps of five percent.")
    low: int = told("Lower end of the percentile's 95 % interval.")
    high: int = told("Upper end of the percentile's 95 % interval.")
    side: PercentileSide = told("Where it lies among the marks.")
    organizations: int = told("How many organizations it is compared with.")
    median: float = told("The figure of the organization in the middle.")
    marks: list[BenchmarkMark] = told("The marks that may be told, lowest first.")
    sentence: str = told("The same in words.")


@described
class BenchmarkEdition:
    """The frozen set of organizations that results are compared with."""

    key: str = told("Stable key of the edition.")
    title: str = told("Title of the edition.")
    synthetic: bool = told("Whether the organizations are made up, to show what it looks like.")
    note: str | None = told("What must be shown beside every comparison, if anything.")
