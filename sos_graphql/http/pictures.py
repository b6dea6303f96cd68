"""Pictures that a page draws itself: codes for the camera of a telephone, without script or style."""

from __future__ import annotations

from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Return ``text`` as a QR code: inline SVG, black on white whatever the theme."""
    import segno

    drawn = segno.make(text, error="m", micro=False)
    picture = drawn.svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(picture)  # noqa: S704 - made of numbers by the library, not of the text
