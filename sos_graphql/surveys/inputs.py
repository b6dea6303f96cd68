"""What is sent to create and change surveys."""

from __future__ import annotations

from typing import Annotated

import strawberry

from sos_graphql.changed import Changed
from sos_graphql.describing import described, described_input, told
from sos_graphql.errors import AnyProblem
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.enums import Audience, MailKind, ReminderAnchor
from sos_graphql.surveys.types import Survey


@described_input
class ThresholdsInput:
    """Least numbers of people; none may be lower than what protects people."""

    people: int = told("Least people behind a figure, 4 or more.", default=5)
    comments: int = told("Least people behind comments, 10 or more.", default=10)
    across: int = told("Least people that two surveys together may tell apart.", default=2)


@described_input
class ReminderRuleInput:
    """When a reminder goes out to those who have not finished."""

    kind: MailKind = told("Which text it has.")
    anchor: ReminderAnchor = told("What the days are counted from.")
    days: int = told("Days after the opening or before the close.")
    time_of_day: str = told("Wall time, such as 09:00.", default="09:00")


@described_input
class IntroductionInput:
    """The organization's own words in one language."""

    language: str = told("The language, such as sv.")
    text: str = told("The words; at most 2,000 characters.")


@described_input
class ParticipantChoiceInput:
    """Who will be invited: units or everybody, single people besides, but not others."""

    units: list[strawberry.ID] | None = told("Whole units; null: everybody.", default=None)
    people: list[strawberry.ID] = told("People besides.", default_factory=list)
    without: list[strawberry.ID] = told("People who are left out.", default_factory=list)


@described_input
class CreateSurveyInput:
    """A draft to be created; absent settings are as they are by default."""

    title: str | None = told(
        "What it is called in mails, in the form and in results.", default=None
    )
    opens: LocalDateTime | None = told("When it opens.", default=None)
    closes: LocalDateTime | None = told("When it closes; two weeks later by default.", default=None)
    publishes: LocalDateTime | None = told("From when results are visible.", default=None)
    time_zone: str | None = told("Time zone of these dates.", default=None)
    languages: list[str] | None = told("Languages in which it can be answered.", default=None)
    audience: Audience | None = told("Who sees figures.", default=None)
    comments_audience: Audience | None = told("Who sees comments.", default=None)
    thresholds: ThresholdsInput | None = told("Least numbers of people.", default=None)
    cuts: list[str] | None = told("Groups across the tree: leaders, level:1 …", default=None)
    reminders: list[ReminderRuleInput] | None = told("All reminders.", default=None)
    previous: strawberry.ID | None = told("The survey that changes count from.", default=None)
    sender_name: str | None = told("Name of the sender of mails.", default=None)
    introductions: list[IntroductionInput] | None = told("All own words.", default=None)
    participants: ParticipantChoiceInput | None = told("Who will be invited.", default=None)


@described_input
class ChangeSurveyInput(CreateSurveyInput):
    """What changes about a draft; absent settings stay as they are."""

    id: strawberry.ID = told("A survey that is still a draft.")


@described_input
class OpenSurveyInput:
    """A draft to be opened."""

    id: strawberry.ID = told("A survey that is still a draft.")


@described_input
class CloseSurveyInput:
    """An open survey to be closed."""

    id: strawberry.ID = told("A survey that is open.")


@described_input
class CancelSurveyInput:
    """A survey to be given up."""

    id: strawberry.ID = told("One that has not been closed.")


@described_input
class SendReminderInput:
    """An open survey, of which those who have not finished are reminded."""

    survey: strawberry.ID = told("A survey that is open.")


@described_input
class ScheduleSurveyInput:
    """A draft that is to open by itself, or not any more."""

    id: strawberry.ID = told("A survey that is still a draft.")
    scheduled: bool = told("Whether it opens by itself at its date.", default=True)


@described_input
class ExtendSurveyInput:
    """A later close for an open survey."""

    id: strawberry.ID = told("A survey that is open.")
    closes: LocalDateTime = told("The new close, as wall time in the survey's zone.")


@described_input
class AddParticipantInput:
    """Somebody who was forgotten."""

    survey: strawberry.ID = told("A survey that is open.")
    person: strawberry.ID = told("Somebody who has not been invited to it.")


@described_input
class ResendPersonalLinkInput:
    """Somebody who has lost the mail with the personal link."""

    survey: strawberry.ID = told("A survey that is open.")
    person: strawberry.ID = told("Somebody who was invited to it.")


@described_input
class SendTestMailInput:
    """A mail to look at before the survey opens."""

    survey: strawberry.ID = told("Whose words and dates it has.")
    email: str = told("E-mail address that it goes to.")
    language: str = told("One of the survey's languages, such as sv.")
    kind: MailKind = told("The invitation or one of the reminders.", default=MailKind.INVITATION)


@described_input
class IssuePrintedCodesInput:
    """People to be given printed codes."""

    survey: strawberry.ID = told("A survey that is open.")
    people: list[strawberry.ID] | None = told(
        "These people; null: all who have no e-mail address.", default=None
    )


@described
class PrintedCode:
    """A code on paper that lets one person in once; it is shown now and never again."""

    person_id: strawberry.ID = told("Who gets it.")
    name: str = told("The person's name, to be printed beside it.")
    code: str = told("What is printed, to be typed at /s/code.")


@described
class PrintedCodes:
    """One-time codes for those whom no mail reaches."""

    codes: list[PrintedCode] = told("The codes by person.")


@described
class MailSent:
    """A mail that was handed over."""

    email: str = told("E-mail address that it went to.")


@described
class SurveyPreview:
    """What a draft would do if it opened now."""

    invited_count: int = told("How many people would be invited.")
    without_address_ids: list[strawberry.ID] = told("Those of them who need a printed code.")
    link: str = told("Address that shows the form as a respondent sees it.")


SurveyResult = Annotated[
    Survey | Changed | AnyProblem,
    strawberry.union("SurveyResult", description="The survey, or why it cannot be done."),
]
PrintedCodesResult = Annotated[
    PrintedCodes | AnyProblem,
    strawberry.union("PrintedCodesResult", description="The codes, or why there are none."),
]
MailSentResult = Annotated[
    MailSent | AnyProblem,
    strawberry.union("MailSentResult", description="The mail, or why it was not sent."),
]
SurveyPreviewAnswer = Annotated[
    SurveyPreview | AnyProblem,
    strawberry.union("SurveyPreviewAnswer", description="The preview, or why there is none."),
]
