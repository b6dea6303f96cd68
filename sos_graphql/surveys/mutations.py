"""What administrators do to surveys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import strawberry

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.surveys import codes, drafting, letters, mailing, opening, running
from sos_graphql.changed import Changed, shown
from sos_graphql.context import Info, context
from sos_graphql.describing import mutated
from sos_graphql.errors import attempt
from sos_graphql.nodes import no_such_thing, node_id, number_of
from sos_graphql.surveys.inputs import (
    AddParticipantInput,
    CancelSurveyInput,
    ChangeSurveyInput,
    CloseSurveyInput,
    CreateSurveyInput,
    ExtendSurveyInput,
    IssuePrintedCodesInput,
    MailSent,
    MailSentResult,
    OpenSurveyInput,
    PrintedCode,
    PrintedCodes,
    PrintedCodesResult,
    ResendPersonalLinkInput,
    ScheduleSurveyInput,
    SendReminderInput,
    SendTestMailInput,
    SurveyResult,
)
from sos_graphql.surveys.setting import choice_of, settings_of
from sos_graphql.surveys.types import Survey, find_survey

Command = Callable[[OrganizationSession, int, datetime, str], object]
"""A command on one survey: (session, survey id, now, actor)."""

Create = Annotated[CreateSurveyInput, strawberry.argument(description="Its settings.")]
Change = Annotated[
    ChangeSurveyInput, strawberry.argument(description="The draft and what changes.")
]
Schedule = Annotated[ScheduleSurveyInput, strawberry.argument(description="The draft.")]
Open = Annotated[OpenSurveyInput, strawberry.argument(description="The draft.")]
Close = Annotated[CloseSurveyInput, strawberry.argument(description="The survey.")]
Cancel = Annotated[CancelSurveyInput, strawberry.argument(description="The survey.")]
Reminder = Annotated[SendReminderInput, strawberry.argument(description="Of which survey.")]
Extend = Annotated[ExtendSurveyInput, strawberry.argument(description="Survey and new close.")]
Add = Annotated[AddParticipantInput, strawberry.argument(description="Survey and person.")]
Resend = Annotated[ResendPersonalLinkInput, strawberry.argument(description="Survey and person.")]
TestMail = Annotated[SendTestMailInput, strawberry.argument(description="Which mail to whom.")]
IssueCodes = Annotated[
    IssuePrintedCodesInput, strawberry.argument(description="Survey and people.")
]


@strawberry.type
class SurveyMutation:
    """Changes of surveys, for administrators."""

    @mutated
    async def create_survey(self, info: Info, input: Create) -> SurveyResult:  # noqa: A002
        """Create a draft: two weeks for everybody, where nothing else is said."""
        return await attempt(info, _create(info, input))

    @mutated
    async def change_survey(self, info: Info, input: Change) -> SurveyResult:  # noqa: A002
        """Change settings of a draft."""
        return await attempt(info, _change(info, input))

    @mutated
    async def schedule_survey(self, info: Info, input: Schedule) -> SurveyResult:  # noqa: A002
        """Let a draft open by itself at its date, or not any more."""
        verb = opening.schedule_survey if input.scheduled else opening.unschedule_survey
        return await attempt(
            info,
            _do(info, input.id, lambda s, survey, now, who: verb(s, survey, now=now, actor=who)),
        )

    @mutated
    async def open_survey(self, info: Info, input: Open) -> SurveyResult:  # noqa: A002
        """Open a draft now; tree, people and thresholds are frozen with it."""
        application = context(info).application

        def work(session: OrganizationSession, survey: int, now: datetime, who: str) -> None:
            opening.open_survey(
                session,
                survey,
                now=now,
                actor=who,
                keys=application.keys,
                rate_nodes=application.rate_nodes,
            )

        return await attempt(info, _do(info, input.id, work))

    @mutated
    async def extend_survey(self, info: Info, input: Extend) -> SurveyResult:  # noqa: A002
        """Move the close of an open survey to a later time."""

        def work(session: OrganizationSession, survey: int, now: datetime, who: str) -> None:
            running.extend_survey(session, survey, closes=input.closes, now=now, actor=who)

        return await attempt(info, _do(info, input.id, work))

    @mutated
    async def close_survey(self, info: Info, input: Close) -> SurveyResult:  # noqa: A002
        """Close an open survey now; results still wait for the publish date."""
        return await attempt(
            info,
            _do(
                info,
                input.id,
                lambda s, survey, now, who: running.close_early(s, survey, now=now, actor=who),
            ),
        )

    @mutated
    async def cancel_survey(self, info: Info, input: Cancel) -> SurveyResult:  # noqa: A002
        """Give up a survey for good; its answers are never read."""
        return await attempt(
            info,
            _do(
                info,
                input.id,
                lambda s, survey, now, who: running.cancel_survey(s, survey, now=now, actor=who),
            ),
        )

    @mutated
    async def add_participant(self, info: Info, input: Add) -> SurveyResult:  # noqa: A002
        """Invite a forgotten person to an open survey."""
        return await attempt(info, _with_person(info, input, opening.add_participant))

    @mutated
    async def resend_personal_link(self, info: Info, input: Resend) -> SurveyResult:  # noqa: A002
        """Send one person's personal link again."""
        return await attempt(info, _with_person(info, input, letters.resend_link))

    @mutated
    async def send_reminder(self, info: Info, input: Reminder) -> SurveyResult:  # noqa: A002
        """Send a reminder now, to everybody who has not finished."""
        return await attempt(
            info,
            _do(
                info,
                input.survey,
                lambda s, survey, now, who: mailing.remind_now(s, survey, now=now, actor=who),
            ),
        )

    @mutated
    async def send_test_mail(self, info: Info, input: TestMail) -> MailSentResult:  # noqa: A002
        """Send a mail of a survey to any address, to look at it."""
        return await attempt(info, _send_test_mail(info, input))

    @mutated
    async def issue_printed_codes(
        self,
        info: Info,
        input: IssueCodes,  # noqa: A002
    ) -> PrintedCodesResult:
        """Make one-time codes to be printed; an earlier code of the same person ends."""
        return await attempt(info, _issue_codes(info, input))


