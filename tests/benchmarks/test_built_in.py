"""The demonstration edition through the real hook."""

from __future__ import annotations

from statistics import fmean

from sos_core.benchmarks.built_in import demonstration_edition
from sos_core.benchmarks.percentiles import reference
from sos_core.benchmarks.rounding import half_up
from sos_core.content import questionnaire
from sos_core.plugins import load_plugins
from sos_core.records import BenchmarkEdition

OVERALL_START = (62.0, 64.0, 53.0, 60.0, 56.0, 51.0, 53.0, 66.0)
MEETINGS_START = (5.6, 4.3, 4.9, 5.5)


def built_in() -> BenchmarkEdition:
    manager = load_plugins(entry_points=False)
    found = [edition for part in manager.hook.sos_benchmark_sources() for edition in part]
    assert len(found) == 1
    return found[0]


def test_hook_sos_benchmark_sources_gives_a_synthetic_edition() -> None:
    edition = built_in()
    instrument = questionnaire()
    assert edition.synthetic
    assert "synthetic" in edition.title.lower()
    assert edition.instrument == instrument.version
    areas = [area.key for area in instrument.areas]
    assert set(edition.scores) == {"overall", *areas, *instrument.variables}
    assert {len(values) for values in edition.scores.values()} == {60}


def test_every_machine_draws_the_same_numbers() -> None:
    edition = demonstration_edition()
    assert edition.scores["overall"][:8] == OVERALL_START
    assert edition.scores["activity.meetings"][:4] == MEETINGS_START


def test_the_numbers_look_like_released_figures() -> None:
    edition, instrument = built_in(), questionnaire()
    for area in instrument.areas:
        for row, shown in enumerate(edition.scores[area.key]):
            means = [edition.scores[item.key][row] for item in area.statements]
            assert all(1 <= mean <= 5 and mean == half_up(mean, 1) for mean in means)
            assert abs((fmean(means) - 1) * 25 - shown) <= 1.76  # means are rounded, and the score
            assert shown == int(shown)
    for activity in instrument.activities:
        assert all(0 <= v <= activity.midpoints[-1] for v in edition.scores[activity.key])


def test_every_variable_has_all_marks_and_they_differ() -> None:
    for key, values in built_in().scores.items():
        found = reference(values, decimals=1 if "." in key else 0)
        assert found is not None
        assert [mark.percent for mark in found.marks] == [10, 25, 50, 75, 90]
        assert found.marks[0].value < found.median.value < found.marks[-1].value
