"""What the invented organization's results say in words: comments and the executive summary."""

from __future__ import annotations

import json
from typing import Any

from tests.embed.browser import ROOT

TEXTS: dict[str, Any] = json.loads(
    (ROOT / "sos_core/content/en/instrument.json").read_text(encoding="utf-8")
)


def group(name: str, people: int, *, exact: bool = True, key: str = "0") -> dict[str, Any]:
    """Return a shown group."""
    return {
        "key": key,
        "name": name,
        "exact": exact,
        "peopleCount": people,
        "parts": [name],
        "unitId": None,
    }


def prompts() -> list[dict[str, Any]]:
    """Return comments on three areas."""
    written = {
        "direction": [
            "We still chase small municipalities, and nobody believes in them.",
            "Spare parts. The margin is gone and we keep visiting.",
            "Alltför många kundbesök utan tydligt syfte.",
            "Good focus this year, finally! The customer profile on one page helped.",
        ],
        "winning": [f"Deals stall at legal review number {at}." for at in range(1, 14)],
        "leadership": [
            "More rides along to customers, fewer spreadsheets on Mondays.",
            "Say no to head office sometimes.",
            "المزيد من الوقت مع العملاء.",
        ],
    }
    return [
        {
            "areaKey": area,
            "areaName": TEXTS[f"area.{area}.name"],
            "prompt": TEXTS[f"comment.{area}"],
            "group": group("Region North", 203),
            "comments": texts,
        }
        for area, texts in written.items()
    ]


def area(key: str, points: int, *reasons: str) -> dict[str, Any]:
    """Return an area that stands out."""
    name = TEXTS[f"area.{key}.name"]
    return {"key": key, "name": name, "score": points, "reasons": list(reasons)}


def suggestion(key: str, band: str) -> dict[str, str]:
    """Return the product's own suggestion for an area."""
    text = TEXTS[f"suggestion.{key}.{band}"]
    return {"areaKey": key, "areaName": TEXTS[f"area.{key}.name"], "text": text}


def summary() -> dict[str, Any]:
    """Return the executive summary of Region North."""
    return {
        "title": "Summary: Region North",
        "headline": "Region North reaches an overall score of 64 of 100. Strengthen: "
        "The foundation is there: make it a habit.",
        "sentences": [
            "148 people answered, 73 % of those invited.",
            "The overall score has not changed beyond chance since “Spring 2026”.",
            "The overall score is 5 points above Nordic Industrial.",
        ],
        "strengths": [
            area("growth", 77, "9 points above Nordic Industrial", "unchanged since “Spring 2026”"),
            area("direction", 71, "level with Nordic Industrial", "unchanged since “Spring 2026”"),
            area("winning", 69, "8 points above Nordic Industrial", "5 points more than before"),
        ],
        "opportunities": [
            area("opportunities", 48, "8 points below Nordic Industrial", "6 points less"),
            area("collaboration", 54, "level with Nordic Industrial"),
            area("leadership", 58, "6 points more than in “Spring 2026”"),
        ],
        "suggestions": [
            suggestion("opportunities", "build"),
            suggestion("collaboration", "strengthen"),
            suggestion("leadership", "strengthen"),
        ],
        "activities": [
            "First contacts with new prospects: 8 a week, benchmark 11",
            "Customer meetings held: 5 a week, benchmark 4",
            "Proposals sent: 2 a week, benchmark 3",
            "Hours spent with customers: 12 hours a week, benchmark 13",
        ],
        "notes": [
            "Differences are named only where they are larger than chance can explain.",
            "The bands are provisional; look at the benchmark and the trend beside them.",
        ],
    }