async def _do(info: Info, given: str, command: Command) -> Survey | Changed:
    """Run a command on a survey for an administrator, and return the survey as it is then."""
    asker = context(info)
    actor, now = asker.administer(Scope.SURVEYS_WRITE).actor, asker.now
    number = number_of("Survey", given)
    await asker.write(lambda session: command(session, number, now, actor))
    return await _shown(info, number)


async def _shown(info: Info, number: int) -> Survey | Changed:
    async def show() -> Survey:
        found = await find_survey(info, number)
        if found is None:
            raise no_such_thing()
        return found

    return await shown(info, Scope.SURVEYS_READ, "Survey", number, show)


async def _create(info: Info, given: CreateSurveyInput) -> Survey | Changed:
    asker = context(info)
    actor, now = asker.administer(Scope.SURVEYS_WRITE).actor, asker.now
    settings, choice = settings_of(given), choice_of(given.participants)

    def work(session: OrganizationSession) -> int:
        number = drafting.create_survey(session, settings, now=now, actor=actor)
        if choice is not None:
            choice.check(session)
            drafting.choose_participants(session, number, now=now, actor=actor, **choice.chosen)
        return number

    return await _shown(info, await asker.write(work))


async def _change(info: Info, given: ChangeSurveyInput) -> Survey | Changed:
    settings, choice = settings_of(given), choice_of(given.participants)

    def work(session: OrganizationSession, survey: int, now: datetime, who: str) -> None:
        drafting.edit_survey(session, survey, settings, now=now, actor=who)
        if choice is not None:
            choice.check(session)
            drafting.choose_participants(session, survey, now=now, actor=who, **choice.chosen)

    return await _do(info, given.id, work)


async def _with_person(
    info: Info, given: AddParticipantInput | ResendPersonalLinkInput, command: Callable[..., object]
) -> Survey | Changed:
    def work(session: OrganizationSession, survey: int, now: datetime, who: str) -> None:
        command(session, survey, number_of("Person", given.person), now=now, actor=who)

    return await _do(info, given.survey, work)


async def _send_test_mail(info: Info, given: SendTestMailInput) -> MailSent:
    asker = context(info)
    asker.administer()
    application, now, number = asker.application, asker.now, number_of("Survey", given.survey)
    message = await asker.read(
        lambda session: letters.make_test_mail(
            session,
            number,
            to=given.email,
            language=given.language,
            now=now,
            post=application.post,
            kind=given.kind.value,
        )
    )
    await asker.call(lambda: application.mailer.send(message))
    return MailSent(email=message.to)


async def _issue_codes(info: Info, given: IssuePrintedCodesInput) -> PrintedCodes:
    asker = context(info)
    actor, now = asker.administer().actor, asker.now
    number, secret = number_of("Survey", given.survey), asker.application.secret
    people = None if given.people is None else [number_of("Person", p) for p in given.people]
    issued = await asker.write(
        lambda session: codes.issue_codes(
            session, number, secret=secret, now=now, actor=actor, person_ids=people
        )
    )
    return PrintedCodes(
        codes=[
            PrintedCode(person_id=node_id("Person", code.person_id), name=code.name, code=code.code)
            for code in issued
        ]
    )
