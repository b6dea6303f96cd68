"""An export as JSON for programs, and as a page to read that needs nothing else; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from sos_core.content import moment_text, text
from sos_core.personal_data.holding import PersonalData

MEDIA_TYPES = {"json": "application/json", "html": "text/html; charset=utf-8"}
STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto;padding:1rem}"
    "h2{margin:2rem 0 .5rem;font-size:1.15rem}.wide{overflow-x:auto}"
    "table{border-collapse:collapse}th,td{padding:.3rem .8rem .3rem 0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #8886;overflow-wrap:break-word}"
)


def as_file(data: PersonalData, ending: str, language: str) -> bytes:
    """Return an export as the kind of file that ``ending`` (json, html) names."""
    return as_json(data) if ending == "json" else as_page(data, language).encode()


def as_json(data: PersonalData) -> bytes:
    """Return an export with its notes in English, indented; instants are ISO 8601 in UTC."""
    return orjson.dumps(
        {
            "organization": data.organization,
            "person": data.person_id,
            "made_at": data.made_at,
            "for_the_person": data.own,
            "held": data.sections,
            "notes": [text("en", f"personal_data.note.{note}") for note in data.notes],
        },
        option=orjson.OPT_INDENT_2,
    )


def as_page(data: PersonalData, language: str) -> str:
    """Return an export as one page in ``language``, without scripts and without anything to load."""
    zone = ZoneInfo(data.time_zone)
    name = next((str(row["name"]) for row in data.sections["person"]), "")
    title = escape(text(language, "personal_data.title", name=name))
    made = text(
        language,
        "personal_data.made",
        organization=data.organization,
        at=moment_text(language, data.made_at, zone),
    )
    notes = "".join(
        f"<p>{escape(text(language, f'personal_data.note.{note}'))}</p>" for note in data.notes
    )
    body = "".join(_section(key, rows, language, zone) for key, rows in data.sections.items())
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<p>{escape(made)}</p>{notes}{body}</main></body></html>\n"
    )


def _section(key: str, rows: Sequence[Mapping[str, Any]], language: str, zone: ZoneInfo) -> str:
    heading = f"<h2>{escape(text(language, f'personal_data.section.{key}'))}</h2>"
    if not rows:
        return f"{heading}<p>{escape(text(language, 'personal_data.none'))}</p>"
    names = list(rows[0])
    head = "".join(
        f'<th scope="col">{escape(text(language, f"personal_data.field.{name}"))}</th>'
        for name in names
    )
    lines = "".join(
        "<tr>"
        + "".join(f"<td>{_shown(row[name], language, zone)}</td>" for name in names)
        + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    return f'{heading}<div class="wide" tabindex="0">{table}</div>'


def _shown(value: Any, language: str, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return escape(text(language, "personal_data.yes" if value else "personal_data.no"))
    if isinstance(value, datetime):
        return escape(moment_text(language, value, zone))
    if isinstance(value, dict):
        return escape(orjson.dumps(value).decode()) if value else "–"
    return escape(str(value))
