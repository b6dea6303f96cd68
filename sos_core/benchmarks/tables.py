"""Tables of benchmarks, which cross organizations: nobody's own figures are ever read from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, Json, UtcDateTime


class BenchmarkEdition(Base):
    """A frozen edition; ``organizations`` are those measured, empty for one that a plugin brought.

    ``scores`` lists one number an organization for each key, in the order of ``organizations``.
    """

    __tablename__ = "benchmark_edition"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    instrument: Mapped[str] = mapped_column(String(20))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime())
    synthetic: Mapped[bool]
    organizations: Mapped[list[int]] = mapped_column(Json)
    scores: Mapped[dict[str, list[float]]] = mapped_column(Json)


class BenchmarkContribution(Base):
    """The released root figures of one survey of an organization that takes part, the newest only."""

    __tablename__ = "benchmark_contribution"

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    survey_id: Mapped[int]
    instrument: Mapped[str] = mapped_column(String(20))
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime())
    scores: Mapped[dict[str, float]] = mapped_column(Json)
