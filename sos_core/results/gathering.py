"""Gathers what a survey fixed before its answers are read: tree, people, cuts, earlier surveys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from sos_core.database.session import OrganizationSession
from sos_core.results.counting import EarlierPlace, Frame
from sos_core.results.encoding import unpack
from sos_core.results.plan_encoding import GROUPS, decode_groups
from sos_core.results.publication import Policy, Tree
from sos_core.results.tables import Release, ReleasePart
from sos_core.surveys.cuts import LEADERS, same_named
from sos_core.surveys.participation import homes
from sos_core.surveys.queries import SurveyUnitView, leaders_at_opening, survey, survey_tree

SELLERS = "sellers"


def gather(session: OrganizationSession, survey_id: int) -> Frame:
    """Return what the close of a survey computes with, answers apart."""
    view = survey(session, survey_id)
    units = survey_tree(session, survey_id)
    people, unit = homes(session, survey_id)
    led = leaders_at_opening(session, survey_id)
    leaders = np.isin(people, [person for some in led.values() for person in some])
    limits, released = view.thresholds, tuple(released_surveys(session, survey_id))
    return Frame(
        version=view.questionnaire_version,
        tree=tree_of(units),
        policy=Policy(limits.k, limits.comments, limits.across),
        people=people,
        unit=unit,
        groups=_groups(view.cuts, units, unit, leaders),
        released=released,
        earlier=tuple(_earlier(session, released, people)),
    )


def tree_of(units: Sequence[SurveyUnitView]) -> Tree:
    """Return the frozen tree; the organization itself has the id 0."""
    return Tree.from_parents(
        [place.unit_id or 0 for place in units],
        [place.name for place in units],
        [place.parent_index for place in units],
    )


def released_surveys(session: OrganizationSession, but: int) -> list[int]:
    """Return the surveys that have a release, ``but`` one, by id."""
    query = select(Release.survey_id).where(Release.survey_id != but).order_by(Release.survey_id)
    return list(session.scalars(query))


def _earlier(
    session: OrganizationSession, released: Sequence[int], people: NDArray[np.int64]
) -> list[EarlierPlace]:
    """Return the released surveys in which somebody submitted who was invited to this one."""
    found = []
    for earlier_id in released:
        then, unit = homes(session, earlier_id, done=True)
        if np.isin(then, people, assume_unique=True).any():
            body = session.scalars(
                select(ReleasePart.body).where(
                    ReleasePart.survey_id == earlier_id, ReleasePart.name == GROUPS
                )
            ).one()
            blocks = decode_groups(unpack(body)).plan.block_of_unit
            found.append(EarlierPlace(earlier_id, then, blocks[unit]))
    return found


def _groups(
    cuts: Sequence[str],
    units: Sequence[SurveyUnitView],
    unit: NDArray[np.int32],
    leaders: NDArray[np.bool_],
) -> dict[str, NDArray[np.bool_]]:
    """Return who is in each group across the tree: leaders and sellers, or units of one name."""
    groups: dict[str, NDArray[np.bool_]] = {}
    for cut in cuts:
        kind, _, level = cut.partition(":")
        if kind == LEADERS:
            groups |= {LEADERS: leaders, SELLERS: ~leaders}
        else:
            for name, same in same_named(units, int(level)).items():
                inside = np.zeros(len(units), bool)
                for place in same:
                    inside[place.index : place.stop] = True
                groups[f"{cut}:{name}"] = inside[unit]
    return groups
