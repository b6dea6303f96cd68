"""The thresholds of a survey, frozen when it opens (rules R1, R7 and R9)."""

from __future__ import annotations

from dataclasses import dataclass

from sos_core.errors import InvalidInput

FLOOR = 4


@dataclass(frozen=True)
class Policy:
    """Least number of respondents behind a mean (``k``), behind comments, and between two surveys.

    ``across`` is c of the rule across surveys: what two surveys publish together never tells apart
    fewer than c people. Option shares need ``2 * k`` respondents.
    """

    k: int = 5
    comments: int = 10
    across: int = 2

    def __post_init__(self) -> None:
        for name, value, least in (
            ("k", self.k, FLOOR),
            ("comments", self.comments, max(10, self.k)),
            ("across", self.across, 2),
            ("k", self.k, self.across),
        ):
            if value < least:
                raise InvalidInput(
                    "The threshold “{name}” is {value}, but at least {least} are needed to protect "
                    "people.",
                    "Choose {least} or more.",
                    code="threshold_too_low",
                    field=name,
                    values={"name": name, "value": value, "least": least},
                )

    @property
    def shares(self) -> int:
        """Least number of respondents behind option shares, the favorable share included."""
        return 2 * self.k
