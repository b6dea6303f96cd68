"""An invented organization's published results, shaped like the schema: what the stand-in API tells."""

from __future__ import annotations

import copy
from typing import Any

from tests.embed.results.words import TEXTS, group, prompts, summary

KEYS = (
    *("direction", "insight", "opportunities", "winning", "growth"),
    *("leadership", "skills", "goals", "collaboration"),
)
SCORES = (71, 64, 48, 69, 77, 58, None, 66, 54)
BENCHMARKS = (66, 67, 58, 63, 68, 62, 64, 66, 57)
CHANGES = (2.1, -1.4, -6.3, 4.8, 1.2, 5.6, None, 0.0, -2.2)
BANDS = {"BUILD": "Build", "STRENGTHEN": "Strengthen", "SUSTAIN": "Sustain"}
SYNTHETIC = (
    "This benchmark is made of synthetic organizations. It shows how the comparison looks "
    "and says nothing about real ones."
)


def percentile(value: float, median: float, scale: float = 1.0) -> dict[str, Any]:
    """Return where ``value`` stands, in steps of five."""
    place = max(10, min(90, 50 + 5 * round((value - median) * scale / 3)))
    sentence = f"Better than {place} of 100 sales organizations in Nordic sales 2026 (n = 64)"
    bounds = {"low": max(5, place - 10), "high": min(95, place + 10)}
    rest = {"organizationCount": 64, "side": "WITHIN", "marks": [], "sentence": sentence}
    return {"percentile": place, "median": median, **bounds, **rest}


def change(value: float | None, reference: float, name: str, limit: float) -> dict[str, Any] | None:
    """Return a difference to ``reference``; larger than chance beyond ``limit``."""
    if value is None:
        return None
    sure = abs(value) > limit
    return {
        "value": value,
        "reference": reference,
        "significant": sure,
        "name": name,
        "note": None,
    }


def score(value: int | None, benchmark: float, since: float | None, hidden: str) -> dict[str, Any]:
    """Return a score with all its comparisons; without a value, ``hidden`` says why."""
    if value is None:
        empty = dict.fromkeys(("value", "interval", "answerCount", "band", "bandName"))
        return {
            **empty,
            "missing": [],
            "parent": None,
            "previous": None,
            "benchmark": None,
            "group": None,
            "hidden": hidden,
        }
    band = "BUILD" if value < 50 else "STRENGTHEN" if value < 75 else "SUSTAIN"
    return {
        "value": value,
        "interval": 2.6,
        "answerCount": 141 + value % 7,
        "missing": [],
        "band": band,
        "bandName": BANDS[band],
        "group": None,
        "hidden": None,
        "parent": change(value - benchmark + 2.4, benchmark - 2.4, "Nordic Industrial", 4),
        "previous": change(since, value - (since or 0), "Spring 2026", 4),
        "benchmark": percentile(value, benchmark),
    }


def statement(area: str, key: str, shares: list[int] | None, mean: float | None) -> dict[str, Any]:
    """Return one statement's figures."""
    labels = [TEXTS[f"scale.{option}"] for option in range(1, 6)]
    spread: Any = shares and [
        {"option": at + 1, "label": labels[at], "percent": share} for at, share in enumerate(shares)
    ]
    return {
        "key": key,
        "areaKey": area,
        "text": TEXTS[f"statement.{key}"],
        "group": None,
        "mean": mean,
        "interval": None if mean is None else 0.1,
        "answerCount": mean and 146,
        "favorable": shares and shares[3] + shares[4],
        "distribution": spread,
        "parent": mean and change(0.3, round(mean - 0.3, 1), "Nordic Industrial", 0.2),
        "previous": mean and change(-0.1, round(mean + 0.1, 1), "Spring 2026", 0.2),
        "benchmark": mean and percentile(mean, 3.4, 20),
        "hidden": None
        if shares
        else "How the answers are distributed is shown only for a larger group.",
    }


