"""The choices of surveys."""

from __future__ import annotations

from enum import Enum

from sos_graphql.describing import described_enum


@described_enum(
    DRAFT="Is being prepared; it may be scheduled to open by itself.",
    OPEN="Takes answers.",
    CLOSING="Takes no more answers; they are being counted.",
    CLOSED="Has been counted; results are visible from the publish date.",
    CANCELED="Was given up; its answers were never read.",
)
class SurveyState(Enum):
    """How far a survey has come."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELED = "cancelled"


STATES = {
    "draft": SurveyState.DRAFT,
    "open": SurveyState.OPEN,
    "closing": SurveyState.CLOSING,
    "tallied": SurveyState.CLOSED,
    "sealed": SurveyState.CLOSED,
    "cancelled": SurveyState.CANCELED,
}


@described_enum(
    PUBLISHED="The latest survey whose results are published.",
    OPEN="The survey that is open now.",
)
class LatestSurvey(Enum):
    """A survey by what it is, where its id is not known."""

    PUBLISHED = "published"
    OPEN = "open"


@described_enum(
    ADMINISTRATORS="Administrators and those whom they gave access to.",
    LEADERS="These, and leaders for their units.",
    PARTICIPANTS="These, and participants for their own units.",
)
class Audience(Enum):
    """Who sees something of the results; each includes those before it."""

    ADMINISTRATORS = "administrators"
    LEADERS = "leaders"
    PARTICIPANTS = "participants"


@described_enum(
    INVITATION="The mail with the personal link.",
    REMINDER_1="The first reminder.",
    REMINDER_2="The second reminder.",
    LAST_DAY="The reminder shortly before the close.",
)
class MailKind(Enum):
    """Which text a mail to many has."""

    INVITATION = "invitation"
    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    LAST_DAY = "last_day"


@described_enum(
    OPENS="Days after the opening.",
    CLOSES="Days before the close.",
)
class ReminderAnchor(Enum):
    """What the days of a reminder are counted from."""

    OPENS = "opens"
    CLOSES = "closes"


@described_enum(
    WAITING="Has not been due yet.",
    STARTED="Is going out or has gone out.",
    SKIPPED="Was due while SOS was down, and a later one took its place.",
)
class MailState(Enum):
    """What has become of a mail to many."""

    WAITING = "waiting"
    STARTED = "started"
    SKIPPED = "skipped"


@described_enum(
    EXACT="The rate itself.",
    AT_MOST="The rate is this or lower; more is not told.",
    AT_LEAST="The rate is this or higher; more is not told.",
)
class RateBound(Enum):
    """How a response rate is to be read."""

    EXACT = "exact"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@described_enum(
    TIMES="Times in a typical recent week.",
    HOURS="Hours in a typical recent week.",
)
class ActivityUnit(Enum):
    """What an activity question counts."""

    TIMES = "times"
    HOURS = "hours"
