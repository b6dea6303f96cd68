"""Everything that the results of one survey are read with, opened after it is clear who reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sos_core.benchmarks.queries import edition, holds_own
from sos_core.content import Questionnaire, questionnaire
from sos_core.database.session import OrganizationSession
from sos_core.errors import NotAllowed, NotFound
from sos_core.records import BenchmarkEdition
from sos_core.results.instrument import Instrument
from sos_core.results.naming import Form, Name
from sos_core.results.stored import Opened, instrument, open_release, release
from sos_core.results.summary import Surroundings
from sos_core.results.views import GroupView
from sos_core.surveys.audience import Sight
from sos_core.surveys.queries import SurveyUnitView, SurveyView, survey


@dataclass(frozen=True)
class Reading:
    """A published survey with the earlier survey and the edition that it is seen beside."""

    survey: SurveyView
    tree: Sequence[SurveyUnitView]
    sight: Sight
    opened: Opened
    previous: SurveyView | None
    earlier: Opened | None
    edition: BenchmarkEdition | None
    own: bool

    @property
    def instrument(self) -> Instrument:
        """Return the questionnaire as arrays."""
        return instrument(self.survey.questionnaire_version)

    @property
    def questionnaire(self) -> Questionnaire:
        """Return the questionnaire."""
        return questionnaire(self.survey.questionnaire_version)

    @property
    def beside(self) -> tuple[str | None, str | None, bool]:
        """Return what names all that the figures are compared with; none of it ever changes."""
        earlier = None if self.earlier is None else self.earlier.digest
        return earlier, None if self.edition is None else self.edition.key, self.own

    @property
    def surroundings(self) -> Surroundings:
        """Return what the figures are compared with."""
        return Surroundings(
            self.questionnaire,
            self.instrument,
            earlier=None if self.earlier is None else self.earlier.published,
            edition=self.edition,
            own=self.own,
        )

    def group(self, node: int, unit: int) -> GroupView:
        """Return the group of a node, as it is shown to a viewer of a unit."""
        if node == self.opened.nodes[unit] and self.opened.published.exact[unit]:
            return GroupView(node, self._unit_name(unit), exact=True)
        known = self.opened.groups.names.get(node)
        if known is None:
            known = self._unit_name(int(self.opened.plan.nodes.unit[node]))
        return GroupView(node, known, exact=False)

    def group_of(self, unit: int) -> GroupView:
        """Return the group that a viewer of a unit is shown."""
        known = self.opened.groups_shown.get(unit)
        if known is None:
            known = self.group(self.opened.nodes[unit], unit)
            self.opened.groups_shown[unit] = known
        return known

    def drillable(self, unit: int) -> bool:
        """Tell whether there are units below that the viewer may see."""
        below = range(unit + 1, self.tree[unit].stop)
        return bool(below) and not self.sight.figures.isdisjoint(below)

    def _unit_name(self, unit: int) -> Name:
        depth = self.tree[unit].level + 1
        return Name(Form.UNIT, (unit,), (), unit, depth, self.opened.invited_below[unit])


def open_reading(
    session: OrganizationSession,
    survey_id: int,
    *,
    sight: Sight,
    now: datetime,
    unit: int = 0,
    whole: bool = True,
    comments: bool = False,
) -> Reading:
    """Return what is needed to read about a unit; raise where the viewer may not.

    NotAllowed ``not_published`` before the publish date, for everybody; NotFound for a unit that is
    not in the survey; NotAllowed ``results_not_for_you`` outside of the viewer's sight.
    """
    view = survey(session, survey_id)
    require_published(view, now)
    opened = open_release(session, survey_id, whole=whole)
    if not 0 <= unit < len(opened.tree):
        raise NotFound(
            "This unit was not part of the survey.",
            "Choose one of the units shown.",
            code="unit_not_in_survey",
        )
    if unit not in (sight.comments if comments else sight.figures):
        raise NotAllowed(
            "These results are not shown to you.",
            "Ask an administrator who the results of this survey are for.",
            code="results_not_for_you",
        )
    previous, earlier = _previous(session, view, now, whole=whole)
    compared = None if opened.edition_key is None else edition(session, opened.edition_key)
    own = compared is not None and holds_own(session, compared.key)
    return Reading(view, opened.tree, sight, opened, previous, earlier, compared, own)


def require_published(view: SurveyView, now: datetime) -> None:
    """Raise NotAllowed ``not_published`` before the publish date, whoever asks."""
    if not view.published(now):
        raise NotAllowed(
            "The results of this survey are not published yet.",
            "Look again after the publish date; until then nobody sees them.",
            code="not_published",
        )


def _previous(
    session: OrganizationSession, view: SurveyView, now: datetime, *, whole: bool
) -> tuple[SurveyView | None, Opened | None]:
    """Return the earlier survey and its release, both None unless it is published by now."""
    if view.previous_id is None:
        return None, None
    previous = survey(session, view.previous_id)
    if not previous.published(now) or release(session, previous.id) is None:
        return None, None
    return previous, open_release(session, previous.id, whole=whole)