def statements(area: str, shift: int = 0) -> list[dict[str, Any]]:
    """Return the statements of an area; ``shift`` moves percent from agreeing to disagreeing."""
    keys = [name[10:] for name in TEXTS if name.startswith(f"statement.{area}.")]
    spreads = ([4, 11, 17, 42, 26], [12, 29, 24, 27, 8], [2, 9, 21, 47, 21], None)
    found = []
    for key, spread in zip(keys, spreads, strict=True):
        shares = spread and [spread[0] + shift, spread[1], spread[2], spread[3] - shift, spread[4]]
        mean = 3.6
        if shares:
            mean = round(sum(at * share for at, share in enumerate(shares, 1)) / 100, 1)
        found.append(statement(area, key, shares, mean))
    return found


def areas(shift: int = 0) -> list[dict[str, Any]]:
    """Return the nine areas; one has no score."""
    reason = "“{}” has no score here, since fewer than three of its statements are shown."
    found = []
    for key, value, benchmark, since in zip(KEYS, SCORES, BENCHMARKS, CHANGES, strict=True):
        name = TEXTS[f"area.{key}.name"]
        points = None if value is None else value + shift
        found.append(
            {
                "key": key,
                "name": name,
                "description": TEXTS[f"area.{key}.description"],
                "score": score(points, benchmark, since, reason.format(name)),
                "statements": statements(key, shift),
            }
        )
    return found


UNITS = (
    ("u-oslo", "Oslo", "North West", "7", "exact", True, 3),
    ("u-bergen", "Bergen", "Bergen", "8", "exact", False, -6),
    ("u-tromso", "Tromsø", "Tromsø + Bodø (9 people)", "9", "combined", False, 9),
    ("u-umea", "Umeå", "Umeå", "10", "exact", True, -14),
    ("u-bodo", "Bodø", "Tromsø + Bodø (9 people)", "9", "combined", False, 9),
    ("u-lulea", "Luleå", "Luleå", "11", "exact", False, 0),
    ("u-oulu", "Oulu", "Oulu", "12", "exact", False, 16),
)


def column(at: int, key: str, compare: str) -> dict[str, Any]:
    """Return one column of the heatmap; without comparison it has no differences."""
    middle = (64, *SCORES)[at] or 61
    scores: list[int | None] = [
        max(12, min(96, middle + unit[6] + (at * 7 + row * 5) % 11 - 5))
        for row, unit in enumerate(UNITS)
    ]
    scores[2] = scores[4]
    if key == "skills":
        scores[1] = None
    name = "Overall" if key == "overall" else TEXTS[f"area.{key}.name"]
    found = {"key": key, "name": name, "scores": scores, "deltas": None, "significant": None}
    found["groups"] = [None] * 6 + [0] if key == "growth" else None
    if compare == "NONE":
        return found
    deltas = [None if points is None else round(points - middle + 0.3, 1) for points in scores]
    deltas[6] = None if key == "growth" else deltas[6]
    if compare == "PREVIOUS" and key == "goals":
        deltas[5] = None
    sure = [delta is not None and abs(delta) > 4 for delta in deltas]
    return {**found, "deltas": deltas, "significant": sure}


def matrix(compare: str) -> dict[str, Any]:
    """Return the heatmap below Region North."""
    names = {"NONE": None, "PARENT": "Region North", "PREVIOUS": None, "BENCHMARK": "Nordic 2026"}
    keys = ("overall", *KEYS)
    return {
        "__typename": "ResultMatrix",
        "rowCount": len(UNITS),
        "columns": [column(at, key, compare) for at, key in enumerate(keys)],
        "standIns": [group("Oulu + Kemi (46 people)", 46, exact=False, key="13")],
        "compare": compare,
        "reference": names[compare],
        "note": None,
        "rows": {
            "unitIds": [unit[0] for unit in UNITS],
            "names": [unit[1] for unit in UNITS],
            "levels": ["Team"] * len(UNITS),
            "groupKeys": [unit[3] for unit in UNITS],
            "groupNames": [unit[1] if unit[4] == "exact" else unit[2] for unit in UNITS],
            "exact": [unit[4] == "exact" for unit in UNITS],
            "peopleCounts": [31, 18, 9, 27, 9, 22, 40],
            "drillable": [unit[5] for unit in UNITS],
        },
    }


