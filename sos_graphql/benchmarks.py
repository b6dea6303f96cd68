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
class Percentile:
    """Where a figure stands among the sales organizations of a benchmark."""

    percentile: int = told("How many of a hundred organizations are below it, in steps of five.")
    low: int = told("Lower end of the percentile's 95 % interval.")
    high: int = told("Upper end of the percentile's 95 % interval.")
    side: PercentileSide = told("Where it lies among the marks.")
    organization_count: int = told("How many organizations it is compared with.")
    median: float = told("The figure of the organization in the middle, on the same scale.")
    difference: float = told(
        "The figure minus that of the organization in the middle, on the same scale."
    )
    significant: bool = told("Whether the difference is larger than chance can explain.")
    sentence: str = told("The same in words.")


@described
class BenchmarkEdition:
    """The frozen set of organizations that results are compared with."""

    key: str = told("Stable key of the edition.")
    title: str = told("What it is called, to be shown beside comparisons.")
    synthetic: bool = told("Whether the organizations are made up, to show what it looks like.")
    note: str | None = told("What must be shown beside every comparison; null: nothing.")
