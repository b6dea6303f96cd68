"""Tables of surveys: what was frozen at opening, who takes part, which mails went out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sos_core.database import (
    Base,
    Json,
    OfOrganization,
    Owned,
    UtcDateTime,
    owned_reference,
)


class Survey(Owned, Base):
    """One run of a questionnaire; local wall times are kept beside the instants they mean.

    ``selection`` says who will be invited (until the opening), ``rate_nodes`` which groups' response
    rates may be shown (from then on). ``scheduled`` drafts open by themselves at ``opens_at``;
    ``not_opened`` says why one did not: the keys at, code, what, remedy and values.
    """

    __tablename__ = "survey"

    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    scheduled: Mapped[bool]
    announced: Mapped[bool]
    questionnaire_version: Mapped[str] = mapped_column(String(20))
    languages: Mapped[list[str]] = mapped_column(Json)
    time_zone: Mapped[str] = mapped_column(String(60))
    opens_local: Mapped[datetime] = mapped_column(DateTime())
    closes_local: Mapped[datetime] = mapped_column(DateTime())
    publishes_local: Mapped[datetime] = mapped_column(DateTime())
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime())
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime())
    publishes_at: Mapped[datetime] = mapped_column(UtcDateTime())
    reminders: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    audience: Mapped[str] = mapped_column(String(20))
    comments_audience: Mapped[str] = mapped_column(String(20))
    threshold_k: Mapped[int]
    threshold_comments: Mapped[int]
    threshold_across: Mapped[int]
    cuts: Mapped[list[str]] = mapped_column(Json)
    previous_id: Mapped[int | None]
    sender_name: Mapped[str] = mapped_column(String(200))
    introductions: Mapped[dict[str, str]] = mapped_column(Json)
    selection: Mapped[dict[str, Any]] = mapped_column(Json)
    not_opened: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # Large, and no reader of a survey's settings or results asks for it.
    rate_nodes: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        """Return the constraints of the table; an id is never used for two surveys."""
        return (
            owned_reference("previous_id", "survey"),
            Index("ix_survey_state", "organization_id", "state"),
            {"sqlite_autoincrement": True},
        )


class SurveyUnit(OfOrganization, Base):
    """A unit as it was at opening, in preorder: its subtree is ``position`` … ``stop`` - 1.

    Position 0 is the organization itself, with ``unit_id`` None and level -1.
    """

    __tablename__ = "survey_unit"
    __table_args__ = (owned_reference("survey_id", "survey", ondelete="CASCADE"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent_position: Mapped[int]
    stop: Mapped[int]
    unit_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[int]
    level_name: Mapped[str] = mapped_column(String(100))


class Participation(OfOrganization, Base):
    """Who was invited and whether they have finished; it knows who, never what and never when."""

    __tablename__ = "participation"
    __table_args__ = (
        owned_reference("survey_id", "survey"),
        owned_reference("person_id", "person"),
        Index("ix_participation_person_id", "organization_id", "person_id"),
        {"sqlite_with_rowid": False, "postgresql_partition_by": "LIST (survey_id)"},
    )

    # Without the mixin's index: every other index of this table serves better.
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_index: Mapped[int]
    language: Mapped[str] = mapped_column(String(20))
    done: Mapped[bool]


class SurveySight(OfOrganization, Base):
    """Who led a unit (``leads``) or belonged to it besides the home (``member``) at opening."""

    __tablename__ = "survey_sight"
    __table_args__ = (
        owned_reference("survey_id", "survey", ondelete="CASCADE"),
        owned_reference("person_id", "person"),
        Index("ix_survey_sight_person_id", "organization_id", "person_id"),
    )

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)


class ReminderStep(OfOrganization, Base):
    """A mail to many: the invitation or a reminder; ``state`` is waiting, started or skipped.

    ``kind`` names the text: invitation, reminder_1, reminder_2 or last_day.
    """

    __tablename__ = "reminder_step"
    __table_args__ = (owned_reference("survey_id", "survey", ondelete="CASCADE"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    due_local: Mapped[datetime] = mapped_column(DateTime())
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    state: Mapped[str] = mapped_column(String(10))


class Reminder(OfOrganization, Base):
    """One mail to one person: sending (claimed, perhaps sent), sent or failed; once a step."""

    __tablename__ = "reminder"
    __table_args__ = (
        owned_reference("survey_id", "survey", ondelete="CASCADE"),
        owned_reference("person_id", "person"),
        Index("ix_reminder_person_id", "organization_id", "person_id"),
    )

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))


class Undeliverable(OfOrganization, Base):
    """An address that a mail server refused for good, with the code and words of the refusal."""

    __tablename__ = "undeliverable"
    __table_args__ = (
        owned_reference("survey_id", "survey", ondelete="CASCADE"),
        owned_reference("person_id", "person"),
    )

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(String(320))
    reason: Mapped[str] = mapped_column(String(500))


class PrintedCode(Base):
    """The keyed hash of a one-time code on paper; typed in where no organization is known yet."""

    __tablename__ = "printed_code"
    __table_args__ = (
        owned_reference("survey_id", "survey", ondelete="CASCADE"),
        owned_reference("person_id", "person"),
        UniqueConstraint("organization_id", "survey_id", "person_id"),
    )

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    survey_id: Mapped[int]
    person_id: Mapped[int]
    redeemed: Mapped[bool]


class RateShown(OfOrganization, Base):
    """The response rates as they are displayed now: people invited and finished in each node."""

    __tablename__ = "rate_shown"
    __table_args__ = (owned_reference("survey_id", "survey", ondelete="CASCADE"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime())
    invited: Mapped[list[int]] = mapped_column(Json)
    finished: Mapped[list[int]] = mapped_column(Json)


class RateDay(OfOrganization, Base):
    """The people finished in each node at the end of a local day: the curve over days."""

    __tablename__ = "rate_day"
    __table_args__ = (owned_reference("survey_id", "survey", ondelete="CASCADE"),)

    survey_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    invited: Mapped[list[int]] = mapped_column(Json)
    finished: Mapped[list[int]] = mapped_column(Json)