def place(unit: str | None, name: str, level: str, overall: int) -> dict[str, Any]:
    """Return a step on the way down."""
    return {"unitId": unit, "name": name, "level": level, "overall": overall, "visible": True}


def results(name: str = "Region North", unit: str | None = "u-north") -> dict[str, Any]:
    """Return everything about Region North, or about another unit with its name."""
    way = [
        place(None, "Halden Group", "Organization", 62),
        place("u-industrial", "Nordic Industrial", "Area", 59),
        place(unit, name, "Region", 64),
    ]
    reason = "“Skills and learning” has no score here, since fewer than three of its statements are shown."
    return {
        "__typename": "UnitResults",
        "surveyId": "s-autumn",
        "surveyTitle": "Autumn 2026",
        "unitId": unit,
        "name": name,
        "level": "Region",
        "group": group(name, 203),
        "previousTitle": "Spring 2026",
        "smallestGroup": 5,
        "areas": areas(),
        "overall": score(64, 61, 1.1, ""),
        "summary": summary(),
        "breadcrumb": way if unit else way[:1],
        "comments": {"__typename": "Comments", "prompts": prompts(), "hidden": None},
        "hidden": [{"subject": "skills", "text": reason}],
        "benchmark": {"key": "demo", "title": "Nordic", "synthetic": True, "note": SYNTHETIC},
    }


def stood_in(area: dict[str, Any]) -> None:
    """Let a larger group stand in for a unit's score of an area."""
    name = "Region North + Nord AS (230 people)"
    area["score"] = {
        **area["score"],
        "parent": None,
        "previous": None,
        "benchmark": None,
        "group": group(name, 230, exact=False, key="14"),
        "hidden": f"“{area['name']}” is shown for a larger group: “{name}”.",
    }


def in_a_combined_group() -> dict[str, Any]:
    """Return the results of a small team that is shown together with its neighbor."""
    found = copy.deepcopy(results("Tromsø", "u-tromso"))
    found["group"] = group("Tromsø + Bodø (9 people)", 9, exact=False, key="9")
    return found


def cut_part(key: str, name: str, shift: int, hidden: str | None = None) -> dict[str, Any]:
    """Return a group across the tree, so many points beside the whole organization."""

    def beside(value: int | None) -> dict[str, Any]:
        points = None if value is None or hidden else value + shift
        found = score(points, 61, None, hidden or "Too few statements.")
        whole = None if points is None else change(shift, points - shift, "Halden Group", 4)
        return {**found, "parent": whole}

    scores = [{**area, "score": beside(area["score"]["value"])} for area in areas()]
    return {"key": key, "name": name, "hidden": hidden, "overall": beside(64), "areas": scores}


def cuts() -> dict[str, Any]:
    """Return three cuts: one refused, one of three groups, and one without any."""
    refused = "Not shown: the groups of people that protect answers do not fit this one."
    leaders = [
        cut_part(key, name, 0, refused)
        for key, name in (("leaders", "Leaders"), ("sellers", "Everybody else"))
    ]
    regions = [
        cut_part("level:1:North", "North", 2),
        cut_part("level:1:South", "South", -7),
        cut_part("level:1:West", "West", 0, refused),
    ]
    names = ("Leaders and everybody else", "Region, across the organization", "Team")
    return {
        "__typename": "ResultCuts",
        "surveyTitle": "Autumn 2026",
        "organizationName": "Halden Group",
        "note": "These groups were fixed before the survey opened.",
        "cuts": [
            {"key": "leaders", "name": names[0], "hidden": None, "parts": leaders},
            {"key": "level:1", "name": names[1], "hidden": None, "parts": regions},
            {"key": "level:2", "name": names[2], "hidden": "No two units.", "parts": []},
        ],
    }
