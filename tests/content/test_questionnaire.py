"""The questionnaire has the structure that the instrument promises, and every text it names."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import sos_core.content.questionnaires as module
from sos_core.content import LANGUAGES, catalog, questionnaire
from sos_core.content.questionnaires import build
from sos_core.errors import NotFound

MANY = (0, 2.5, 7, 14.5, 29.5, 50)
FEW = (0, 1, 2.5, 5, 8.5, 13)
HOURS = (0, 2.5, 7, 12, 17, 24)


@pytest.fixture
def data() -> dict[str, Any]:
    path = Path(module.__file__).with_name("questionnaire.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return copy.deepcopy(loaded)


def test_nine_areas_with_four_statements_each() -> None:
    form = questionnaire()
    assert [area.key for area in form.areas] == [
        "direction", "insight", "opportunities", "winning", "growth", "leadership", "skills",
        "goals", "collaboration",
    ]  # fmt: skip
    assert {len(area.statements) for area in form.areas} == {4}
    assert len(form.statements) == 36
    assert len(form.comments) == 9
    assert all(statement.key.startswith(f"{statement.area}.") for statement in form.statements)


def test_seven_activities_with_the_bands_that_benchmarks_rest_on() -> None:
    activities = questionnaire().activities
    assert [activity.midpoints for activity in activities] == [
        MANY, MANY, FEW, FEW, MANY, HOURS, HOURS
    ]  # fmt: skip
    assert [activity.unit for activity in activities] == ["times"] * 5 + ["hours"] * 2
    lows = {activity.unit: [band.low for band in activity.bands] for activity in activities}
    assert lows == {"times": [0, 1, 5, 10, 20, 40], "hours": [0, 1, 5, 10, 15, 20]}
    assert [band.low for band in activities[2].bands] == [0, 1, 2, 4, 7, 11]


def test_variables_are_statements_then_activities() -> None:
    form = questionnaire()
    assert len(form.variables) == 43
    assert form.variables[0] == "direction.target_customers"
    assert form.variables[35:37] == ("collaboration.little_waste", "activity.first_contacts")


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "build"), (49, "build"), (50, "strengthen"), (74, "strengthen"), (75, "sustain"),
     (100, "sustain")],
)  # fmt: skip
def test_score_bands(score: int, band: str) -> None:
    assert questionnaire().score_band(score) == band


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_the_questionnaire_names_exists(language: str) -> None:
    form = questionnaire()
    wanted = {f"scale.{value}" for value in form.scale} | {"scale.cannot_judge"}
    for area in form.areas:
        wanted |= {area.name_key, area.description_key, area.comment_key}
        wanted |= {f"suggestion.{area.key}.{band}" for band, _ in form.score_bands}
    wanted |= {statement.text_key for statement in form.statements}
    for activity in form.activities:
        wanted |= {activity.text_key, activity.name_key}
        wanted |= {band.text_key for band in activity.bands}
    for band, _ in form.score_bands:
        wanted |= {f"score_band.{band}.name", f"score_band.{band}.meaning"}
    assert wanted <= set(catalog(language))
    prefixes = ("area.", "statement.", "comment.", "suggestion.", "scale.", "score_band.")
    unused = {key for key in catalog(language) if key.startswith(prefixes)} - wanted
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_band_labels_tell_their_bounds(language: str) -> None:
    for activity in questionnaire().activities:
        for band in activity.bands[1:]:
            label = str(catalog(language)[band.text_key])
            assert str(band.low) in label
            assert band.high is None or str(band.high) in label


def test_what_is_asked_for_in_vain_is_not_found() -> None:
    assert questionnaire().area("skills").key == "skills"
    with pytest.raises(NotFound):
        questionnaire().area("weather")
    with pytest.raises(NotFound):
        questionnaire("0.9")


def test_a_questionnaire_is_frozen() -> None:
    assert questionnaire() is questionnaire("1.0")
    with pytest.raises(AttributeError):
        questionnaire().version = "2.0"  # type: ignore[misc]


def test_inconsistent_data_is_refused(data: dict[str, Any]) -> None:
    def refused(change: Any, reason: str) -> None:
        changed = copy.deepcopy(data)
        change(changed)
        with pytest.raises(ValueError, match=reason):
            build(changed)

    assert build(data) == questionnaire()
    refused(lambda d: d["areas"].append(d["areas"][0]), "keys stand twice")
    refused(lambda d: d["areas"][0].update(statements=["one", "two"]), "too few statements")
    refused(lambda d: d["bands"]["few"].pop(2), "gaps")
    refused(lambda d: d["bands"]["few"][2].update(midpoint=9), "gaps")
    refused(lambda d: d["bands"]["hours"][-1].update(high=40), "gaps")
    refused(lambda d: d["scale"].update(favorable_from=6), "outside the scale")
    refused(lambda d: d["score_bands"].reverse(), "do not rise")
