"""Cuts across the organization's tree that a survey can register before it opens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sos_core.database.session import OrganizationSession
from sos_core.errors import InvalidInput
from sos_core.organizations.queries import organization
from sos_core.people.queries import units
from sos_core.surveys.queries import SurveyView, survey_tree

LEADERS = "leaders"


class Placed(Protocol):
    """A unit of a tree, of today's or of a survey's: the top level is 0."""

    @property
    def level(self) -> int:
        """The number of its level."""

    @property
    def name(self) -> str:
        """Its name."""


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class CutChoice:
    """A cut that can be registered: ``leaders``, or ``level:<number>`` with its ``level_name``.

    ``parts`` are the names that two or more units of the level have in common.
    """

    key: str
    level_name: str | None
    parts: tuple[str, ...]
    chosen: bool


def cut_choices(session: OrganizationSession, view: SurveyView) -> list[CutChoice]:
    """Return what a survey can be cut by, in today's tree; what it is cut by, once it has opened.

    The top level is left out: below the organization itself no two units share a name.
    """
    draft = view.state == "draft"
    places: Sequence[Placed] = units(session) if draft else survey_tree(session, view.id)
    names = organization(session, session.organization_id).levels
    levels = [
        CutChoice(key, name, tuple(same_named(places, depth)), key in view.cuts)
        for depth, name in enumerate(names)
        if depth
        for key in [f"level:{depth}"]
    ]
    found = [CutChoice(LEADERS, None, (), LEADERS in view.cuts), *levels]
    return [choice for choice in found if draft or choice.chosen]


def check_cuts(session: OrganizationSession, cuts: Collection[str]) -> None:
    """Raise InvalidInput ``survey_cut_unknown`` for a cut that the organization cannot make."""
    levels = organization(session, session.organization_id).levels
    known = {LEADERS, *(f"level:{depth}" for depth in range(1, len(levels)))}
    for cut in cuts:
        if cut not in known:
            raise InvalidInput(
                "Results cannot be cut by “{cut}”.",
                "Choose leaders, or a level of the organization below the top one.",
                code="survey_cut_unknown",
                field="cuts",
                values={"cut": cut},
            )


def same_named(places: Iterable[P], level: int) -> dict[str, list[P]]:
    """Return the units of a level that share a name with one below another parent, by that name."""
    found: dict[str, list[P]] = defaultdict(list)
    names: dict[str, str] = {}
    for place in places:
        if place.level == level:
            found[names.setdefault(place.name.casefold(), place.name)].append(place)
    return {name: same for name, same in found.items() if len(same) > 1}
