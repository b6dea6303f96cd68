"""What a reader chose for every page, in cookies that only this host can set on https."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGE_COOKIE = "sos_language"
THEME_COOKIE = "sos_theme"
HOST_PREFIX = "__Host-"


def preference(cookies: Mapping[str, str], name: str) -> str:
    """Return what was chosen, empty where nothing was; a cookie of this host alone goes first."""
    return cookies.get(f"{HOST_PREFIX}{name}") or cookies.get(name) or ""
