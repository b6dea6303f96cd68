"""What administrators see of a survey: its settings, its mails, and whom no mail reaches."""

from __future__ import annotations

from datetime import datetime

import strawberry

from sos_graphql.describing import described, told
from sos_graphql.people.types import Unit
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.enums import Audience, MailKind, MailState, ReminderAnchor


@described
class Thresholds:
    """Least numbers of people behind what is shown; they are fixed when the survey opens."""

    people: int = told("Least people behind a figure.")
    shares: int = told("Least people behind the shares of options.")
    comments: int = told("Least people behind comments.")
    across: int = told("Least people that two surveys together may tell apart.")


@described
class ReminderRule:
    """When a reminder goes out to those who have not finished."""

    kind: MailKind = told("Which text it has.")
    anchor: ReminderAnchor = told("What the days are counted from.")
    days: int = told("Days after the opening or before the close.")
    time_of_day: str = told("Wall time, such as 09:00.")


@described
class Introduction:
    """The organization's own words in invitations and on the first page of the form."""

    language: str = told("The language, such as sv.")
    text: str = told("The words.")


@described
class ParticipantChoice:
    """Who will be invited; it is worked out when the survey opens."""

    everybody: bool = told("Whether the whole organization is invited.")
    units: list[Unit] = told("Units that are invited as a whole.")
    people_ids: list[strawberry.ID] = told("People who are invited besides.")
    without_ids: list[strawberry.ID] = told("People who are left out.")
    people_count: int | None = told(
        "How many would be invited now; null where the survey is no draft any more."
    )


@described
class CutChoice:
    """A cut across the tree that a draft can register, or that a survey has registered."""

    key: str = told("The cut as it is registered: leaders, or level:1 …")
    name: str = told("Name in the caller's language.")
    parts: list[str] = told("Names that several units of the level share, each a group.")
    chosen: bool = told("Whether the survey registers it.")


@described
class NotOpened:
    """Why a draft did not open by itself; it is scheduled no more, and waits for somebody."""

    tried_at: datetime = told("When it was tried in vain.")
    code: str = told("Stable key of the failure, for programs.")
    what: str = told("What hindered it, in the caller's language.")
    remedy: str = told("The next step, in the caller's language.")


@described
class SurveySettings:
    """What administrators choose before a survey opens."""

    audience: Audience = told("Who sees figures, each for their own part of the organization.")
    comments_audience: Audience = told("Who sees comments; never more than see the figures.")
    thresholds: Thresholds = told("Least numbers of people behind what is shown.")
    reminders: list[ReminderRule] = told("When reminders go out.")
    sender_name: str = told("Name of the sender of mails; empty: the organization's.")
    introductions: list[Introduction] = told("The organization's own words, by language.")
    participants: ParticipantChoice = told("Who will be invited.")
    cuts: list[str] = told("Groups across the tree that results are cut by: leaders, level:1 …")
    cut_choices: list[CutChoice] = told("What a draft can be cut by; later, what it was cut by.")
    not_opened: NotOpened | None = told(
        "Why it did not open by itself at its date; null where nothing hindered it."
    )


@described
class MailStep:
    """A mail to many: the invitation or a reminder."""

    step: str = told("Its name within the survey.")
    kind: MailKind = told("Which text it has.")
    due_at: datetime = told("When it is due.")
    due_local: LocalDateTime = told("The same as wall time in the survey's time zone.")
    state: MailState = told("What has become of it.")


@described
class UndeliverableMail:
    """A person whom no mail reaches."""

    person_id: strawberry.ID = told("Whom it was written to.")
    name: str = told("That person's name.")
    email: str = told("E-mail address that was refused.")
    reason: str = told("What the mail server said.")
    mended: bool = told("Whether the address was changed since.")


@described
class Invitations:
    """How the mails of a survey went."""

    sent: int = told("How many invitations a mail server accepted.")
    waiting: int = told("How many invitations are on their way.")
    steps: list[MailStep] = told("The invitation and the reminders in the order of their dates.")
    undeliverable: list[UndeliverableMail] = told("People whom no mail reaches, by name.")
    codes_issued: int = told("How many people were given a printed code.")
    codes_redeemed: int = told("How many people have used their printed code.")
