"""The pages of published results: widgets for one unit, and the way through the units that one may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import BaseRoute

from sos_core.access.principal import Principal
from sos_core.application import Application
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotFound
from sos_core.people.queries import person
from sos_core.results.queries import receipt_counted, unit_results
from sos_core.results.views import UnitResults
from sos_core.results.wording import group_name
from sos_core.surveys.participation import participation, sight_at_opening
from sos_core.surveys.queries import SurveyUnitView, SurveyView, survey_tree, surveys
from sos_core.surveys.sight import frame_of, survey_sight
from sos_graphql.http.shell import show
from sos_graphql.http.visits import Visit, number, page
from sos_graphql.nodes import node_id, number_of

ROOT = 0
WHOLE = "organization"
"""What addresses call the whole organization, which is no unit and has no id."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that the reader may open."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where the reader stands: the published surveys, the unit, what is above it and below."""

    others: list[SurveyView]
    survey: SurveyView | None = None
    unit_id: int | None = None
    scores: UnitResults | None = None
    path: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()
    cuts: bool = False

    @property
    def up(self) -> Place | None:
        """Return the next unit above that the reader may open."""
        return self.path[-2] if len(self.path) > 1 else None


def result_routes(application: Application) -> Sequence[BaseRoute]:
    """Return the routes under ``/app/results``."""
    return [
        page(application, "/app/results", results),
        page(application, "/app/results/{survey}", results),
        page(application, "/app/results/{survey}/receipts", check_receipt, posts=True),
        page(application, "/app/results/{survey}/{unit}", results),
    ]


async def results(visit: Visit) -> Response:
    """Show the results of a unit, by default of the reader's own."""
    given = visit.request.path_params
    survey_id = visit.number("survey") if "survey" in given else None
    wanted = visit.path("unit") if "unit" in given else None
    _ = visit.asker.organization_id
    way = await visit.asker.read(lambda session: way_to(session, visit, survey_id, wanted))
    return await show(
        visit,
        "results.html",
        survey=way.survey,
        survey_key=node_id("Survey", way.survey.id) if way.survey else None,
        unit_key=node_id("Unit", way.unit_id) if way.unit_id is not None else None,
        path=way.path,
        up=way.up,
        below=way.below,
        others=way.others,
        cuts=way.cuts,
        scores=way.scores,
        group=group_name(visit.asker.language, way.scores.tree, way.scores.group.name)
        if way.scores
        else "",
        larger=_larger(visit, way.scores) if way.scores else {},
    )


def _larger(visit: Visit, found: UnitResults) -> dict[str, str]:
    """Return the names of the larger groups whose scores stand in, by key of the score."""
    return {
        score.key: group_name(visit.asker.language, found.tree, score.larger.name)
        for score in (found.overall, *found.areas)
        if score.larger is not None
    }


async def check_receipt(visit: Visit) -> Response:
    """Tell whether the answers of a receipt were counted."""
    survey_id, receipt = visit.number("survey"), visit.sent.one("receipt")
    now = visit.asker.now

    def work(session: OrganizationSession) -> tuple[SurveyView, bool | None]:
        view = next((v for v in surveys(session) if v.id == survey_id and v.published(now)), None)
        if view is None:
            raise nothing_here()
        return view, receipt_counted(session, survey_id, receipt) if visit.posted else None

    _ = visit.asker.organization_id
    view, counted = await visit.asker.read(work)
    return await show(visit, "receipts.html", survey=view, counted=counted, receipt=receipt[:40])


def way_to(
    session: OrganizationSession, visit: Visit, survey_id: int | None, wanted: str | None
) -> Way:
    """Return where the reader stands; raise NotFound for what they may not see, or is not there.

    ``wanted`` is a unit as addresses name it; None is the reader's own.
    """
    now, caller = visit.asker.now, visit.asker.principal
    others: list[SurveyView] = []
    found: Way | None = None
    for view in surveys(session):
        if not view.published(now):
            continue
        tree = survey_tree(session, view.id)
        sight = survey_sight(session, view.id, caller, now=now, frame=frame_of(tree))
        if not sight.figures:
            continue
        others.append(view)
        if found is None and survey_id in (None, view.id):
            here = (
                own_place(session, view, tree, sight.figures, caller)
                if wanted is None
                else _place_of(tree, sight.figures, wanted)
            )
            scores = unit_results(session, view.id, here, sight=sight, now=now)
            whole = ROOT in sight.figures and bool(view.cuts)
            found = replace(_way(view, tree, sight.figures, here), scores=scores, cuts=whole)
    if found is None and survey_id is not None:
        raise nothing_here()
    if found is None:
        return Way(others)
    return replace(found, others=others)


def own_place(
    session: OrganizationSession,
    view: SurveyView,
    tree: Sequence[SurveyUnitView],
    seen: frozenset[int],
    caller: Principal,
) -> int:
    """Return the position at which a reader begins, among those that are ``seen``.

    The deepest unit that they lead, else their home, else the highest that was granted to them;
    who sees everything begins with the organization.
    """
    if caller.all_units:
        return min(seen)
    led = {unit.index for unit in tree if unit.unit_id in caller.led}
    granted = {unit.index for unit in tree if unit.unit_id in caller.granted}
    home: set[int] = set()
    if caller.person_id is not None:
        led |= sight_at_opening(session, view.id, caller.person_id)[0]
        part = participation(session, view.id, caller.person_id)
        home_id = person(session, caller.person_id).unit_id if part is None else None
        home = {unit.index for unit in tree if home_id is not None and unit.unit_id == home_id}
        home |= set() if part is None else {part.unit_index}
    if led & seen:
        return max(led & seen, key=lambda place: (tree[place].level, -place))
    return min(home & seen or granted & seen or seen)


def _place_of(tree: Sequence[SurveyUnitView], seen: frozenset[int], wanted: str) -> int:
    """Return the position of a unit by its id, or of the whole organization."""
    unit_id = None if wanted == WHOLE else _unit_number(wanted)
    for unit in tree:
        if unit_id == unit.unit_id and unit.index in seen:
            return unit.index
    raise nothing_here()


def _unit_number(wanted: str) -> int:
    """Return the number of a unit, given as such or as the id that the API uses."""
    return number(wanted) if wanted.isdecimal() else number_of("Unit", wanted)


def _way(view: SurveyView, tree: Sequence[SurveyUnitView], seen: frozenset[int], here: int) -> Way:
    above, place = [], here
    while place >= 0:
        above.append(place)
        place = tree[place].parent_index
    below = [unit for unit in tree if unit.parent_index == here and unit.index in seen]
    return Way(
        others=[],
        survey=view,
        unit_id=tree[here].unit_id,
        path=tuple(_place(view, tree[p]) for p in reversed(above) if p in seen),
        below=tuple(_place(view, unit) for unit in below),
    )


def _place(view: SurveyView, unit: SurveyUnitView) -> Place:
    return Place(unit.name, f"/app/results/{view.id}/{unit.unit_id or WHOLE}")


def nothing_here() -> NotFound:
    """Return the error for results that are not there for the reader."""
    return NotFound(
        "This was not found.", "Check the address, or go back and choose from the list."
    )
