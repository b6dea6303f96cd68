"""The table of sealed ballots; only this room reads it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, OfOrganization


class Ballot(OfOrganization, Base):
    """One sealed ballot: no person, no unit, no time, no order of arrival."""

    __tablename__ = "ballot"
    __table_args__ = {  # noqa: RUF012 - SQLAlchemy reads it once
        "sqlite_with_rowid": False,
        "postgresql_partition_by": "LIST (survey_id)",
    }

    # Without the mixin's index: a ballot is only ever found by its survey and its own id.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    survey_id: Mapped[int] = mapped_column(
        ForeignKey("survey.id"), primary_key=True, autoincrement=False
    )
    ballot_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    submitted: Mapped[bool]
    body: Mapped[bytes] = mapped_column(LargeBinary)
