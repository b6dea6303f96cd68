"""Tables to take along: the rows of a file that were refused, and the published scores of a survey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.application import Application
from sos_core.content import level_title, message
from sos_core.database.session import OrganizationSession
from sos_core.organizations.audit import record
from sos_core.people.plan_queries import PlanRow, plan_rows
from sos_core.results.queries import matrix, unit_results
from sos_core.results.wording import group_name
from sos_core.surveys.queries import SurveyUnitView, survey
from sos_core.surveys.sight import survey_sight
from sos_graphql.http.result_pages import nothing_here
from sos_graphql.http.tables import MEDIA_TYPES, Cell, download, table_file
from sos_graphql.http.visits import Visit, page
from sos_graphql.nodes import number_of

MOST_REJECTIONS = 100_000
ROOT = 0


def download_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes of tables under ``/files``."""
    return [
        page(application, "/files/rejections/{plan}.{ending}", rejections),
        page(application, "/files/results/{survey}.{ending}", scores),
    ]


async def rejections(visit: Visit) -> Response:
    """Hand out the rows of a plan that were refused, each with what is wrong and what to do."""
    actor, now = visit.asker.administer().actor, visit.asker.now
    plan_id, ending = number_of("ChangePlan", visit.path("plan")), visit.path("ending")
    language = visit.asker.language
    rows = await visit.asker.read(
        lambda session: plan_rows(session, plan_id, "rejected", count=MOST_REJECTIONS)
    )
    keys = ("sheet", "row", "column", "what", "remedy")
    headings = [visit.say(f"app.rejections.{key}") for key in keys]
    body = await visit.asker.call(
        lambda: table_file(
            ending,
            visit.say("app.rejections.title"),
            headings,
            (_rejection(row, language) for row in rows),
        )
    )
    await _note(visit, actor, "people.rejections_exported", f"change_plan:{plan_id}", now)
    return download(body, f"rejections.{ending}", MEDIA_TYPES[ending])


async def scores(visit: Visit) -> Response:
    """Hand out the scores of all units that the reader may see, as they were published."""
    _ = visit.asker.organization_id
    survey_id, ending = visit.number("survey"), visit.path("ending")
    keys, rows = await visit.asker.read(lambda session: _scores(session, visit, survey_id))
    headings = [
        visit.say("app.column.unit"),
        visit.say("app.column.level"),
        visit.say("app.column.group"),
        visit.say("app.column.people"),
        *(visit.say(_name_key(key)) for key in keys),
    ]
    body = await visit.asker.call(
        lambda: table_file(ending, visit.say("app.results"), headings, rows)
    )
    actor, now = visit.asker.principal.actor, visit.asker.now
    await _note(visit, actor, "results.exported", f"survey:{survey_id}", now)
    return download(body, f"results.{ending}", MEDIA_TYPES[ending])


async def _note(visit: Visit, actor: str, verb: str, subject: str, now: datetime) -> None:
    await visit.asker.write(
        lambda session: record(session, actor=actor, verb=verb, subject=subject, now=now)
    )


def _scores(
    session: OrganizationSession, visit: Visit, survey_id: int
) -> tuple[list[str], list[list[Cell]]]:
    """Return (column keys, rows): unit, level, the group that is shown, its size, the scores."""
    caller, now, language = visit.asker.principal, visit.asker.now, visit.asker.language
    if not survey(session, survey_id).published(now):
        raise nothing_here()
    sight = survey_sight(session, survey_id, caller, now=now)
    if not sight.figures:
        raise nothing_here()
    view = matrix(session, survey_id, sight=sight, now=now, whole=True)
    own = [column.own for column in view.columns]
    rows: list[list[Cell]] = []
    if ROOT in sight.figures:
        top = unit_results(session, survey_id, ROOT, sight=sight, now=now)
        name = group_name(language, top.tree, top.group.name)
        values: list[Cell] = [top.overall.own, *(area.own for area in top.areas)]
        level = level_title(top.place.level_name)
        rows.append([top.place.name, level, name, top.group.name.people, *values])
    for place, (unit, group) in enumerate(zip(view.places, view.groups, strict=True)):
        name = group_name(language, view.tree, group.name)
        figures: list[Cell] = [column[place] for column in own]
        path = " › ".join(_path(view.tree, unit))
        level = level_title(unit.level_name)
        rows.append([path, level, name, group.name.people, *figures])
    return [column.key for column in view.columns], rows


def _path(tree: Sequence[SurveyUnitView], unit: SurveyUnitView) -> list[str]:
    names: list[str] = []
    place = unit.index
    while place > ROOT:
        names.append(tree[place].name)
        place = tree[place].parent_index
    return names[::-1]


def _name_key(column: str) -> str:
    return "results.overall" if column == "overall" else f"area.{column}.name"


def _rejection(row: PlanRow, language: str) -> list[Cell]:
    told = message(language, row.code, row.values, "rejection") or (row.what, row.remedy)
    return [row.sheet, row.row, row.column, *told]
