"""What is read of published results: the figures, for whom, from when, and in what company."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sos_core.errors import NotAllowed, NotFound
from sos_core.results import queries
from sos_core.surveys.audience import NOTHING, Sight
from sos_core.surveys.commands import close_early
from sos_core.surveys.queries import survey
from tests.results.closing_support import STATEMENTS, TREE, World, answers_of, everybody, page


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


@pytest.mark.parametrize("compare", ["none", "parent", "previous", "benchmark"])
def test_the_matrix_agrees_with_the_pages_of_its_units(
    quick_world: World, quickly_closed: int, compare: str
) -> None:
    now, sight = quick_world.clock(), quick_world.sight(quickly_closed)
    with quick_world.database.read(quick_world.organization_id) as session:
        found = queries.matrix(
            session, quickly_closed, sight=sight, now=now, whole=True, compare=compare
        )
        pages = [
            queries.unit_results(session, quickly_closed, place.index, sight=sight, now=now)
            for place in found.places
        ]
    assert len(pages) == len(TREE) - 1
    assert (found.note is None) == (compare in ("none", "parent"))
    for row, shown in enumerate(pages):
        assert found.groups[row] == page.group
        for column, score in zip(found.columns, (page.overall, *page.areas), strict=True):
            assert column.key == score.key
            assert column.scores[row] == score.value
            if compare == "parent":
                delta = score.parent
                assert column.deltas[row] == (None if delta is None else delta.value)
                assert column.beyond_chance[row] == (delta is not None and delta.beyond_chance)


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
    assert [cut.key for cut in found] == ["leaders", "sellers", "level:1:East"]
    east = found[2]
    assert (east.name, east.level_name, east.refused) == ("East", "region", False)
    assert east.overall.value is not None
    assert found[0].refused
    assert found[0].overall.value is None


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
    assert found.overall.value is None
