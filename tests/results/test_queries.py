"""What is read of published results: the figures, for whom, from when, and in what company."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from sos_core.benchmarks.built_in import sos_benchmark_sources
from sos_core.benchmarks.commands import refresh_editions
from sos_core.clock import ManualClock
from sos_core.content import LANGUAGES
from sos_core.database import Database
from sos_core.errors import NotAllowed, NotFound
from sos_core.results import queries, wording
from sos_core.results.views import ScoreView
from sos_core.surveys.audience import NOTHING, Sight
from sos_core.surveys.commands import close_early
from sos_core.surveys.queries import survey
from tests.results.closing_support import STATEMENTS, TREE, World, answers_of, everybody, page
from tests.results.conftest import found_organization


def test_figures_are_the_means_of_those_who_answered(quick_world: World) -> None:
    survey_id = quick_world.open()
    given = everybody(quick_world, 3)
    quick_world.submit(survey_id, given)
    quick_world.close(survey_id)
    south = [p for name, p in quick_world.people.items() if name.startswith("south/west")]
    found = page(quick_world, survey_id, "South/West")
    assert found.group.exact
    for question in found.questions:
        values = [given[p].choices[question.key] for p in south if question.key in given[p].choices]
        if question.group is None and question.key in STATEMENTS:
            assert question.answers == len(values)
            assert question.mean == pytest.approx(np.mean(values), abs=0.05001)


def test_a_small_team_is_shown_together_with_its_neighbor(
    quick_world: World, quickly_closed: int
) -> None:
    beta, gamma = (
        page(quick_world, quickly_closed, f"North/East/{name}") for name in ("Beta", "Gamma")
    )
    assert not beta.group.exact
    assert beta.group == gamma.group
    assert beta.group.name.people == 7
    assert beta.notes[0].code == "hidden.unit_combined"
    assert [place.place.name for place in beta.breadcrumb] == ["Acme", "North", "East", "Beta"]
    assert [
        child.place.name for child in page(quick_world, quickly_closed, "North/East").children
    ] == [
        "Alpha",
        "Beta",
        "Gamma",
    ]
    assert beta.overall.value is not None
    assert beta.overall.parent is not None


def test_nobody_sees_anything_before_the_publish_date(quick_world: World) -> None:
    survey_id = quick_world.open()
    quick_world.submit(survey_id, everybody(quick_world))
    quick_world.clock.advance(days=14, hours=-1)
    with quick_world.database.write(quick_world.organization_id) as session:
        close_early(session, survey_id, now=quick_world.clock(), actor="test")
    quick_world.closing.close(quick_world.organization_id, survey_id, quick_world.clock())
    with quick_world.database.read(quick_world.organization_id) as session:
        view = survey(session, survey_id)
        sight = Sight(frozenset(range(20)), frozenset(range(20)))
        asked = {"sight": sight, "now": view.publishes_at - timedelta(seconds=1)}
        for ask in (
            lambda: queries.unit_results(session, survey_id, 0, **asked),
            lambda: queries.comments(session, survey_id, 0, **asked),
            lambda: queries.matrix(session, survey_id, **asked),
            lambda: queries.cuts(session, survey_id, **asked),
        ):
            with pytest.raises(NotAllowed) as caught:
                ask()
            assert caught.value.code == "not_published"
        asked["now"] = view.publishes_at
        assert queries.unit_results(session, survey_id, 0, **asked).overall.value is not None


def test_a_viewer_sees_the_units_of_the_sight_and_no_other(
    quick_world: World, quickly_closed: int
) -> None:
    now, team = quick_world.clock(), quick_world.place(quickly_closed, "South/West")
    sight = quick_world.sight(quickly_closed, "South/West")
    with quick_world.database.read(quick_world.organization_id) as session:
        queries.unit_results(session, quickly_closed, team, sight=sight, now=now)
        for unit in (0, quick_world.place(quickly_closed, "North")):
            with pytest.raises(NotAllowed) as caught:
                queries.unit_results(session, quickly_closed, unit, sight=sight, now=now)
            assert caught.value.code == "results_not_for_you"
        with pytest.raises(NotFound):
            queries.unit_results(session, quickly_closed, 99, sight=sight, now=now)
        with pytest.raises(NotAllowed):
            queries.comments(session, quickly_closed, team, sight=Sight(sight.figures), now=now)
        with pytest.raises(NotAllowed):
            queries.matrix(session, quickly_closed, sight=NOTHING, now=now)
        found = queries.matrix(session, quickly_closed, sight=sight, now=now, whole=True)
    assert [place.index for place in found.places] == [team]


@pytest.fixture
def second_year(quick_world: World) -> int:
    """Return the second of two surveys, a year apart, with a benchmark; a team has grown since."""
    world = quick_world
    with world.database.write(None) as session:
        refresh_editions(session, sos_benchmark_sources())
    first = world.open()
    world.submit(first, everybody(world, 1))
    world.close(first)
    world.clock.advance(days=365)
    with world.database.write(world.organization_id) as session:
        for number in range(3):
            world.add_person(session, f"new{number}", world.units["North/East/Beta"])
    second = world.open(title="Second")
    world.submit(second, everybody(world, 2))
    world.close(second)
    return second


@pytest.mark.parametrize("compare", ["none", "parent", "previous", "benchmark"])
def test_the_matrix_agrees_with_the_pages_of_its_units(
    quick_world: World, second_year: int, compare: str
) -> None:
    now, sight = quick_world.clock(), quick_world.sight(second_year)
    with quick_world.database.read(quick_world.organization_id) as session:
        found = queries.matrix(
            session, second_year, sight=sight, now=now, whole=True, compare=compare
        )
        pages = [
            queries.unit_results(session, second_year, place.index, sight=sight, now=now)
            for place in found.places
        ]
    assert len(pages) == len(TREE) - 1
    assert found.note is None
    compared = 0
    for row, shown in enumerate(pages):
        assert found.groups[row] == shown.group
        for column, score in zip(found.columns, (shown.overall, *shown.areas), strict=True):
            assert (column.key, column.scores[row]) == (score.key, score.value)
            larger = None if column.larger is None else column.larger[row]
            assert score.larger == (None if larger is None else found.stand_ins[larger])
            if compare == "none":
                assert column.deltas is None
                continue
            delta, beyond = expected(score, compare)
            compared += delta is not None
            assert column.deltas[row] == delta
            assert column.beyond_chance[row] == beyond
    assert compared > 20 or compare == "none"


def expected(score: ScoreView, compare: str) -> tuple[float | None, bool]:
    """Return the difference that a page shows; one at another unit is none in the matrix."""
    if compare == "benchmark":
        found = score.benchmark
        return (None, False) if found is None else (
            found.difference.value, found.difference.beyond_chance
        )  # fmt: skip
    delta = score.parent if compare == "parent" else score.previous
    if delta is None or delta.reason is not None:
        return None, False
    return delta.value, delta.beyond_chance


def test_what_cannot_be_compared_is_said(quick_world: World, quickly_closed: int) -> None:
    asked = {"sight": quick_world.sight(quickly_closed), "now": quick_world.clock()}
    with quick_world.database.read(quick_world.organization_id) as session:
        for compare, code in (("previous", "trend.first"), ("benchmark", "hidden.benchmark")):
            found = queries.matrix(session, quickly_closed, compare=compare, **asked)
            assert found.note is not None
            assert found.note.code == code
            assert all(column.deltas is None for column in found.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_can_be_put_into_words(quick_world: World, second_year: int, language: str) -> None:
    for path in ("", "North/East/Beta", "South/West"):
        shown = page(quick_world, second_year, path)
        words = wording.summary_text(language, shown)
        assert len(words.strengths) == len(words.opportunities) == 3
        assert all(area.reasons for area in (*words.strengths, *words.opportunities))
        assert shown.place.name in words.title or not shown.group.exact
        for note in shown.notes:
            assert wording.note_text(
                language,
                shown.tree,
                note,
                unit=shown.place.index,
                name_of=wording.node_names(shown),
            )
    beta = page(quick_world, second_year, "North/East/Beta")
    assert beta.previous is not None
    assert beta.previous.title == "Spring"


def test_comments_are_shown_for_ten_people_at_least_and_shuffled(
    quick_world: World, quickly_closed: int
) -> None:
    now, sight = quick_world.clock(), quick_world.sight(quickly_closed)
    with quick_world.database.read(quick_world.organization_id) as session:

        def read(path: str, area: str | None = None):
            unit = quick_world.place(quickly_closed, path)
            return queries.comments(session, quickly_closed, unit, sight=sight, now=now, area=area)

        whole, alpha, delta = read(""), read("North/East/Alpha"), read("South/East/Delta")
        assert [prompt.prompt for prompt in read("", "skills").prompts] == ["comment.skills"]
    assert [prompt.prompt for prompt in whole.prompts] == ["comment.direction", "comment.skills"]
    assert sorted(whole.prompts[0].texts) == sorted(f"Direction of {n}" for n in quick_world.people)
    assert [t.split()[-1] for t in whole.prompts[0].texts] != [
        t.split()[-1] for t in whole.prompts[1].texts
    ]
    assert not alpha.group.exact
    assert len(alpha.prompts[0].texts) >= 10
    assert alpha.notes[0].code == "hidden.comments_combined"
    assert delta.group.exact
    assert all("delta" in words for words in delta.prompts[0].texts)


def test_cuts_are_made_of_whole_cells_or_refused(quick_world: World, quickly_closed: int) -> None:
    with quick_world.database.read(quick_world.organization_id) as session:
        found = queries.cuts(
            session,
            quickly_closed,
            sight=quick_world.sight(quickly_closed),
            now=quick_world.clock(),
        )
    across, leaders = found.cuts[1], found.cuts[0]
    assert [(cut.key, cut.level_name) for cut in found.cuts] == [
        ("leaders", None),
        ("level:1", "region"),
    ]
    assert [part.key for part in leaders.parts] == ["leaders", "sellers"]
    assert leaders.parts[0].refused
    assert leaders.parts[0].overall.value is None
    (east,) = across.parts
    assert (east.key, east.name, east.refused) == ("level:1:East", "East", False)
    whole = page(quick_world, quickly_closed).overall
    beside = east.overall.parent
    assert beside is not None
    assert beside.reference == whole.value
    assert east.overall.value is not None
    assert beside.value == east.overall.value - whole.value


def test_a_cut_by_a_level_that_nobody_was_at_keeps_its_name(
    sqlite_database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    organization_id = found_organization(sqlite_database, clock)
    world = World.of(sqlite_database, clock, organization_id, tmp_path)
    world.grow({"": 6, "North": 6})
    survey_id = world.open(cuts=("level:2",))
    world.submit(survey_id, everybody(world))
    world.close(survey_id)
    with sqlite_database.read(organization_id) as session:
        found = queries.cuts(session, survey_id, sight=world.sight(survey_id), now=clock())
    (cut,) = found.cuts
    assert (cut.key, cut.level_name, cut.parts) == ("level:2", "team", ())


def test_everybody_agreeing_is_joined_and_told_to_nobody(quick_world: World) -> None:
    survey_id = quick_world.open()
    given = everybody(quick_world)
    for name, person in quick_world.people.items():
        if name.startswith("south/west"):
            given[person] = answers_of([5] * 36 + [3] * 7)
    quick_world.submit(survey_id, given)
    quick_world.close(survey_id)
    found = page(quick_world, survey_id, "South/West")
    assert all(q.group is not None for q in found.questions if q.key in STATEMENTS)
    south = page(quick_world, survey_id, "South")
    for score in (found.overall, *found.areas):
        assert score.own is None
        assert score.value is not None
        assert score.larger is not None
        assert not score.larger.exact
        assert (score.parent, score.previous, score.benchmark) == (None, None, None)
    with_staff = wording.group_name("en", found.tree, found.overall.larger.name)
    assert with_staff == "West with direct staff of South"
    said = {n.values["area"] for n in found.notes if n.code == "hidden.area_combined"}
    assert said == {score.key for score in (found.overall, *found.areas)}
    assert found.summary.overall.score is None
    words = wording.summary_text("en", found)
    assert not words.strengths
    assert not any(str(found.overall.value) in text for text in (words.headline, *words.sentences))
    assert south.overall.larger is None
