"""Writes a release, once, and reads it back; whoever reads decides first who may see it."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from sos_core.content import questionnaire
from sos_core.database.bulk import bulk_insert
from sos_core.database.session import SEEN, OrganizationSession
from sos_core.errors import Conflict, NotFound
from sos_core.results.counting import TALLIES, Counted
from sos_core.results.encoding import (
    Parts,
    decode,
    decode_scores,
    decode_tallies,
    digest,
    encode,
    pack,
    unpack,
)
from sos_core.results.figures import Figures
from sos_core.results.instrument import Instrument, instrument_of
from sos_core.results.memory import Memory
from sos_core.results.plan_encoding import CELLS, GROUPS, Groups, decode_groups, decode_plan
from sos_core.results.publication import Plan
from sos_core.results.published import Published
from sos_core.results.tables import Release, ReleaseComment, ReleasePart
from sos_core.results.tallies import recompute
from sos_core.results.views import GroupView, MatrixFigures, ReleaseView, UnitFigures
from sos_core.surveys.queries import SurveyUnitView, survey_tree
from sos_core.surveys.sight import Frame, frame_of

SCORES = ("head", "areas", GROUPS)
"""The parts that a heatmap needs."""
SHELF_BYTES = 32 * 2**20
MATRICES_KEPT = 8
UNITS_KEPT = 64
"""Units whose figures lie ready: the widgets of one page all ask for the same unit."""
HELD = "release"
Key = tuple[int, int, str]
"""Organization, survey and digest of a release."""


@dataclass(frozen=True)
class Opened:
    """A release in memory; ``whole`` is whether its questions are there, or only the scores."""

    digest: str
    edition_key: str | None
    tree: Sequence[SurveyUnitView]
    groups: Groups
    published: Published
    whole: bool
    size: int
    groups_shown: dict[int, GroupView] = field(default_factory=dict, repr=False, compare=False)
    """The group that a viewer of each unit is shown, for those that were asked for."""
    matrices: Memory[MatrixFigures] = field(
        default_factory=lambda: Memory(MATRICES_KEPT), repr=False, compare=False
    )
    units: Memory[UnitFigures] = field(
        default_factory=lambda: Memory(UNITS_KEPT), repr=False, compare=False
    )

    @cached_property
    def frame(self) -> Frame:
        """The tree as sights are decided with it."""
        return frame_of(self.tree)

    @cached_property
    def invited_below(self) -> list[int]:
        """How many people of each unit's subtree were invited."""
        below: list[int] = self.plan.tree.subtree_sums(self.groups.invited).tolist()
        return below

    @cached_property
    def nodes(self) -> list[int]:
        """The node that each unit is shown with."""
        found: list[int] = self.plan.node_of_unit.tolist()
        return found

    @cached_property
    def nearest(self) -> NDArray[np.int32]:
        """The node that stands in for each node, [variables, nodes]: itself where it is shown."""
        return self.plan.nearest_shown(self.plan.shown)

    @property
    def plan(self) -> Plan:
        """Return the publication plan; without questions unless ``whole``."""
        return self.published.plan

    @property
    def figures(self) -> Figures:
        """Return the figures; without questions unless ``whole``."""
        return self.published.figures


class Shelf:
    """Releases that were read lately; they never change, so nothing here can be out of date."""

    def __init__(self, most_bytes: int = SHELF_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Opened] = OrderedDict()

    def get(self, key: Key, *, whole: bool) -> Opened | None:
        """Return a release, if it is here and holds enough."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or (whole and not found.whole):
                return None
            self._kept.move_to_end(key)
            return found

    def put(self, key: Key, opened: Opened) -> None:
        """Keep a release and let go of those not read for longest; a whole one is never cut down."""
        with self._lock:
            known = self._kept.get(key)
            if known is None or opened.whole or not known.whole:
                self._kept[key] = opened
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(o.size for o in self._kept.values()) > self._most:
                self._kept.popitem(last=False)


_SHELF = Shelf()


def write_release(
    session: OrganizationSession,
    survey_id: int,
    counted: Counted,
    *,
    now: datetime,
    edition_key: str | None,
) -> None:
    """Write everything that a survey publishes; raise Conflict where that was done before."""
    if session.get(Release, survey_id) is not None:
        raise Conflict(
            "The results of this survey have been written already.",
            "They never change; look at them as they are.",
            code="release_exists",
        )
    session.add(
        Release(
            survey_id=survey_id,
            created_at=now,
            digest=counted.digest,
            figures_digest=counted.figures_digest,
            submitted=counted.submitted,
            invited=counted.invited,
            edition_key=edition_key,
        )
    )
    parts = [(survey_id, name, pack(body)) for name, body in counted.parts.items()]
    bulk_insert(session, ReleasePart, ("survey_id", "name", "body"), parts)
    # Random ids, and written in their order: neither tells who wrote what, or what was written with it.
    comments = sorted((secrets.token_bytes(16), survey_id, *said) for said in counted.comments)
    columns = ("comment_id", "survey_id", "prompt", "cell", "body")
    bulk_insert(session, ReleaseComment, columns, comments)


def release(session: OrganizationSession, survey_id: int) -> ReleaseView | None:
    """Return what is known of a survey's release, None where there is none."""
    seen, key = session.info.get(SEEN, {}), (HELD, session.organization_id, survey_id)
    known: ReleaseView | None = seen.get(key)
    if known is not None:
        return known
    row = session.get(Release, survey_id)
    if row is None:
        return None
    session.info[HELD] = row  # else the session would forget it, and read it again
    found = seen[key] = ReleaseView(
        row.survey_id,
        row.created_at,
        row.digest,
        row.figures_digest,
        row.submitted,
        row.invited,
        row.edition_key,
    )
    return found


