"""What an administrator does to a survey with a button: each verb is one command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.surveys import commands
from sos_core.surveys.queries import survey
from sos_graphql.http.survey_settings import (
    participants_from,
    person_named,
    settings_from,
    wall_time,
)
from sos_graphql.http.visits import Visit

Verb = Callable[[Visit, int], Awaitable[None]]
Command = Callable[[OrganizationSession], object]


async def _change(visit: Visit, command: Command) -> None:
    await visit.asker.write(command)


async def settings(visit: Visit, survey_id: int) -> None:
    """Save the settings and the participants of a draft."""
    actor, now = visit.asker.principal.actor, visit.asker.now

    def work(session: OrganizationSession) -> None:
        wanted = settings_from(visit.sent, survey(session, survey_id))
        commands.edit_survey(session, survey_id, wanted, now=now, actor=actor)
        chosen = participants_from(session, visit.sent)
        commands.choose_participants(session, survey_id, **chosen, now=now, actor=actor)

    await _change(visit, work)


async def schedule(visit: Visit, survey_id: int) -> None:
    """Let a draft open by itself."""
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _change(visit, lambda s: commands.schedule_survey(s, survey_id, now=now, actor=actor))


async def unschedule(visit: Visit, survey_id: int) -> None:
    """Keep a draft from opening by itself."""
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _change(visit, lambda s: commands.unschedule_survey(s, survey_id, now=now, actor=actor))


async def open_now(visit: Visit, survey_id: int) -> None:
    """Open a draft now."""
    actor, now, application = visit.asker.principal.actor, visit.asker.now, visit.application

    def work(session: OrganizationSession) -> None:
        commands.open_survey(
            session,
            survey_id,
            now=now,
            actor=actor,
            keys=application.keys,
            rate_nodes=application.rate_nodes,
        )

    await _change(visit, work)


async def extend(visit: Visit, survey_id: int) -> None:
    """Move the close to a later time."""
    actor, now = visit.asker.principal.actor, visit.asker.now
    closes = wall_time(visit.sent.one("closes"), "closes")
    await _change(
        visit,
        lambda s: commands.extend_survey(s, survey_id, closes=closes, now=now, actor=actor),
    )


async def close(visit: Visit, survey_id: int) -> None:
    """Close an open survey now."""
    _confirmed(visit)
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _change(visit, lambda s: commands.close_early(s, survey_id, now=now, actor=actor))


async def cancel(visit: Visit, survey_id: int) -> None:
    """Give up a survey for good."""
    _confirmed(visit)
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _change(visit, lambda s: commands.cancel_survey(s, survey_id, now=now, actor=actor))


async def add(visit: Visit, survey_id: int) -> None:
    """Invite a forgotten person."""
    await _with_person(visit, survey_id, commands.add_participant)


async def resend(visit: Visit, survey_id: int) -> None:
    """Send one person's link again."""
    await _with_person(visit, survey_id, commands.resend_link)


async def remind(visit: Visit, survey_id: int) -> None:
    """Remind everybody who has not finished."""
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _change(visit, lambda s: commands.remind_now(s, survey_id, now=now, actor=actor))


async def test_mail(visit: Visit, survey_id: int) -> None:
    """Send a mail of the survey to any address, to look at it."""
    application, now, sent = visit.application, visit.asker.now, visit.sent
    message = await visit.asker.read(
        lambda session: commands.make_test_mail(
            session,
            survey_id,
            to=sent.one("to"),
            language=sent.one("language"),
            now=now,
            post=application.post,
        )
    )
    await visit.asker.call(lambda: application.mailer.send(message))


VERBS: Mapping[str, Verb] = {
    "settings": settings,
    "schedule": schedule,
    "unschedule": unschedule,
    "open": open_now,
    "extend": extend,
    "close": close,
    "cancel": cancel,
    "add": add,
    "resend": resend,
    "remind": remind,
    "test-mail": test_mail,
}


async def _with_person(visit: Visit, survey_id: int, command: Callable[..., object]) -> None:
    actor, now, name = visit.asker.principal.actor, visit.asker.now, visit.sent.one("person")

    def work(session: OrganizationSession) -> None:
        command(session, survey_id, person_named(session, name), now=now, actor=actor)

    await _change(visit, work)


def _confirmed(visit: Visit) -> None:
    """Raise InvalidInput unless the box beside a button that cannot be undone was ticked."""
    if visit.sent.one("sure") != "yes":
        raise InvalidInput(
            "This cannot be undone, so it has to be confirmed.",
            "Tick the box beside the button, then choose it again.",
            code="not_confirmed",
            field="sure",
        )
