"""Contrast and color distance of the palette, computed from the stylesheets themselves."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from tests.embed.browser import ROOT

CORE = ROOT / "embed" / "src" / "core"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
COLOR = re.compile(r"#[0-9a-f]{3,6}\b")
# Machado, Oliveira and Fernandes (2009), severity 1.0
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
Color = np.ndarray[tuple[int], np.dtype[np.float64]]


def tokens(theme: str) -> dict[str, str]:
    """Return the plain colors of a theme by token; the first of a pair is the light one."""
    text = (CORE / "tokens.css").read_text(encoding="utf-8").split("@media")[0]
    text += (CORE / "charts" / "charts.css").read_text(encoding="utf-8").split("}")[0]
    found: dict[str, str] = {}
    for name, value in TOKEN.findall(text):
        colors = COLOR.findall(value)
        if colors and "color-mix" not in value:
            found[name] = colors[0] if theme == "light" else colors[-1]
    return found


def rgb(color: str) -> Color:
    digits = color.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    return np.array([int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)])


def linear(color: Color) -> Color:
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light = sorted(float(linear(rgb(color)) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(color: Color) -> Color:
    matrix = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    ratio = matrix @ color / [0.95047, 1.0, 1.08883]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


@THEMES
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("text", "surface", 7),
        ("text", "raised", 7),
        ("muted", "surface", 4.5),
        ("muted", "raised", 4.5),
        ("accent", "surface", 4.5),
        ("accent", "raised", 4.5),
        ("on-accent", "accent", 4.5),
        ("good", "surface", 4.5),
        ("bad", "surface", 4.5),
        ("bad", "bad-soft", 3),
        ("text", "bad-soft", 7),
        ("border", "surface", 3),
        ("border", "raised", 3),
        ("benchmark", "surface", 4.5),
        ("peer", "surface", 3),
        *((f"on-div-{step}", f"div-{step}", 4.5) for step in range(1, 6)),
    ],
)
def test_contrast(theme: str, front: str, back: str, least: float) -> None:
    found = tokens(theme)
    assert contrast(found[front], found[back]) >= least


@THEMES
@pytest.mark.parametrize("sight", ["normal", *BLINDNESS])
def test_the_five_answers_stay_apart_for_everybody(theme: str, sight: str) -> None:
    found = tokens(theme)
    seen = [linear(rgb(found[f"div-{step}"])) for step in range(1, 6)]
    if sight != "normal":
        seen = [np.clip(np.array(BLINDNESS[sight]) @ color, 0, 1) for color in seen]
    colors = [lab(color) for color in seen]
    nearest = min(float(np.linalg.norm(a - b)) for a, b in combinations(colors, 2))
    assert nearest >= 15
    assert float(np.linalg.norm(colors[0] - colors[4])) >= 60


def test_both_themes_are_complete() -> None:
    assert tokens("light").keys() == tokens("dark").keys()
    assert len(tokens("light")) >= 20
