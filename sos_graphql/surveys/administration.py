"""What administrators see of a survey."""

from __future__ import annotations

from sos_core.access.scopes import Scope
from sos_core.database.session import OrganizationSession
from sos_core.people.queries import units
from sos_core.results.wording import cut_name
from sos_core.surveys import queries
from sos_core.surveys.cuts import cut_choices
from sos_core.surveys.letters import preview
from sos_core.surveys.queries import SurveyView
from sos_core.surveys.timetable import INVITATION, Rule
from sos_core.surveys.unopened import not_opened
from sos_graphql.context import Info, context
from sos_graphql.nodes import node_id
from sos_graphql.people.types import unit_type
from sos_graphql.scalars import LocalDateTime
from sos_graphql.surveys.enums import Audience, MailKind, MailState, ReminderAnchor
from sos_graphql.surveys.settings import (
    CutChoice,
    Introduction,
    Invitations,
    MailStep,
    NotOpened,
    ParticipantChoice,
    ReminderRule,
    SurveySettings,
    Thresholds,
    UndeliverableMail,
)


async def survey_settings(info: Info, view: SurveyView) -> SurveySettings | None:
    """Return the settings of a survey to an administrator, None to others."""
    asker = context(info)
    if not asker.may(Scope.SURVEYS_READ):
        return None
    participants, choices = await asker.read(
        lambda session: (_participants(session, info, view), cut_choices(session, view))
    )
    limits = view.thresholds
    return SurveySettings(
        audience=Audience(view.audience),
        comments_audience=Audience(view.comments_audience),
        thresholds=Thresholds(
            people=limits.k, shares=2 * limits.k, comments=limits.comments, across=limits.across
        ),
        reminders=[_rule(Rule.from_json(rule)) for rule in view.reminders],
        sender_name=view.sender_name,
        introductions=[
            Introduction(language=tag, text=words) for tag, words in view.introductions.items()
        ],
        participants=participants,
        cuts=list(view.cuts),
        cut_choices=[
            CutChoice(
                key=choice.key,
                name=cut_name(asker.language, choice.level_name),
                parts=list(choice.parts),
                chosen=choice.chosen,
            )
            for choice in choices
        ],
        not_opened=_not_opened(view, asker.language),
    )


async def invitations(info: Info, view: SurveyView) -> Invitations | None:
    """Return how the mails of a survey went to an administrator, None to others."""
    asker = context(info)
    if not asker.may(Scope.SURVEYS_READ):
        return None
    return await asker.read(lambda session: _invitations(session, view.id))


def _not_opened(view: SurveyView, language: str) -> NotOpened | None:
    found = not_opened(view)
    if found is None:
        return None
    what, remedy = found.words(language)
    return NotOpened(tried_at=found.at, code=found.code, what=what, remedy=remedy)


def _participants(session: OrganizationSession, info: Info, view: SurveyView) -> ParticipantChoice:
    chosen = view.selection
    whole = chosen["units"]
    count = None
    if view.state == "draft":
        count = preview(session, view.id, post=context(info).application.post).invited
    return ParticipantChoice(
        everybody=whole is None,
        units=[unit_type(unit) for unit in units(session) if whole and unit.id in whole],
        people_ids=[node_id("Person", person) for person in chosen["people"]],
        without_ids=[node_id("Person", person) for person in chosen["without"]],
        people_count=count,
    )


def _rule(rule: Rule) -> ReminderRule:
    return ReminderRule(
        kind=MailKind(rule.kind),
        anchor=ReminderAnchor(rule.anchor),
        days=rule.days,
        time_of_day=rule.at.isoformat("minutes"),
    )


def _invitations(session: OrganizationSession, survey_id: int) -> Invitations:
    counts = queries.mail_counts(session, survey_id)
    codes = queries.people_with_codes(session, survey_id)
    return Invitations(
        sent=counts.get((INVITATION, "sent"), 0),
        waiting=counts.get((INVITATION, "sending"), 0),
        steps=[
            MailStep(
                step=step.step,
                kind=MailKind(step.kind),
                due_at=step.due_at,
                due_local=LocalDateTime(step.due_local),
                state=MailState(step.state),
            )
            for step in queries.steps(session, survey_id)
        ],
        undeliverable=[
            UndeliverableMail(
                person_id=node_id("Person", mail.person_id),
                name=mail.name,
                email=mail.address,
                reason=mail.reason,
                mended=mail.mended,
            )
            for mail in queries.undeliverable(session, survey_id)
        ],
        codes_issued=len(codes),
        codes_redeemed=sum(codes.values()),
    )
