"""Tables of releases: written once when a survey closes, only ever read afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import Base, OfOrganization, UtcDateTime, owned_reference


class Release(OfOrganization, Base):
    """What a survey published; ``digest`` is of all its parts, ``figures_digest`` of the figures.

    ``edition_key`` names the benchmark edition in force at the close, None where there was none.
    """

    __tablename__ = "release"
    __table_args__ = (owned_reference("survey_id", "survey"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    digest: Mapped[str] = mapped_column(String(64))
    figures_digest: Mapped[str] = mapped_column(String(64))
    submitted: Mapped[int]
    invited: Mapped[int]
    edition_key: Mapped[str | None] = mapped_column(String(80))


class ReleasePart(OfOrganization, Base):
    """One part of a release, compressed: of the figures, the plan, the tallies or the receipts."""

    __tablename__ = "release_part"
    __table_args__ = (owned_reference("survey_id", "survey"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseComment(OfOrganization, Base):
    """One comment under a random id; nothing links it to a person or to another comment."""

    __tablename__ = "release_comment"
    __table_args__ = (
        owned_reference("survey_id", "survey"),
        Index("ix_release_comment_survey_id", "organization_id", "survey_id", "cell"),
        {"sqlite_with_rowid": False},
    )

    comment_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    survey_id: Mapped[int]
    prompt: Mapped[str] = mapped_column(String(80))
    cell: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
