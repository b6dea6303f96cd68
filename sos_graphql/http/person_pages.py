"""The pages of one person: add, edit, move, deactivate; each change is a plan that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.content import LANGUAGES
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound, SosError
from sos_core.people import by_hand
from sos_core.people.plan_queries import plan_rows
from sos_graphql.http.person_forms import (
    NOBODY,
    PersonForm,
    Values,
    empty_form,
    person_form,
    record_from,
    sent_values,
)
from sos_graphql.http.plan_pages import Told, told_plan
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, go, number, page, status_of, words_of

USER_TYPES = ("participant", "viewer")
Change = Callable[[OrganizationSession, int, str, datetime], int]


def person_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of single people, under ``/app/people``."""
    return [
        page(application, "/app/people/new", add, posts=True),
        page(application, "/app/people/{person}", edit, posts=True),
        page(application, "/app/people/{person}/deactivate", deactivate, posts=True),
        page(application, "/app/people/{person}/reactivate", reactivate, posts=True),
    ]


async def add(visit: Visit) -> Response:
    """Show the empty form, or add the person whom it names."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    if not visit.posted:
        return await _shown(visit, await visit.asker.read(empty_form))

    def work(session: OrganizationSession) -> tuple[int, int | None]:
        record = record_from(session, empty_form(session), visit.sent)
        plan_id = by_hand.add_person(session, record, actor=actor, now=now)
        [row] = plan_rows(session, plan_id, "added", count=1)
        return plan_id, row.person_id

    try:
        plan_id, person_id = await visit.asker.write(work)
    except SosError as error:
        return await _refused(visit, empty_form, error)
    return go(f"/app/people/{person_id}?plan={plan_id}")


async def edit(visit: Visit) -> Response:
    """Show one person, or change what the form says anew; both in one plan."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    person_id = visit.number("person")
    if not visit.posted:
        form = await visit.asker.read(lambda session: person_form(session, person_id))
        return await _shown(visit, form, told=await _told(visit, person_id))

    def work(session: OrganizationSession) -> int | None:
        record = record_from(session, person_form(session, person_id), visit.sent)
        if record == NOBODY:
            return None
        return by_hand.edit_person(session, person_id, record, actor=actor, now=now)

    try:
        plan_id = await visit.asker.write(work)
    except NotFound:
        raise
    except SosError as error:
        return await _refused(visit, lambda session: person_form(session, person_id), error)
    return go(f"/app/people/{person_id}?" + ("done=same" if plan_id is None else f"plan={plan_id}"))


async def deactivate(visit: Visit) -> Response:
    """Deactivate a person."""

    def work(session: OrganizationSession, person_id: int, actor: str, now: datetime) -> int:
        return by_hand.deactivate_person(session, person_id, actor=actor, now=now)

    return await _switch(visit, work, active=True)


async def reactivate(visit: Visit) -> Response:
    """Make a person active again, in the same place as before."""

    def work(session: OrganizationSession, person_id: int, actor: str, now: datetime) -> int:
        return by_hand.reactivate_person(session, person_id, actor=actor, now=now)

    return await _switch(visit, work, active=False)


async def _switch(visit: Visit, change: Change, *, active: bool) -> Response:
    """Carry out ``change`` where the person still is as the button's page showed."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    person_id = visit.number("person")
    if not visit.posted:
        return go(f"/app/people/{person_id}")

    def work(session: OrganizationSession) -> int | None:
        view = person_form(session, person_id).view
        if view is None or view.active is not active:
            return None
        return change(session, person_id, actor, now)

    try:
        plan_id = await visit.asker.write(work)
    except NotFound:
        raise
    except SosError as error:
        form = await visit.asker.read(lambda session: person_form(session, person_id))
        return await _shown(visit, form, error)
    return go(f"/app/people/{person_id}?" + ("done=same" if plan_id is None else f"plan={plan_id}"))


async def _told(visit: Visit, person_id: int) -> Told | None:
    """Return what the plan named in the address did, where it is there and about the person."""
    given = visit.request.query_params.get("plan", "")
    if not given:
        return None
    try:
        plan_id = number(given)
        told = await visit.asker.read(lambda s: told_plan(s, plan_id, visit.asker.language))
    except NotFound:
        return None
    return told if told.plan.state == "applied" and person_id in told.people else None


async def _refused(
    visit: Visit, read: Callable[[OrganizationSession], PersonForm], error: SosError
) -> Response:
    """Return the page with what is wrong; it keeps what was written unless the person has changed."""
    form = await visit.asker.read(read)
    stale = error.code == "person_changed"
    return await _shown(visit, form, error, values=None if stale else sent_values(visit.sent))


async def _shown(
    visit: Visit,
    form: PersonForm,
    error: SosError | None = None,
    *,
    told: Told | None = None,
    values: Values | None = None,
) -> Response:
    return await show(
        visit,
        "person.html",
        status=status_of(error) if error else 200,
        form=form,
        person=form.view,
        values=values or form.values,
        wrong=words_of(error, visit.asker.language) if error else None,
        told=told,
        all_languages=LANGUAGES,
        user_types=USER_TYPES,
    )
