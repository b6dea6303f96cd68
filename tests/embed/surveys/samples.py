"""The form of an invented survey with the product's real questions, and its response rates."""

from __future__ import annotations

from typing import Any

from sos_core.content import questionnaire, text

INTRODUCTION = (
    "Dear colleagues, every autumn we ask everybody who sells what helps and what gets in the way."
    "\n\nLast year's answers gave us shorter sales meetings and a better CRM. Thank you for "
    "taking the time again. Maria Lindqvist, head of sales"
)
PRIVACY = (
    "privacy.answers",
    "privacy.groups",
    "audience.leaders",
    "privacy.comments",
    "audience.comments.leaders",
    "privacy.participation",
)
LIMITS: dict[str, object] = {"smallest": 5, "smallest_comments": 10}


def form(
    language: str = "en", *, areas: int = 9, draft: Any = None, submitted: bool = False
) -> Any:
    """Return what the API gives for `ballotForm`."""
    asked = questionnaire()
    return {
        "__typename": "BallotForm",
        "surveyId": "U3VydmV5OjM",
        "title": "Sales survey, autumn 2026",
        "organizationName": "Nordlicht Industrial",
        "closesAt": "2026-11-27T16:00:00+00:00",
        "timeZone": "Europe/Berlin",
        "languages": ["en", "sv", "nb", "zh-Hans", "sw"],
        "language": language,
        "introduction": INTRODUCTION if language == "en" else None,
        "privacy": {
            "title": text(language, "privacy.title"),
            "sentences": [text(language, key, **LIMITS) for key in PRIVACY],
            "minutesLeast": 15,
            "minutesMost": 20,
            "longestComment": 2000,
        },
        "scale": [
            {"value": value, "label": text(language, f"scale.{value}")} for value in asked.scale
        ],
        "cannotJudge": text(language, "scale.cannot_judge"),
        "areas": _areas(language, areas),
        "activityTitle": text(language, "activity.title"),
        "activityIntroduction": text(language, "activity.introduction"),
        "activities": _activities(language),
        "draft": draft_of(draft),
        "submitted": submitted,
    }


def version(draft: Any) -> str:
    """Return what names the answers of a draft, empty where there is none."""
    return "" if draft is None else repr((draft["answers"], draft["comments"]))


def draft_of(stored: Any) -> Any:
    """Return a stored draft as the API gives it."""
    return {"answers": [], "comments": [], "sequence": 0, **(stored or {})} | {
        "version": version(stored)
    }


def _areas(language: str, count: int) -> Any:
    return [
        {
            "key": area.key,
            "name": text(language, area.name_key),
            "description": text(language, area.description_key),
            "statements": [
                {"key": item.key, "text": text(language, item.text_key)} for item in area.statements
            ],
            "commentKey": area.comment_key,
            "commentPrompt": text(language, area.comment_key),
        }
        for area in questionnaire().areas[:count]
    ]


def _activities(language: str) -> Any:
    return [
        {
            "key": item.key,
            "text": text(language, item.text_key),
            "options": [
                {"value": number, "label": text(language, band.text_key)}
                for number, band in enumerate(item.bands, start=1)
            ],
        }
        for item in questionnaire().activities
    ]


def value(finished: int | None, invited: int, share: float, bound: str = "EXACT") -> Any:
    return {"invited": invited, "finished": finished, "share": share, "bound": bound}


UNITS = [
    ("Nordlicht Industrial", "Organization", 0, 262, 421),
    ("Components", "Business area", 1, 98, 148),
    ("Components North", "Region", 2, 41, 52),
    ("Components South", "Region", 2, 33, 51),
    ("Systems", "Business area", 1, 87, 139),
    ("Systems Baltic", "Region", 2, 24, 44),
    ("Service", "Business area", 1, 77, 134),
]
DAILY = [0.04, 0.13, 0.21, 0.24, 0.25, 0.37, 0.46, 0.52, 0.57, 0.62]


def rate(**changed: Any) -> Any:
    """Return what the API gives for `responseRate`."""
    units = [
        {
            "unitId": None if depth == 0 else f"unit-{number}",
            "name": name,
            "level": level,
            "depth": depth,
            "groupName": name,
            "exact": True,
            "rate": value(done, invited, done / invited),
        }
        for number, (name, level, depth, done, invited) in enumerate(UNITS)
    ]
    units[5] |= {"exact": False, "groupName": "Systems Baltic and Systems Poland"}
    units[6]["rate"] = value(None, 134, 0.9, "AT_LEAST")
    days = [
        {"day": f"2026-11-{day:02}", "rate": value(round(share * 421), 421, share)}
        for day, share in enumerate(DAILY, start=9)
    ]
    days[0]["rate"] = value(None, 421, 0.1, "AT_MOST")
    return {
        "__typename": "ResponseRate",
        "surveyId": "U3VydmV5OjM",
        "overall": value(262, 421, 262 / 421),
        "units": units,
        "daily": days,
        "opensAt": "2026-11-09T07:00:00+00:00",
        "closesAt": "2026-11-27T16:00:00+00:00",
        "timeZone": "Europe/Berlin",
        "nextReminderAt": "2026-11-19T08:00:00+00:00",
        "final": False,
        "title": "Sales survey, autumn 2026",
    } | changed