def open_release(session: OrganizationSession, survey_id: int, *, whole: bool = True) -> Opened:
    """Return a survey's release, from memory where it was read lately; NotFound without one."""
    known = release(session, survey_id)
    if known is None:
        raise NotFound(
            "This survey has no results.",
            "Look again after it has closed.",
            code="no_release",
        )
    key = (session.organization_id, survey_id, known.digest)
    kept = _SHELF.get(key, whole=whole)
    if kept is None:
        kept = _read(session, known, whole=whole)
        _SHELF.put(key, kept)
    return kept


def comments_of(
    session: OrganizationSession, survey_id: int, cells: Collection[int]
) -> list[tuple[str, str]]:
    """Return (prompt, text) of the comments in some cells, in the random order of their ids."""
    query = (
        select(ReleaseComment.prompt, ReleaseComment.body)
        .where(ReleaseComment.survey_id == survey_id, ReleaseComment.cell.in_(cells))
        .order_by(ReleaseComment.comment_id)
    )
    return [(prompt, body) for prompt, body in session.execute(query)]


def read_parts(
    session: OrganizationSession, survey_id: int, names: Collection[str] | None = None
) -> Parts:
    """Return the canonical bytes of a release's parts; of all, without ``names``."""
    query = select(ReleasePart.name, ReleasePart.body).where(ReleasePart.survey_id == survey_id)
    if names is None:
        return {name: unpack(bytes(body)) for name, body in session.execute(query)}
    query = query.where(ReleasePart.name.in_(names))
    return {name: unpack(bytes(body)) for name, body in session.execute(query)}


def recomputes(session: OrganizationSession, survey_id: int) -> bool:
    """Tell whether a release is whole, and its figures follow from what was kept, byte for byte."""
    known = release(session, survey_id)
    if known is None:
        return False
    parts = read_parts(session, survey_id)
    groups = decode_groups(parts[GROUPS])
    figures = decode(parts)
    made = recompute(
        decode_plan(groups, parts[CELLS]),
        decode_tallies(parts[TALLIES]),
        instrument(figures.instrument),
        invited=int(groups.invited.sum()),
        reliability=figures.reliability,
    )
    return digest(encode(made)) == known.figures_digest and digest(parts) == known.digest


@lru_cache(maxsize=8)
def instrument(version: str) -> Instrument:
    """Return the arrays of a questionnaire version."""
    return instrument_of(questionnaire(version))


def _read(session: OrganizationSession, known: ReleaseView, *, whole: bool) -> Opened:
    query = select(ReleasePart.name, ReleasePart.body).where(
        ReleasePart.survey_id == known.survey_id
    )
    if whole:
        query = query.where(ReleasePart.name != TALLIES, ReleasePart.name.not_like("receipts/%"))
    else:
        query = query.where(ReleasePart.name.in_(SCORES))
    parts = {name: unpack(bytes(body)) for name, body in session.execute(query)}
    groups = decode_groups(parts[GROUPS])
    plan = decode_plan(groups, parts[CELLS]) if whole else groups.plan
    published = Published(plan, decode(parts) if whole else decode_scores(parts))
    size = sum(map(len, parts.values()))
    tree = survey_tree(session, known.survey_id)
    return Opened(known.digest, known.edition_key, tree, groups, published, whole, size)
