"""Settings as they are sent, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from sos_core.database.session import OrganizationSession
from sos_core.people.queries import people_by_id, units
from sos_core.surveys.drafting import SurveySettings
from sos_core.surveys.queries import Thresholds
from sos_graphql.nodes import no_such_thing, number_of
from sos_graphql.surveys.inputs import CreateSurveyInput, ParticipantChoiceInput, ReminderRuleInput


class Chosen(TypedDict):
    """The arguments of ``choose_participants``."""

    units: Sequence[int] | None
    people: Sequence[int]
    without: Sequence[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to be invited, by number."""

    chosen: Chosen

    def check(self, session: OrganizationSession) -> None:
        """Raise NotFound where a unit or a person is none of the organization's."""
        known = {view.id for view in units(session, active=None)}
        wanted = {*self.chosen["people"], *self.chosen["without"]}
        people = people_by_id(session, wanted) if wanted else {}
        if not known.issuperset(self.chosen["units"] or ()) or wanted != people.keys():
            raise no_such_thing()


def choice_of(given: ParticipantChoiceInput | None) -> Choice | None:
    """Return the choice of participants, None where nothing was said about it."""
    if given is None:
        return None
    whole = None if given.units is None else [number_of("Unit", unit) for unit in given.units]
    return Choice(
        Chosen(
            units=whole,
            people=[number_of("Person", person) for person in given.people],
            without=[number_of("Person", person) for person in given.without],
        )
    )


def settings_of(given: CreateSurveyInput) -> SurveySettings:
    """Return the settings that were sent; None leaves one as it is."""
    limits = given.thresholds
    return SurveySettings(
        title=given.title,
        opens=given.opens,
        closes=given.closes,
        publishes=given.publishes,
        time_zone=given.time_zone,
        languages=given.languages,
        audience=given.audience.value if given.audience else None,
        comments_audience=given.comments_audience.value if given.comments_audience else None,
        thresholds=Thresholds(limits.people, limits.comments, limits.across) if limits else None,
        cuts=given.cuts,
        reminders=None if given.reminders is None else [_rule(rule) for rule in given.reminders],
        previous_id=None if given.previous is None else number_of("Survey", given.previous),
        sender_name=given.sender_name,
        introductions=None
        if given.introductions is None
        else {own.language: own.text for own in given.introductions},
    )


def _rule(rule: ReminderRuleInput) -> dict[str, Any]:
    return {
        "kind": rule.kind.value,
        "anchor": rule.anchor.value,
        "days": rule.days,
        "at": rule.time_of_day,
    }
