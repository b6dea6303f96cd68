"""What is read of published results: displayed numbers in dataclasses, and nothing finer.

Units are positions in the survey's frozen tree (``SurveyUnitView.index``), areas and questions are
named by key. None stands wherever nothing may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sos_core.records import BenchmarkEdition
from sos_core.results.benchmarking import Benchmarked
from sos_core.results.comparison import Reason
from sos_core.results.naming import Name
from sos_core.results.summary import Note, Summary
from sos_core.surveys.queries import SurveyUnitView, SurveyView

Comparison = Literal["none", "parent", "previous", "benchmark"]


@dataclass(frozen=True, slots=True)
class GroupView:
    """The people behind figures: ``node`` is the same wherever the group is shown in a survey.

    ``name`` has the parts of its name (R3; ``wording.group_name`` puts them in a language) and the
    number of people invited; ``exact`` tells that it is just the unit that was asked for.
    """

    node: int
    name: Name
    exact: bool


@dataclass(frozen=True, slots=True)
class Delta:
    """A figure minus ``reference``; ``beyond_chance`` where that is more than its 95 % interval.

    ``unit`` is whom it is compared with, or at which unit both surveys are compared: another one
    than was asked for where ``reason`` says why. ``value`` None: there is no comparison, see there.
    """

    value: float | None
    reference: float | None
    beyond_chance: bool
    same_statements: bool
    unit: int | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The score of an area or ``overall``, 0–100, with its 95 % half-width in points.

    ``answers`` is the least number of people behind one of the statements that it rests on;
    ``missing`` are the keys of those that it lacks. ``larger`` is the larger group whose score this
    is where the unit's own may not be shown, else None; then nothing is compared. ``parent`` is None
    at the root, ``previous`` without an earlier survey.
    """

    key: str
    value: int | None
    half_width: float | None
    answers: int | None
    band: str | None
    missing: tuple[str, ...]
    larger: GroupView | None
    parent: Delta | None
    previous: Delta | None
    benchmark: Benchmarked | None

    @property
    def own(self) -> int | None:
        """Return the score of the unit's own group, None where only a larger one's is shown."""
        return self.value if self.larger is None else None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A statement (mean 1–5) or an activity question (mean of its bands a week).

    ``favorable`` and ``shares`` (one an option) are percent. ``group`` is the larger group whose
    figures these are where the unit's own may not be shown, else None; then nothing is compared.
    """

    key: str
    mean: float | None
    half_width: float | None
    answers: int | None
    favorable: int | None
    shares: tuple[int, ...] | None
    share_answers: int | None
    group: GroupView | None
    parent: Delta | None
    previous: Delta | None
    benchmark: Benchmarked | None


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A unit on the way through the results; ``visible`` and ``drillable`` are the viewer's."""

    place: SurveyUnitView
    group: GroupView
    overall: int | None
    visible: bool
    drillable: bool


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What is published about one unit, the same for all who may see it; it never changes."""

    overall: ScoreView
    areas: tuple[ScoreView, ...]
    questions: tuple[QuestionView, ...]
    summary: Summary
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class UnitResults:
    """Everything published about one unit, comments apart; ``questions`` in order of asking.

    ``group`` is who is really shown. ``previous`` is the earlier survey that changes are counted
    from. ``breadcrumb`` runs from the root to the unit itself. ``notes`` say what is hidden and why,
    those of ``summary`` included. The units below are listed when they are asked for: there may be
    thousands.
    """

    survey: SurveyView
    release_id: str
    place: SurveyUnitView
    group: GroupView
    parent: SurveyUnitView | None
    previous: SurveyView | None
    overall: ScoreView
    areas: tuple[ScoreView, ...]
    questions: tuple[QuestionView, ...]
    summary: Summary
    notes: tuple[Note, ...]
    breadcrumb: tuple[PlaceView, ...]
    list_children: Callable[[], tuple[PlaceView, ...]] = field(repr=False, compare=False)
    edition: BenchmarkEdition | None
    tree: Sequence[SurveyUnitView]

    @property
    def children(self) -> tuple[PlaceView, ...]:
        """Return the units directly below that the viewer may see."""
        return self.list_children()


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """One score of all units in a matrix; item ``i`` belongs to place ``i``.

    ``larger`` points into the ``stand_ins`` of the matrix where a score is that of a larger group;
    it is None where no score of the column is.
    """

    key: str
    scores: list[int | None]
    larger: list[int | None] | None
    deltas: list[float | None] | None
    beyond_chance: list[bool] | None

    @property
    def own(self) -> list[int | None]:
        """Return the scores of the places' own groups alone."""
        if self.larger is None:
            return self.scores
        pairs = zip(self.scores, self.larger, strict=True)
        return [score if larger is None else None for score, larger in pairs]


@dataclass(frozen=True, slots=True)
class MatrixFigures:
    """The rows and columns of a matrix, which never change.

    ``worded`` is for whoever shows it: what was made of it, by language.
    """

    places: list[SurveyUnitView]
    groups: list[GroupView]
    drillable: list[bool]
    columns: list[MatrixColumn]
    stand_ins: list[GroupView]
    note: Note | None
    worded: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MatrixView:
    """Scores of many units by column: ``overall``, then the areas; what a heatmap draws.

    ``stand_ins`` are the larger groups that columns point to; ``note`` says why a comparison that
    was asked for is missing.
    """

    survey: SurveyView
    release_id: str
    places: list[SurveyUnitView]
    groups: list[GroupView]
    drillable: list[bool]
    columns: list[MatrixColumn]
    stand_ins: list[GroupView]
    compare: Comparison
    previous: SurveyView | None
    edition: BenchmarkEdition | None
    note: Note | None
    tree: Sequence[SurveyUnitView]
    worded: dict[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PromptComments:
    """The comments to one prompt (``comment.<area>``), in an order that tells nothing."""

    prompt: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentsView:
    """The comments that a viewer of a unit reads; ``group`` wrote them, None: too few to show."""

    place: SurveyUnitView
    group: GroupView | None
    prompts: tuple[PromptComments, ...]
    notes: tuple[Note, ...]
    tree: Sequence[SurveyUnitView]


@dataclass(frozen=True, slots=True)
class CutPart:
    """Figures of a group across the tree; their ``parent`` is the whole organization.

    ``key`` is ``leaders``, ``sellers`` or ``level:<number>:<name>`` for the units of one ``name``
    across their parents. ``refused`` where it does not fit the groups that protect answers.
    """

    key: str
    name: str | None
    refused: bool
    overall: ScoreView
    areas: tuple[ScoreView, ...]
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class CutView:
    """A cut that was registered before opening, ``leaders`` or ``level:<number>``, with its parts.

    There are no parts where no two units of that level have a name in common.
    """

    key: str
    level_name: str | None
    parts: tuple[CutPart, ...]


@dataclass(frozen=True, slots=True)
class CutsView:
    """All cuts of a survey, for those who see the figures of the whole organization."""

    survey: SurveyView
    cuts: tuple[CutView, ...]
    edition: BenchmarkEdition | None
    tree: Sequence[SurveyUnitView]


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A survey's release: ``digest`` is the SHA-256 of everything that it holds, as hex."""

    survey_id: int
    created_at: datetime
    digest: str
    figures_digest: str
    submitted: int
    invited: int
    edition_key: str | None
